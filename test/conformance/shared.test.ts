import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lock, RawArray, RawValue, RLock, SharedArray, struct, type Typecode, Value } from 'manycore'
import { eachKind } from '../support/index.ts'
import { crewOf } from './crew.ts'

/*
 * The lines of the matrix on shared values and arrays: C61 to C67, on threads and on processes.
 */

const limit = { timeout: 60_000 }

const CASES: readonly (readonly [Typecode, unknown, unknown])[] = [
  ['i', 4343, 24234],
  ['d', 3.625, -4.25],
  ['h', -232, 234],
  ['q', 2n ** 33n, 2n ** 34n],
  ['c', 'x', 'y'],
]

eachKind(kind => {
  const inWorker = crewOf(kind, 1)

  test('C61 what a worker writes is seen here: raw and locked, of every type', limit, async () => {
    for (const raw of [true, false]) {
      const values = CASES.map(([code, before]) =>
        raw ? new RawValue(code, before as never) : new Value(code, before as never),
      )
      for (const [i, value] of values.entries()) assert.equal(value.value, CASES[i]?.[1])
      await inWorker(
        (shared, after) => {
          for (const [i, value] of shared.entries()) value.value = after[i] as never
        },
        values,
        CASES.map(([, , after]) => after),
      )
      for (const [i, value] of values.entries()) assert.equal(value.value, CASES[i]?.[2])
    }
  })

  test(
    'C62 locked values have a lock, the same everywhere; raw ones have none; a given one is used',
    limit,
    async () => {
      const lock = new Lock()
      const values = [
        new Value('i', 5),
        new Value('i', 5, { lock: true }),
        new Value('i', 5, { lock }),
      ] as const
      assert.ok(values[0].getLock() instanceof RLock)
      assert.equal(values[2].getLock(), lock)
      await inWorker(
        async (first, second, third, given) => {
          for (const value of [first, second, third]) {
            await value.getLock().run(() => {
              value.value += 1
            })
          }
          if (third.getLock() !== given) throw new Error('not the lock that was given')
        },
        values[0],
        values[1],
        values[2],
        lock,
      )
      assert.deepEqual(
        values.map(({ value }) => value),
        [6, 6, 6],
      )
      assert.throws(() => new Value('i', 5, { lock: false }).getLock(), { code: 'WITHOUT_LOCK' })
      assert.ok(!('getLock' in new RawValue('i', 5)))
      assert.throws(() => new Value('i', 5, { lock: 'navalue' as never }), { code: 'WRONG_OPTION' })
    },
  )

  test('C63 arrays: length, index, slices; arithmetic in a worker is seen here', {
    ...limit,
    skip: kind.confined,
  }, async () => {
    const numbers = [680, 626, 934, 821, 150, 233, 548, 982, 714, 831]
    for (const array of [new SharedArray('i', numbers), new RawArray('i', numbers)]) {
      assert.equal(array.length, 10)
      assert.equal(array[2], 934)
      assert.deepEqual([...array.slice(2, 5)], [934, 821, 150])
      array.set([1, 2], 4)
      const expected = [...array]
      for (let i = 1; i < expected.length; i++)
        expected[i] = (expected[i] as number) + (expected[i - 1] as number)
      await inWorker(shared => {
        for (let i = 1; i < shared.length; i++) shared[i] = (shared[i] as number) + (shared[i - 1] as number)
      }, array as Int32Array)
      assert.deepEqual([...array], expected)
    }
  })

  test('C64 an array made from a size is zeroed, three times in a row', {
    ...limit,
    skip: kind.confined,
  }, async () => {
    for (let round = 0; round < 3; round++) {
      const array = new SharedArray('i', 10)
      assert.deepEqual([...array], new Array(10).fill(0))
      await inWorker(shared => void shared.fill(7), array as Int32Array)
      assert.deepEqual([...array], new Array(10).fill(7))
    }
  })

  test('C65 arrays have locks by the same rules', { ...limit, skip: kind.confined }, async () => {
    const lock = new Lock()
    const array = new SharedArray('i', [1, 2, 3], { lock })
    assert.equal(array.getLock(), lock)
    assert.ok(new SharedArray('i', 3).getLock() instanceof RLock)
    assert.ok(!('getLock' in new SharedArray('i', 3, { lock: false })))
    assert.ok(!('getLock' in new RawArray('i', 3)))
    assert.throws(() => new SharedArray('i', 3, { lock: 'notalock' as never }), { code: 'WRONG_OPTION' })
    await inWorker(async shared => {
      await shared.getLock().run(() => {
        shared[0] = 9
      })
    }, array)
    assert.equal(array[0], 9)
    assert.equal(lock.locked(), false)
  })

  test('C66 structs and texts, doubled in a worker; a copy is independent', {
    ...limit,
    skip: kind.confined,
  }, async () => {
    const Foo = struct({ x: 'i', y: 'd', z: 'q' })
    const x = new Value('i', 7)
    const y = new Value('d', 1 / 3)
    const foo = new Value(Foo, { x: 3, y: 2, z: 3 })
    const list = new SharedArray('d', 10)
    const records = new SharedArray(Foo, [{ x: 1 }, { x: 2 }])
    const text = new SharedArray('c', 20)
    text.value = 'hello'
    list.set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const copy = Foo.copy(foo.value)
    await inWorker(
      (...[first, second, record, numbers, all, word]) => {
        first.value *= 2
        second.value *= 2
        record.value.x *= 2
        record.value.y *= 2
        for (let i = 0; i < numbers.length; i++) numbers[i] = (numbers[i] as number) * 2
        for (const each of all) each.x *= 2
        word.value += word.value
      },
      x,
      y,
      foo,
      list,
      records,
      text,
    )
    assert.equal(x.value, 14)
    assert.equal(y.value, (1 / 3) * 2)
    assert.deepEqual(Foo.copy(foo.value), { x: 6, y: 4, z: 3n })
    assert.deepEqual([...list], [0, 2, 4, 6, 8, 10, 12, 14, 16, 18])
    assert.deepEqual(
      records.map(record => record.x),
      [2, 4],
    )
    assert.equal(text.value, 'hellohello')
    assert.deepEqual(copy, { x: 3, y: 2, z: 3n })
  })

  test(
    'C67 thousands of values come and go, in random order; each keeps what it holds',
    { timeout: 60_000 },
    () => inWorker(comeAndGo, 12_345),
  )
})

/** Values of several sizes, some dropped and collected now and then. Nobody may ever find somebody else's number. */
async function comeAndGo(seed: number): Promise<void> {
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let state = seed
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state % below
  }
  const Medium = struct({ first: 'd', middle: ['c', 100], last: 'd' })
  const Large = struct({ first: 'd', middle: ['c', 200], last: 'd' })
  const live = new Map<number, RawValue<'d'> | RawValue<typeof Medium> | RawValue<typeof Large>>()
  const numberOf = (value: RawValue<'d'> | RawValue<typeof Medium>): number => {
    const content = value.value
    if (typeof content === 'number') return content
    if (content.first !== content.last) throw new Error(`${content.first} is not ${content.last}`)
    return content.first
  }
  for (let id = 1; id <= 6000; id++) {
    const size = random(3)
    if (size === 0) live.set(id, new RawValue('d', id))
    else
      live.set(
        id,
        new RawValue(size === 1 ? Medium : Large, { first: id, last: id }) as RawValue<typeof Medium>,
      )
    if (random(3) > 0) live.delete(1 + random(id))
    if (id % 500 !== 0) continue
    collect()
    await new Promise(resolve => setImmediate(resolve))
    for (const [own, value] of live) {
      const found = numberOf(value as RawValue<'d'>)
      if (found !== own) throw new Error(`${own} became ${found}`)
    }
  }
}
