/**
 * base: what every other room stands on: errors, time, waiting, promises in hand.
 *
 *    every room ──► base ──► nothing
 *
 * Invariants
 * - Imports no other room, and of Node only `node:diagnostics_channel`; `node:worker_threads` and `node:perf_hooks` when
 *   it is asked which thread this is, or what time.
 * - Each error that manycore makes is a row of the table in `error-table`; `docs/errors.md` is checked against it.
 * - Clocks and timers are in `clock.ts` alone.
 */
export { allowBlocking, mayBlock } from './blocking.ts'
export { BUILD, IN_BUNDLE } from './build.ts'
export { callBack } from './call-back.ts'
export {
  after,
  afterThis,
  afterTurn,
  endEarly,
  every,
  isEarly,
  machineClock,
  machineSeconds,
  nextTick,
  now,
  startEarly,
  type Timer,
  wallClock,
} from './clock.ts'
export { isOfAnotherCopy, noteOwnClass, ONE_COPY } from './copies.ts'
export { CHANNELS, type PoolEvent, type TaskEvent, type WorkerEvent } from './diagnostics.ts'
export { type Deferred, deferred, quiet } from './deferred.ts'
export * from './error-classes.ts'
export * as errorClasses from './error-classes.ts'
export { describe } from './describe.ts'
export { entryFile } from './entry-file.ts'
export { createError } from './errors.ts'
export { type ErrorCode, ERRORS } from './error-table/index.ts'
export type { ErrorRow, Fields } from './error-table/row.ts'
export { isFromHere, newIdentity } from './identity.ts'
export { type Importer, importModule } from './import-module.ts'
export { KeepAlive } from './keep-alive.ts'
export { listenToAbort } from './listen-to-abort.ts'
export { ManycoreError } from './manycore-error.ts'
export { isMainThread, startAsMainThread, threadId } from './this-thread.ts'
export { reasonText } from './reason-text.ts'
export { isNode } from './runtime.ts'
export { stackText } from './stack-text.ts'
export { checkFunction, checkIterable, checkKnown, checkOneOf } from './options.ts'
export {
  checkLimits,
  checkTimeout,
  isSignal,
  NO_LIMITS,
  refuseIfAborted,
  TIMED_OUT,
  type WaitOptions,
  waitFor,
} from './waiting.ts'
export { WeakTable } from './weak-table.ts'
