/**
 * link: one two-way road to one other party. The only room where threads and processes differ in talk.
 *
 *   worker/worker.ts ──► WorkerLink ═══ thread: message port ══════════╗
 *                            ║                                         ╠══► ProgramLink ──► worker/loop.ts
 *                            ╚═════════ process: framed socket (fd 3) ═╝
 *                                       board / marks: how far the worker has come, what was taken back
 *   watchdog: a shell that ends the processes which outlive the program
 *
 * Invariants
 * - Nobody asks "thread or process?": a road tells its abilities in `can`.
 * - `ended` comes exactly once, and after every message that the worker sent.
 * - A worker whose program is gone ends within 200 ms, busy or not.
 * - `progress()` is exact even when the worker was killed: each call is marked before it begins.
 */
export type {
  Death,
  Progress,
  ProgramLink,
  ResourceLimits,
  StartOptions,
  Stdio,
  WorkerLink,
} from './link.ts'
export { BETWEEN_PROCESSES, BETWEEN_THREADS } from './abilities.ts'
export { folder } from './folder.ts'
export { ProcessLink } from './process.ts'
export { isStartedAsProcess, ProcessProgramLink } from './process-child.ts'
export { ThreadLink } from './thread.ts'
export { isStartedAsThread, ThreadProgramLink } from './thread-child.ts'
export { loseStdout, writeStderr } from './output.ts'
