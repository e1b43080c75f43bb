import { afterThis, ManycoreError } from '../base/index.ts'
import type { CallSite } from '../worker/index.ts'

/** An error of ours that refuses a call: its stack begins with the line that made the call. */
export function shownAtCall(error: unknown, above: Function): unknown {
  if (error instanceof ManycoreError) Error.captureStackTrace(error, above)
  return error
}

/** Where the user's code called, as a stack. */
export function callSite(below: Function): CallSite {
  const site: { stack?: unknown } = {}
  Error.captureStackTrace(site, below)
  return site
}

/** From so many calls with one function in one turn on, they are taken for a loop. */
const A_LOOP = 16

/**
 * The call sites of calls that may come by the thousand: looking at the stack takes longer than all else that a call
 * needs. So the turns of what is plainly a loop share the place that was seen last.
 */
export class CallSites {
  #fn: Function | undefined
  #seen = 0
  #last: CallSite = {}

  /** Where `fn` is being handed over. */
  of(fn: Function, below: Function): CallSite {
    if (fn !== this.#fn) {
      if (this.#fn === undefined) afterThis(() => this.#forget())
      this.#fn = fn
      this.#seen = 0
    }
    if (this.#seen < A_LOOP) {
      this.#seen++
      this.#last = callSite(below)
    }
    return this.#last
  }

  #forget(): void {
    this.#fn = undefined
    this.#last = {}
  }
}
