import { after } from 'node:test'
import type { ExecutorOptions, Pool, PoolOptions, ProcessPoolExecutor } from 'manycore'
import { deadline, type Kind, nothingLeft } from '../support/index.ts'

/** Nothing in these tests should come near it; what does hangs. In milliseconds. */
export const LATE = 40_000

/** A pool of the kind; two workers unless told otherwise. */
export function makePool(kind: Kind, options: PoolOptions<never> = {}): Pool {
  return new kind.Pool({ processes: 2, ...options })
}

/** Runs `body` with a pool that is ended afterwards, and then looks for what was left behind. */
export async function withPool<T>(
  kind: Kind,
  options: PoolOptions<never>,
  body: (pool: Pool) => Promise<T>,
): Promise<T> {
  const pool = makePool(kind, options)
  try {
    return await deadline(body(pool), LATE, 'the test')
  } finally {
    await deadline(pool.terminate(), 15_000, 'the end of the pool')
    await nothingLeft()
  }
}

/** Runs `body` with an executor of the kind, of two workers unless told otherwise, as `withPool` does. */
export async function withExecutor<T>(
  kind: Kind,
  options: ExecutorOptions<never>,
  body: (executor: ProcessPoolExecutor) => Promise<T>,
): Promise<T> {
  const executor = new kind.Executor({ maxWorkers: 2, ...options })
  try {
    return await deadline(body(executor), LATE, 'the test')
  } finally {
    await deadline(executor.terminateWorkers(), 15_000, 'the end of the executor')
    await nothingLeft()
  }
}

/**
 * For the tests of a suite that leave a pool as they found it: it takes longer to start than they take. Each gets it
 * as `withPool` would give it one of its own; after the last, or one that failed, it is ended.
 */
export function sharePool(
  kind: Kind,
  options: PoolOptions<never> = {},
): <T>(body: (pool: Pool) => Promise<T>) => Promise<T> {
  return shared(
    () => makePool(kind, options),
    pool => pool.terminate(),
  )
}

/** The same with an executor, as `withExecutor` would make it. */
export function shareExecutor(
  kind: Kind,
  options: ExecutorOptions<never> = {},
): <T>(body: (executor: ProcessPoolExecutor) => Promise<T>) => Promise<T> {
  return shared(
    () => new kind.Executor({ maxWorkers: 2, ...options }),
    executor => executor.terminateWorkers(),
  )
}

/** What suites share and have open: a suite may have several, and looks for what was left when the last has ended. */
const open = new Set<() => Promise<void>>()

function shared<P>(
  make: () => P,
  end: (made: P) => Promise<unknown>,
): <T>(body: (made: P) => Promise<T>) => Promise<T> {
  let made: P | undefined
  const over = async (): Promise<void> => {
    const last = made
    made = undefined
    if (last !== undefined) await deadline(end(last), 15_000, 'the end of what was shared')
    open.delete(over)
    if (open.size === 0) await nothingLeft()
  }
  after(over)
  return async body => {
    made ??= make()
    open.add(over)
    try {
      return await deadline(body(made), LATE, 'the test')
    } catch (error) {
      await over()
      throw error
    }
  }
}

/** Resolves when `condition` holds. */
export async function until(condition: () => boolean, what: string, ms = 15_000): Promise<void> {
  const end = performance.now() + ms
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what} did not come within ${ms} ms`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

/** The error that a promise rejects with; fails when it does not. */
export async function rejection(promise: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('it did not reject')
}

/** Reads all of an async iterable. */
export async function all<T>(items: { [Symbol.asyncIterator](): AsyncIterator<T, unknown> }): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
