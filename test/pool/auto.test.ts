import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuCount, type Pool } from 'manycore'
import { eachKind, rounds } from '../support/index.ts'
import { makePool, rejection, until, withPool } from './support.ts'

/*
 * `'auto'`: what real pools choose. How well the numbers serve is a matter for the bench and for tuner.test.ts.
 */

const limit = { timeout: 60_000 }
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const sleep = (ms: number): Promise<number> => new Promise(resolve => setTimeout(() => resolve(ms), ms))
const spin = (ms: number): void => {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** Keeps the pool supplied with calls until `condition` holds. */
async function feedUntil(
  pool: Pool,
  fn: (ms: number) => unknown,
  ms: number,
  condition: () => boolean,
): Promise<void> {
  const over = new AbortController()
  const feed = async (): Promise<void> => {
    while (!over.signal.aborted) await pool.apply(fn, [ms])
  }
  const feeders = Promise.allSettled(range(400).map(feed))
  try {
    await until(condition, 'it', 30_000)
  } catch (error) {
    throw new Error(JSON.stringify(pool.stats().tuning), { cause: error })
  } finally {
    over.abort()
  }
  await feeders
}

eachKind(kind => {
  test('many tasks at once where they wait, one where they compute', limit, () =>
    withPool(kind, { processes: 2, concurrency: 'auto' }, async pool => {
      const chosen = (): number => pool.stats().concurrency
      assert.deepEqual(pool.stats().tuning, { workers: 2, concurrency: 1, why: 'nothing was measured yet' })
      // Long waits: so even a busy machine has time left for more of them.
      await feedUntil(pool, sleep, 100, () => chosen() >= rounds(16, 64))
      assert.match(pool.stats().tuning?.why ?? '', /concurrency/)
      await feedUntil(pool, spin, 2, () => chosen() <= 4)
      assert.equal(pool.stats().workers.total, 2)
    }),
  )

  test('as many workers as may compute, and no more', limit, () =>
    withPool(kind, { processes: 'auto', concurrency: 'auto' }, async pool => {
      assert.equal(pool.stats().workers.total, cpuCount())
      await pool.map(
        spin,
        range(300).map(() => 2),
      )
      const { workers, tuning } = pool.stats()
      assert.ok(workers.total <= cpuCount())
      assert.equal(tuning?.workers, workers.total)
    }),
  )

  test('results, errors, limits of time and cancelling are as ever', limit, () =>
    withPool(kind, { processes: 2, concurrency: 'auto' }, async pool => {
      assert.deepEqual(
        await pool.map(n => n * 2, range(500)),
        range(500).map(n => n * 2),
      )
      const mixed = range(200).map(n => pool.apply(n % 2 ? sleep : spin, [1]))
      const late = rejection(pool.apply(sleep, [60_000], { timeout: 100 }))
      const loop = rejection(
        pool.apply(
          () => {
            for (;;);
          },
          [],
          { timeout: 100 },
        ),
      )
      const cancelled = pool.applyAsync(sleep, [60_000])
      cancelled.cancel()
      await Promise.allSettled(mixed)
      assert.equal((await late)['code'], 'TASK_TIMEOUT')
      assert.equal((await loop)['code'], 'TASK_TIMEOUT')
      assert.equal((await rejection(cancelled))['code'], 'TASK_CANCELLED')
      const results: number[] = []
      for await (const value of pool.imap(
        sleep,
        range(300).map(() => 1),
      ))
        results.push(value)
      assert.equal(results.length, 300)
    }),
  )

  test(
    'a computation among tasks that were sent with it holds none of them up while a worker is idle',
    limit,
    () =>
      withPool(kind, { processes: 2, concurrency: 10 }, async pool => {
        await until(() => pool.stats().workers.starting === 0, 'both workers')
        const order: string[] = []
        const long = pool.apply(spin, [700]).then(() => order.push('long'))
        const short = range(9).map(n => pool.apply(Math.abs, [n]).then(() => order.push('short')))
        await Promise.all([long, ...short])
        assert.equal(order.at(-1), 'long')
      }),
  )

  test('a number alone may be auto; what is neither is refused', limit, async () => {
    const pool = new kind.Pool('auto')
    assert.equal(pool.stats().tuning?.workers, cpuCount())
    assert.equal(await pool.apply(Math.abs, [-1]), 1)
    await pool.terminate()
    assert.throws(() => makePool(kind, { concurrency: 'many' as never }), { code: 'WRONG_OPTION' })
    assert.throws(() => makePool(kind, { processes: 'Auto' as never }), { code: 'WRONG_OPTION' })
  })
})
