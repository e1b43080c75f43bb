import { after, type Timer } from './clock.ts'
import { describe } from './describe.ts'
import { createError } from './errors.ts'
import { listenToAbort } from './listen-to-abort.ts'
import { listenToPromise } from './listen-to-promise.ts'
import { checkKnown } from './options.ts'

/** How long to wait, and what may end the wait before. */
export interface WaitOptions {
  /** Milliseconds; zero or less polls. Default: for ever. */
  readonly timeout?: number | undefined
  /** Ends the wait with a `CancelledError`; the work that is waited for goes on. */
  readonly signal?: AbortSignal | undefined
}

/** What `waitFor` answers when the time limit came first. */
export const TIMED_OUT: unique symbol = Symbol('timed out')

/** What everything that waits has for its limits where none are given: known by being this object. */
export const NO_LIMITS = Object.freeze({})

const LIMITS: readonly string[] = ['timeout', 'signal'] satisfies (keyof WaitOptions)[]

/**
 * Refuses limits that are none. `acquire(false)`, `get(true, 5)` and `join(5)`, as Python has them, would wait for ever.
 * @param known the options that there are
 */
export function checkLimits(where: string, options: WaitOptions, known: readonly string[] = LIMITS): void {
  if (options === NO_LIMITS) return
  checkKnown(where, options, known, '{ timeout: 5000 } for five seconds')
  const { timeout, signal } = options
  checkTimeout(where, timeout)
  if (signal !== undefined && !isSignal(signal)) {
    const [got, expected] = [describe(signal), 'an AbortSignal']
    throw createError('WRONG_OPTION', { where, option: 'signal', got, expected })
  }
}

/** Of whichever realm, or made by a simulated DOM: it is known by what it can. */
export function isSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
}

/** Refuses a wait whose signal has been given: also where there would be nothing to wait for. */
export function refuseIfAborted(options: WaitOptions, what: string): void {
  if (options === NO_LIMITS || !options.signal?.aborted) return
  throw createError('WAIT_ABORTED', { what, reason: options.signal.reason })
}

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
  options: WaitOptions = NO_LIMITS,
): Promise<T | typeof TIMED_OUT> {
  checkLimits(what, options)
  const { timeout, signal } = options
  if (timeout === undefined && !signal) return Promise.resolve(promise)
  return new Promise((resolve, reject) => {
    let timer: Timer | undefined
    let forget: (() => void) | undefined
    let leave: (() => void) | undefined
    const abort = (): void =>
      finish(() => reject(createError('WAIT_ABORTED', { what, reason: signal?.reason })))
    const finish = (settle: () => void): void => {
      timer?.cancel()
      forget?.()
      leave?.()
      settle()
    }
    // Subscribed first, so that a promise that is settled already wins over a limit of zero.
    leave = listenToPromise(
      promise,
      value => finish(() => resolve(value)),
      error => finish(() => reject(error)),
    )
    if (signal?.aborted) return abort()
    if (signal) forget = listenToAbort(signal, abort)
    if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY) {
      timer = after(timeout, () => finish(() => resolve(TIMED_OUT)))
    }
  })
}
