import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachKind } from '../support/index.ts'
import { withPool } from './support.ts'

/* The first task is given to a worker that is still starting. */

const limit = { timeout: 60_000 }

const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
const double = (x: number): number => 2 * x

eachKind(kind => {
  test('what is cancelled before its worker is ready never runs, and the worker stays', limit, () =>
    withPool(kind, { processes: 1, initializer: wait, initargs: [400] }, async pool => {
      const abort = new AbortController()
      const cancelled = pool.apply(double, [1], { signal: abort.signal })
      // It has been given away by then, and nobody has begun it.
      await wait(20)
      assert.equal(pool.stats().waiting, 1)
      abort.abort()
      await assert.rejects(cancelled, { name: 'CancelledError' })
      assert.equal(await pool.apply(double, [2]), 4)
      const { deaths, succeeded, workers } = pool.stats()
      assert.deepEqual({ deaths, succeeded, workers: workers.total }, { deaths: 0, succeeded: 1, workers: 1 })
    }),
  )

  test('its time limit runs from its start, not from the start of its worker', limit, () =>
    withPool(kind, { processes: 1, initializer: wait, initargs: [400] }, async pool => {
      assert.equal(await pool.apply(double, [3], { timeout: 200 }), 6)
    }),
  )
})
