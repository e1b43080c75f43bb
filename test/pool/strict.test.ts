import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachKind } from '../support/index.ts'
import { makePool, rejection, withExecutor, withPool } from './support.ts'

/*
 * `strict: true`: what would change only a worker's copy of a captured variable is refused, wherever it is given.
 */

const limit = { timeout: 60_000 }
const refused = { code: 'CANNOT_CAPTURE', kind: 'assigned captured variable' }

let total = 0
const add = (n: number): number => {
  total += n
  return total
}
const call = (fn: (n: number) => number, n: number): number => fn(n)

eachKind(kind => {
  test('a pool refuses it as function, as argument and among items, and goes on', limit, () =>
    withPool(kind, { strict: true, processes: 1 }, async pool => {
      await assert.rejects(pool.apply(add, [1]), refused)
      await assert.rejects(pool.apply(call, [add, 1]), refused)
      await assert.rejects(pool.map(add, [1, 2]), refused)
      await assert.rejects(
        pool.map(fn => fn(1), [(n: number) => n, add], { chunksize: 2 }),
        refused,
      )
      await assert.rejects(
        pool.starmap(call, [
          [(n: number) => n, 1],
          [add, 1],
        ]),
        refused,
      )
      assert.equal(await pool.apply(call, [(n: number) => n + 1, 1]), 2)
    }),
  )

  test('an executor refuses it by the future', limit, () =>
    withExecutor(kind, { strict: true, maxWorkers: 1 }, async executor => {
      const error = await executor.submit(add, 1).exception()
      assert.equal((error as { code?: string }).code, refused.code)
      assert.equal(await executor.submit((n: number) => n + 1, 1), 2)
    }),
  )

  test('an initializer and its arguments are refused by the constructor', limit, () => {
    assert.throws(() => makePool(kind, { strict: true, initializer: add }), refused)
    assert.throws(() => makePool(kind, { strict: true, initializer: call, initargs: [add] }), refused)
  })

  test('a single worker refuses it at start(), and has not been started', limit, async () => {
    const worker = new kind.Worker({ target: add, args: [1], strict: true })
    assert.throws(() => worker.start(), refused)
    assert.throws(() => new kind.Worker({ target: call, args: [add, 1], strict: true }).start(), refused)
    assert.equal((await rejection(worker.join()))['code'], 'NOT_STARTED')
  })

  test('without it, and beside it, the function travels', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      const strict = makePool(kind, { strict: true, processes: 1 })
      await assert.rejects(strict.apply(add, [1]), refused)
      assert.equal(await pool.apply(add, [2]), 2)
      assert.equal(total, 0)
      await strict.terminate()
    }),
  )

  test('anything but true and false is refused', () => {
    assert.throws(() => makePool(kind, { strict: 1 as never }), { code: 'WRONG_OPTION' })
    assert.throws(() => new kind.Worker({ target: add, args: [1], strict: 'yes' as never }), {
      code: 'WRONG_OPTION',
    })
  })
})
