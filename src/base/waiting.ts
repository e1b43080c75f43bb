import { after, type Timer } from './clock.ts'
import { describe } from './describe.ts'
import { createError } from './errors.ts'

/** How long to wait, and what may end the wait before. */
export interface WaitOptions {
  /** Milliseconds; zero or less polls. Default: for ever. */
  readonly timeout?: number | undefined
  /** Ends the wait with a `CancelledError`; the work that is waited for goes on. */
  readonly signal?: AbortSignal | undefined
}

/** What `waitFor` answers when the time limit came first. */
export const TIMED_OUT: unique symbol = Symbol('timed out')

/** Refuses a `timeout` that is not a number. */
export function checkTimeout(where: string, timeout: unknown): asserts timeout is number | undefined {
  if (timeout === undefined) return
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
    throw createError('WRONG_OPTION', {
      where,
      option: 'timeout',
      got: describe(timeout),
      expected: 'a number of milliseconds',
    })
  }
}

/**
 * Waits for a promise within the limits of `options`; gives `TIMED_OUT` when the time came first.
 * Rejects with the promise's own error, or a `CancelledError` (`WAIT_ABORTED`) when the signal came first.
 */
export function waitFor<T>(
  promise: PromiseLike<T>,
  what: string,
  options: WaitOptions = {},
): Promise<T | typeof TIMED_OUT> {
  const { timeout, signal } = options
  checkTimeout(what, timeout)
  if (timeout === undefined && !signal) return Promise.resolve(promise)
  return new Promise((resolve, reject) => {
    let timer: Timer | undefined
    const abort = (): void =>
      finish(() => reject(createError('WAIT_ABORTED', { what, reason: signal?.reason })))
    const finish = (settle: () => void): void => {
      timer?.cancel()
      signal?.removeEventListener('abort', abort)
      settle()
    }
    // Subscribed first, so that a promise that is settled already wins over a limit of zero.
    promise.then(
      value => finish(() => resolve(value)),
      error => finish(() => reject(error)),
    )
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort, { once: true })
    if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY) {
      timer = after(timeout, () => finish(() => resolve(TIMED_OUT)))
    }
  })
}
