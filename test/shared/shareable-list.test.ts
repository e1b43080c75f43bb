import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type ShareableItem, ShareableList, SharedMemory } from 'manycore'
import { eachKind, noNativeCode } from '../support/index.ts'
import { pythons, runPython } from './pythons.ts'

const linux = process.platform === 'linux'
const mine = (suffix: string): string => `mc_list_${process.pid}_${suffix}`

function dispose(list: ShareableList): void {
  list.shm.close()
  list.shm.unlink()
}

describe('ShareableList', { skip: linux ? noNativeCode() : 'Linux only' }, () => {
  test('C137 mixed types, negative indexes, changes of value and type, what is too long', {
    timeout: 20_000,
  }, () => {
    const items: ShareableItem[] = [
      'howdy',
      Buffer.from('HoWdY'),
      -273.154,
      100,
      null,
      true,
      42,
      '',
      2n ** 60n,
      -0,
    ]
    const list = new ShareableList(items, { name: mine('a') })
    assert.deepEqual([...list], items)
    assert.equal(list.length, 10)
    assert.equal(list.get(-2), 2n ** 60n)
    assert.ok(Object.is(list.get(-1), -0))
    assert.equal(list.get(-10), 'howdy')
    for (const index of [10, -11, 1.5, Number.NaN, '0', undefined]) {
      assert.throws(() => list.get(index as number), { code: 'LIST_INDEX' })
      assert.throws(() => list.set(index as number, 1), { code: 'LIST_INDEX' })
    }
    list.set(3, 'eight by')
    assert.equal(list.get(3), 'eight by')
    assert.throws(() => list.set(3, 'nine byte'), { code: 'LIST_VALUE' })
    assert.equal(list.get(3), 'eight by')
    list.set(3, 1.25)
    list.set(0, null)
    list.set(4, Buffer.from([1, 0, 0]))
    assert.deepEqual([...list].slice(0, 6), [
      null,
      Buffer.from('HoWdY'),
      -273.154,
      1.25,
      Buffer.from([1, 0, 0]),
      true,
    ])
    // Room is counted in bytes: four of them, or two letters.
    const tight = new ShareableList(['ab'], { name: mine('b') })
    tight.set(0, 'éééé')
    assert.equal(tight.get(0), 'éééé')
    assert.throws(() => tight.set(0, 'ééééa'), { code: 'LIST_VALUE' })
    dispose(tight)
    assert.equal(list.count(42), 1)
    assert.equal(list.count(41), 0)
    assert.equal(list.indexOf(42), 6)
    assert.equal(list.indexOf(Buffer.from([1, 0, 0])), 4)
    assert.equal(list.indexOf('none'), -1)
    const copy = new ShareableList(list, { name: mine('c') })
    copy.set(6, 43)
    assert.equal(list.get(6), 42)
    dispose(copy)
    const second = new ShareableList(undefined, { name: mine('a') })
    second.set(6, 44)
    assert.equal(list.get(6), 44)
    second.shm.close()
    assert.throws(() => second.get(0), { code: 'MEMORY_CLOSED' })
    dispose(list)
    for (const empty of [new ShareableList([]), new ShareableList()]) {
      assert.deepEqual([empty.length, [...empty], empty.count('any'), empty.indexOf(null)], [0, [], 0, -1])
      assert.throws(() => empty.get(0), { code: 'LIST_INDEX' })
      dispose(empty)
    }
  })

  test('zeros at the end, and neighbours, are kept (unlike Python)', { timeout: 60_000 }, () => {
    const item = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }).filter(text => !/\p{Surrogate}/u.test(text)),
      fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes)),
      fc.constantFrom('a\0\0', '\0', Buffer.from([0, 0]), '日本語テキスト'),
      fc.integer(),
      fc.double(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.boolean(),
      fc.constant(null),
    )
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 12 }),
        fc.array(fc.tuple(fc.nat(20), item), { maxLength: 20 }),
        (items, changes) => {
          const list = new ShareableList(items)
          try {
            const model: ShareableItem[] = [...items]
            for (const [at, value] of changes) {
              try {
                list.set(at, value)
                model[at] = value
              } catch (error) {
                assert.match(String((error as { code?: string }).code), /^LIST_/)
              }
              assert.deepEqual([...list], model)
            }
          } finally {
            dispose(list)
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  test('what it can not hold is refused before anything is made', () => {
    for (const value of [undefined, Symbol('x'), {}, [], () => {}, 2n ** 63n, new Date(), '\ud800']) {
      assert.throws(() => new ShareableList([1, value as never]), { code: 'LIST_VALUE' })
    }
    assert.throws(() => new ShareableList(null as never), { code: 'NOT_ITERABLE' })
    assert.throws(() => new ShareableList(undefined, { name: mine('none') }), { code: 'MEMORY_NAME_UNKNOWN' })
  })

  test('damaged memory gives errors', { timeout: 60_000 }, () => {
    const memory = new SharedMemory({ name: mine('d'), create: true, size: 10 })
    assert.throws(() => new ShareableList(undefined, { name: mine('d') }), { code: 'LIST_DAMAGED' })
    memory.close()
    memory.unlink()
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 30 }), damage => {
        const list = new ShareableList(['text', 1, 2.5, true, null, Buffer.from('bytes')])
        try {
          const { buf } = list.shm
          for (const [at, value] of damage) buf[at % buf.length] = value
          for (const body of [
            () => [...list],
            () => list.set(0, 'other'),
            () => [...new ShareableList(undefined, { name: list.shm.name })],
          ]) {
            try {
              body()
            } catch (error) {
              assert.match(String((error as { code?: string }).code), /^LIST_/)
            }
          }
        } finally {
          dispose(list)
        }
      }),
      { numRuns: 100 },
    )
  })

  eachKind(({ Pool, name }) => {
    test('C138 it travels as a handle and stays shared', { timeout: 30_000 }, async () => {
      const list = new ShareableList(['x'.repeat(100_000), 1], { name: mine(`e-${name}`) })
      await using pool = new Pool(1)
      const same = await pool.apply(
        (there: ShareableList, again: ShareableList, memory: SharedMemory) => {
          there.set(1, 2)
          return [there === again, there.shm === memory, there.length]
        },
        [list, list, list.shm],
      )
      assert.deepEqual(same, [true, true, 2])
      assert.equal(list.get(1), 2)
      dispose(list)
    })
  })

  for (const python of pythons()) {
    test(`Python ${python.version.join('.')} reads and writes the same list`, { timeout: 40_000 }, () => {
      const list = new ShareableList(['text', 7, 2.5, true, null, Buffer.from('bytes'), 'end\0'], {
        name: mine('py'),
      })
      const said = runPython(
        python,
        `
items = attach_list('${mine('py')}')
print(list(items))
items[0] = 'python'
items[1] = 8
items[2] = 'str'
items[4] = False
items[5] = b'ab'
items.shm.close()
`,
      )
      assert.equal(said, "['text', 7, 2.5, True, None, b'bytes', 'end']")
      assert.deepEqual([...list], ['python', 8, 'str', true, false, Buffer.from('ab'), 'end\0'])
      dispose(list)

      runPython(
        python,
        `
items = shared_memory.ShareableList(['abc', 1, 1.5, None, b'xyz', False], name='${mine('py2')}')
resource_tracker.unregister(items.shm._name, 'shared_memory')
items.shm.close()
`,
      )
      const theirs = new ShareableList(undefined, { name: mine('py2') })
      assert.deepEqual([...theirs], ['abc', 1, 1.5, null, Buffer.from('xyz'), false])
      theirs.set(0, 'def')
      theirs.set(3, 9)
      assert.throws(() => theirs.set(0, 'd\0'), { code: 'LIST_VALUE' })
      const after = runPython(python, `print(list(attach_list('${mine('py2')}')))`)
      assert.equal(after, "['def', 1, 1.5, 9, b'xyz', False]")
      dispose(theirs)
    })
  }
})
