import { processStarter } from '../worker/index.ts'
import { BasePool } from './base-pool.ts'
import type { PoolOptions } from './options.ts'

/**
 * Worker processes that take work as it comes. Python: `multiprocessing.Pool`, without its hangs: a worker that
 * dies settles what it was doing, and another takes its place.
 * @example
 * import { Pool } from 'manycore'
 * const pool = new Pool(2)
 * await pool.map(n => n * n, [1, 2, 3])   // [1, 4, 9]
 * pool.close()
 * await pool.join()
 */
export class Pool<I extends readonly unknown[] = readonly unknown[]> extends BasePool {
  /** @param options how many processes (`'auto'`: as many as pay), or an object of options. Errors: `WRONG_OPTION`, `UNKNOWN_OPTION`, `NOT_A_FUNCTION`, `WORKER_START_FAILED`. */
  constructor(options?: number | 'auto' | PoolOptions<I>, ...more: never[]) {
    super(processStarter, 'Pool', options as number | 'auto' | PoolOptions<never>, more)
  }
}
