import { ManycoreError } from '../base/index.ts'
import type { CallSite } from '../worker/index.ts'

/** An error of ours that refuses a call: its stack begins with the line that made the call. */
export function shownAtCall(error: unknown, above: Function): unknown {
  if (error instanceof ManycoreError) Error.captureStackTrace(error, above)
  return error
}

/** Where the user's code called, as a stack. */
export function callSite(below: Function): CallSite {
  const site: { stack?: string } = {}
  Error.captureStackTrace(site, below)
  return site
}
