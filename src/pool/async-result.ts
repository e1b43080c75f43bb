import { createError, NO_LIMITS, TIMED_OUT, waitFor, type WaitOptions } from '../base/index.ts'
import { Future } from '../future/index.ts'

/**
 * What `applyAsync` and its kin give at once: a future with the names of pools. Python: `AsyncResult`.
 * @example
 * import { ThreadPool } from 'manycore'
 * const pool = new ThreadPool(1)
 * const result = pool.applyAsync((a, b) => a + b, [1, 2])
 * await result.get({ timeout: 10_000 })   // 3
 * result.successful()                     // true
 * await pool.terminate()
 */
export class AsyncResult<R> extends Future<R> {
  /** As `result`. Python: `get`. */
  get(options: WaitOptions = NO_LIMITS): Promise<R> {
    return this.result(options)
  }

  /** Waits until it is there, good or bad; false when the timeout came first. Python: `wait`. */
  async wait(options: WaitOptions = NO_LIMITS): Promise<boolean> {
    return (await waitFor(this.end, 'the result', options)) !== TIMED_OUT
  }

  /** As `done`: is it there, good or bad? Python: `ready`. */
  ready(): boolean {
    return this.done()
  }

  /** Did it end without an error? Errors: `RESULT_NOT_READY`. Python: `successful`. */
  successful(): boolean {
    if (!this.done()) throw createError('RESULT_NOT_READY', { task: this.title })
    return !this.cancelled() && this.failure === undefined
  }

  /** `AsyncResult`. */
  override get [Symbol.toStringTag](): string {
    return 'AsyncResult'
  }
}
