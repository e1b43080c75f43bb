import { createError, NO_LIMITS, type WaitOptions } from '../base/index.ts'

/** Refuses a wait whose signal has been given: also where there would be nothing to wait for, as locks do. */
export function refuseIfAborted(options: WaitOptions, what: string): void {
  if (options === NO_LIMITS || !options.signal?.aborted) return
  throw createError('WAIT_ABORTED', { what, reason: options.signal.reason })
}
