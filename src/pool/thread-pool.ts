import { threadStarter } from '../worker/index.ts'
import { BasePool } from './base-pool.ts'
import type { PoolOptions } from './options.ts'

/**
 * Worker threads that take work as it comes: quicker to start and to reach than processes; buffers can be handed
 * over and shared. Python: `multiprocessing.pool.ThreadPool`, with one V8 per thread instead of one lock for all.
 * @example
 * import { ThreadPool } from 'manycore'
 * const pool = new ThreadPool(2)
 * const greeting = 'hello'
 * await pool.map(name => `${greeting} ${name}`, ['ada', 'bob'])   // ['hello ada', 'hello bob']
 * await pool.terminate()
 */
export class ThreadPool<I extends readonly unknown[] = readonly unknown[]> extends BasePool {
  /** @param options how many threads (`'auto'`: as many as pay), or an object of options. Errors: `WRONG_OPTION`, `UNKNOWN_OPTION`, `NOT_A_FUNCTION`, `WORKER_START_FAILED`. */
  constructor(options?: number | 'auto' | PoolOptions<I>, ...more: never[]) {
    super(threadStarter, 'ThreadPool', options as number | 'auto' | PoolOptions<never>, more)
  }
}
