/**
 * future: what becomes of a call, and waiting for many of them.
 *
 *   your code ─► wait, asCompleted, group ─► Future ◄── setResult, abandon, letGo ── FutureOwner (a task or job of a pool)
 *       └──────────────► Executor (the contract) ─────────────────────────────────────────┘
 *
 * Invariants
 * - A future settles once; what it is then it stays.
 * - Done is not over: one that was cancelled while it ran is over when its worker has let go of it. `wait`,
 *   `asCompleted` and `group` go by the latter.
 * - Settling, callbacks and watchers happen in one go: nobody sees half of it.
 */
export { asCompleted, type CompletedFutures } from './as-completed.ts'
export type {
  Executor,
  ExecutorMapOptions,
  MapResults,
  ProgressListener,
  ShutdownOptions,
  SubmitOptions,
} from './executor.ts'
export { Future, type FutureOwner, type FutureState } from './future.ts'
export { Group, group } from './group.ts'
export { type DoneAndNotDone, type ReturnWhen, wait, type WaitFuturesOptions } from './wait.ts'
