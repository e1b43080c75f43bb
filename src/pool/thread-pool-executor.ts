import { threadStarter } from '../worker/index.ts'
import { BaseExecutor } from './base-executor.ts'
import type { ExecutorOptions } from './options.ts'

/**
 * An executor whose workers are threads: quick to start and to reach; buffers can be handed over and shared.
 * Python: `concurrent.futures.ThreadPoolExecutor`, with one V8 per thread instead of one lock for all.
 * @example
 * import { ThreadPoolExecutor } from 'manycore'
 * const executor = new ThreadPoolExecutor({ maxWorkers: 2 })
 * await executor.submit((a, b) => a ** b, 2, 10)                         // 1024
 * await executor.map((a, b) => a + b, [1, 2, 3], [10, 20]).toArray()   // [11, 22]
 * await executor.shutdown()
 */
export class ThreadPoolExecutor<I extends readonly unknown[] = readonly unknown[]> extends BaseExecutor {
  /** @param options `maxWorkers` (default `cpuCount()`), `initializer`, `initargs`, `idleTimeout`, … Errors: `WRONG_OPTION`, `UNKNOWN_OPTION`, `NOT_A_FUNCTION`. */
  constructor(options?: ExecutorOptions<I>) {
    super(threadStarter, 'ThreadPoolExecutor', options as ExecutorOptions<never>)
  }
}
