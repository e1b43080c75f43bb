import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { Queue } from 'manycore'
import { assertSame } from '../codec/roads.ts'

const LIMIT = { timeout: 60_000 }
const RUNS = { numRuns: 300 }

async function through(value: unknown): Promise<unknown> {
  const queue = new Queue()
  await queue.put(value)
  return queue.get()
}

suite('values through a queue', () => {
  test('any value arrives as it was', LIMIT, async () => {
    const values = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
      withBoxedValues: true,
    })
    const property = fc.asyncProperty(values, async value => {
      // Not `deepStrictEqual`: on Node 20 two invalid dates that are keys of a Map are not equal to it.
      assertSame(await through(value), value)
    })
    await fc.assert(property, RUNS)
  })

  test('any small plain record does, the way of JSON or not', LIMIT, async () => {
    const leaf = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constantFrom(null, undefined, -0),
    )
    const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toJSON', '0', 'constructor'))
    const record = fc.letrec(tie => ({
      value: fc.oneof({ maxDepth: 4 }, leaf, tie('list'), tie('record')),
      list: fc.array(tie('value'), { maxLength: 6 }),
      record: fc
        .array(fc.tuple(key, tie('value')), { maxLength: 6 })
        .map(entries => Object.fromEntries(entries)),
    })).record
    const property = fc.asyncProperty(record, async value => {
      assert.deepStrictEqual(await through(value), value)
    })
    await fc.assert(property, RUNS)
  })

  test('texts of every kind, half surrogate pairs too', LIMIT, async () => {
    for (const text of [
      '',
      'a',
      'ü',
      '日本',
      '\ud800',
      'x'.repeat(100_000),
      '日'.repeat(50_000),
      '\udc00\ud800',
    ]) {
      assert.equal(await through(text), text)
    }
  })

  test(
    'the same object twice, circles, holes, frozen, symbols, classes: not the way of JSON',
    LIMIT,
    async () => {
      const shared = { a: 1 }
      const [first, second] = (await through([shared, shared])) as [object, object]
      assert.equal(first, second)
      const circle: Record<string, unknown> = {}
      circle['self'] = circle
      const back = (await through(circle)) as typeof circle
      assert.equal(back['self'], back)
      // oxlint-disable-next-line no-sparse-arrays -- that is what it is about
      assert.deepStrictEqual(await through([1, , 3]), [1, , 3])
      assert.ok(Object.isFrozen(await through(Object.freeze({ a: 1 }))))
      assert.ok((await through(new Error('no'))) instanceof Error)
      assert.deepStrictEqual(await through({ date: new Date(0), at: [1n] }), { date: new Date(0), at: [1n] })
    },
  )

  test('bytes arrive on memory of their own', LIMIT, async () => {
    const whole = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7])
    const part = (await through(whole.subarray(2, 5))) as Uint8Array
    assert.deepEqual([part, part.buffer.byteLength], [new Uint8Array([2, 3, 4]), 3])
    const buffer = await through(Buffer.from('hello'))
    assert.ok(Buffer.isBuffer(buffer))
    assert.deepEqual(await through(new Float64Array([1.5, -0])), new Float64Array([1.5, -0]))
    assert.deepEqual(await through(new DataView(new ArrayBuffer(3))), new DataView(new ArrayBuffer(3)))
  })

  test('a function and a queue travel in a message', LIMIT, async () => {
    const inner = new Queue<number>()
    const offset = 5
    const got = (await through({ inner, add: (n: number) => n + offset })) as {
      inner: Queue<number>
      add(n: number): number
    }
    assert.equal(got.add(1), 6)
    await got.inner.put(1)
    assert.equal(await inner.get(), 1)
  })
})
