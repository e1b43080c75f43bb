import { createError, describe } from '../base/index.ts'
import type { ExecutorOptions } from './options.ts'
import { ProcessPoolExecutor } from './process-pool-executor.ts'
import { ThreadPoolExecutor } from './thread-pool-executor.ts'

/** Where an executor's work is done. */
export type ExecutorKind = 'threads' | 'processes'

/**
 * An executor of the kind that a word names, for programs that leave the choice to their configuration. Beyond Python.
 * @param kind `'threads'` or `'processes'`
 * @param options as for the classes
 * Errors: `WRONG_OPTION`, `UNKNOWN_OPTION`, `NOT_A_FUNCTION`.
 * @example
 * import { createExecutor } from 'manycore'
 * const executor = createExecutor('threads', { maxWorkers: 1 })
 * await executor.submit(n => n + 1, 1)   // 2
 * await executor.shutdown()
 */
export function createExecutor<I extends readonly unknown[]>(
  kind: 'threads',
  options?: ExecutorOptions<I>,
): ThreadPoolExecutor<I>
/** An executor whose workers are processes. */
export function createExecutor<I extends readonly unknown[]>(
  kind: 'processes',
  options?: ExecutorOptions<I>,
): ProcessPoolExecutor<I>
/** An executor of a kind that is known only when the program runs. */
export function createExecutor<I extends readonly unknown[]>(
  kind: ExecutorKind,
  options?: ExecutorOptions<I>,
): ThreadPoolExecutor<I> | ProcessPoolExecutor<I>
export function createExecutor<I extends readonly unknown[]>(
  kind: ExecutorKind,
  options?: ExecutorOptions<I>,
): ThreadPoolExecutor<I> | ProcessPoolExecutor<I> {
  if (kind === 'threads') return new ThreadPoolExecutor(options)
  if (kind === 'processes') return new ProcessPoolExecutor(options)
  const [got, expected] = [describe(kind), "'threads' or 'processes'"]
  throw createError('WRONG_OPTION', { where: 'createExecutor', option: 'kind', got, expected })
}
