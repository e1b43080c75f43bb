/**
 * worker: the life of one worker: start, talk, stop; and `Process` and `Thread`, which are such a life for one
 * function.
 *
 *   Process, Thread ─► Life ─┐                                  ║
 *                            ├─► Worker ─► WorkerLink ══════════╬═► ProgramLink ─► runWorker ─► WorkerLoop ─► task
 *   pool ────────────────────┘   calls by number,               ║   boot, initializer,   begin, run, pack,
 *                                functions by hash              ║   exit rules           send in batches
 *
 * Invariants
 * - A call given to `Worker.send` comes back exactly once: settled, returned, refused, or in `died` as begun or not.
 * - A function's text crosses once per worker, before the first call of it.
 * - A call is marked as begun before it runs; a result leaves within a millisecond while others wait, else at once.
 * - The user's main script is never run in a worker.
 */
import './own-classes.ts'

export { BaseWorker } from './base-worker.ts'
export type { Call } from './call.ts'
export { asNumbers } from './chunk.ts'
export { cpuCount, cpuShare } from './cpu-count.ts'
export {
  activeChildren,
  activeThreads,
  currentProcess,
  currentThread,
  mainThread,
  type ParentProcess,
  parentProcess,
} from './current.ts'
export { setExecutable } from './executable.ts'
export { isExiting } from './exiting.ts'
export { freezeSupport } from './freeze-support.ts'
export { identity, type StartMethod } from './identity.ts'
export { libraryLoaded } from './loading.ts'
export {
  type CallSite,
  deathError,
  settle,
  thrownWhereAwaited,
  unpackFor,
  withBothStacks,
} from './outcome.ts'
export { Process, type ProcessOptions } from './process.ts'
export { processStarter, type Starter, startWorker, threadStarter } from './start.ts'
export { checkMethod, getAllStartMethods, getStartMethod, setStartMethod } from './start-method.ts'
export { currentTask, type TaskContext } from './task-context.ts'
export { Thread, type ThreadOptions } from './thread.ts'
export { Timer } from './timer.ts'
export { transfer } from './transfer.ts'
export { setUncaughtHook, type UncaughtHook } from './uncaught.ts'
export { Worker, type WorkerUser } from './worker.ts'
export { type OptionRule, WORKER_RULES, type WorkerOptions } from './worker-options.ts'
