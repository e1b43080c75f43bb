import { processStarter } from '../worker/index.ts'
import { BaseExecutor } from './base-executor.ts'
import type { ExecutorOptions } from './options.ts'

/**
 * An executor whose workers are processes, each with memory of its own. If one dies, only what it was running fails;
 * the rest goes on. Python: `concurrent.futures.ProcessPoolExecutor`, which is broken for good then.
 * @example
 * import { ProcessPoolExecutor } from 'manycore'
 * const executor = new ProcessPoolExecutor({ maxWorkers: 2 })
 * const future = executor.submit(name => `hello ${name}`, 'bob')
 * await future   // 'hello bob'
 * await executor.shutdown()
 */
export class ProcessPoolExecutor<I extends readonly unknown[] = readonly unknown[]> extends BaseExecutor {
  /** @param options `maxWorkers` (default `cpuCount()`), `initializer`, `initargs`, `maxTasksPerChild`, `idleTimeout`, … Errors: `WRONG_OPTION`, `UNKNOWN_OPTION`, `NOT_A_FUNCTION`. */
  constructor(options?: ExecutorOptions<I>) {
    super(processStarter, 'ProcessPoolExecutor', options as ExecutorOptions<never>)
  }
}
