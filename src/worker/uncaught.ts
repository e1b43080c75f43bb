import type { BaseWorker } from './base-worker.ts'
import { checkFunction, SystemExit } from '../base/index.ts'

/** Told of the error that ended a `Process` or `Thread`. */
export type UncaughtHook = (error: unknown, worker: BaseWorker) => void

let hook: UncaughtHook | undefined

export function uncaughtHook(): UncaughtHook | undefined {
  return hook
}

/**
 * Replaces what happens when an error ends a `Process` or `Thread` started here: by default the worker prints it to
 * stderr with its name. A hook that throws is reported and changes nothing else. Python: `threading.excepthook`.
 * @param replacement called with the error and the worker; `undefined` brings the default back
 * @returns the hook that was there before
 * @example
 * import { setUncaughtHook } from 'manycore'
 * const before = setUncaughtHook((error, worker) => console.log(worker.name, error))
 * setUncaughtHook(before)
 */
export function setUncaughtHook(replacement: UncaughtHook | undefined): UncaughtHook | undefined {
  if (replacement !== undefined) checkFunction('setUncaughtHook', replacement)
  const before = hook
  hook = replacement
  return before
}

export function reportUncaught(error: unknown, worker: BaseWorker): void {
  if (error instanceof SystemExit) return
  try {
    hook?.(error, worker)
  } catch (thrown) {
    process.emitWarning(`the hook for uncaught errors threw: ${String(thrown)}`, 'ManycoreWarning')
  }
}
