import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deadline, eachKind } from '../support/index.ts'
import { rejection, withExecutor, withPool } from './support.ts'

/*
 * One result for each item, whatever an input says of its length and whatever becomes of it after the call.
 */

const limit = { timeout: 60_000 }
const same = (x: unknown): unknown => x
const sized = (says: object, items: readonly number[]): Iterable<number> =>
  Object.assign(says, { [Symbol.iterator]: () => items[Symbol.iterator]() })

eachKind(kind => {
  test('the results are as many as the items, not as a length says', limit, () =>
    withPool(kind, {}, async pool => {
      assert.deepEqual(await pool.map(same, 'a😀b'), ['a', '😀', 'b'])
      for (const says of [5, 1, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 33]) {
        for (const name of ['length', 'size']) {
          assert.deepEqual(await pool.map(same, sized({ [name]: says }, [1, 2])), [1, 2], `${name} ${says}`)
        }
      }
      const told: unknown[] = []
      const progress = (...all: unknown[]): void => void told.push(all)
      await pool.map(same, sized({ length: 5 }, [1, 2]), { progress })
      assert.deepEqual(told.at(-1), [2, 2, 0])
    }),
  )

  test('what becomes of an input after the call is its owner’s matter', limit, () =>
    withPool(kind, {}, async pool => {
      const array = Array.from({ length: 40 }, (_, n) => n)
      const typed = Float64Array.from(array)
      const set = new Set(array)
      const map = new Map(array.map(n => [n, n]))
      const results = [array, typed, set].map(items => pool.map(same, items))
      const entries = pool.map(same, map)
      array.length = 0
      typed.fill(7)
      set.clear()
      map.clear()
      const expected = Array.from({ length: 40 }, (_, n) => n)
      for (const result of results) assert.deepEqual(await result, expected)
      assert.deepEqual(
        await entries,
        expected.map(n => [n, n]),
      )
    }),
  )

  test('an executor’s map: a batch that is filled again and again, alone and beside another', limit, () =>
    withExecutor(kind, {}, async executor => {
      const runs = []
      const batch: number[] = []
      for (let n = 1; n <= 100; n++) {
        batch.push(n)
        if (batch.length < 20) continue
        runs.push(executor.map(same, batch).toArray())
        runs.push(executor.map((a: number, b: number) => b - a, batch, batch).toArray())
        batch.length = 0
      }
      const all = await Promise.all(runs)
      assert.deepEqual(
        all.map(({ length }) => length),
        runs.map(() => 20),
      )
      assert.deepEqual(
        all[8],
        [81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100],
      )
    }),
  )

  test('a chunk size of one’s own is kept to by slow inputs as well', limit, () =>
    withPool(kind, {}, async pool => {
      async function* rows(): AsyncGenerator<number> {
        for (let row = 0; row < 25; row++) {
          await new Promise(resolve => setTimeout(resolve, 1))
          yield row
        }
      }
      const before = pool.stats().succeeded
      await pool.map(same, rows(), { chunksize: 10 })
      assert.equal(pool.stats().succeeded - before, 3)
    }),
  )

  test('an input that comes while all idle workers have left', limit, () =>
    withExecutor(kind, { idleTimeout: 20 }, async executor => {
      async function* gen(): AsyncGenerator<number> {
        for (let n = 0; n < 400; n++) yield n
        while (executor.stats().workers.total > 0) await new Promise(resolve => setTimeout(resolve, 5))
        yield 400
      }
      const all = await deadline(executor.map(same, gen()).toArray(), 30_000, 'the last item')
      assert.equal(all.length, 401)
    }),
  )

  test('shutdown: an endless input with a bufferSize ends with what was taken of it', limit, async () => {
    for (const wait of [true, false]) {
      const executor = new kind.Executor({ maxWorkers: 1 })
      let taken = 0
      let closed = false
      function* endless(): Generator<number> {
        try {
          for (;;) yield taken++
        } finally {
          closed = true
        }
      }
      const results = executor.map(same, endless(), { bufferSize: 4 })
      assert.deepEqual(await results.next(), { done: false, value: 0 })
      await deadline(executor.shutdown({ wait }), 20_000, 'the shutdown')
      assert.ok(closed && taken <= 6, `${taken} taken`)
      const got: unknown[] = []
      const end = await rejection(
        (async () => {
          for await (const value of results) got.push(value)
        })(),
      )
      assert.equal(end['code'], 'POOL_CLOSED')
      assert.deepEqual(
        got,
        Array.from({ length: taken - 1 }, (_, n) => n + 1),
      )
      await executor.shutdown()
    }
  })

  test('shutdown, waited for or not, has all of an input done that nobody reads', limit, async () => {
    for (const wait of [true, false]) {
      const executor = new kind.Executor({ maxWorkers: 2 })
      const results = executor.map(
        same,
        (function* () {
          for (let n = 0; n < 300; n++) yield n
        })(),
      )
      await executor.shutdown({ wait })
      assert.equal((await results.toArray()).length, 300)
      await executor.shutdown()
    }
  })
})
