/**
 * pool: a crew of workers and what is to be done. `plan.ts` decides, `crew.ts` does.
 *
 *   Pool, ThreadPool ─────┐
 *     (one BasePool)      ├─► Dispatcher ─► SingleTask, FutureTask ───┐           ┌─► Plan (pure: events in, instructions out)
 *   …Executor ────────────┘       └───► MapJob ─► ChunkTask, ItemTask ┴─► Crew ◄──┘
 *     (one BaseExecutor)                  └─► list, or Imap                 └─► Member ─► Worker (room worker)
 *
 * What stands beside them, and beside whom:
 *
 *   Plan    WaitingLine (who waits), Roster (which workers there are), Capacity and Pace (how much each may have),
 *           Balance (who gives back what)
 *   Crew    Gathering (when to hand out), Recruiter and HeadStart (how and when workers start), Verdicts (what the
 *           tasks are told that don't run to their end), Repertoire (what spares prepare), Insight (statistics, traces,
 *           channels), Tuning (numbers that are `'auto'`)
 *   Member  Watch (limits of time), Gauge (how busy its worker is)
 *   MapJob  Inputs, ChunkSizes, JobProgress
 *
 * Invariants
 * - Each task settles exactly once, whatever dies.
 * - A task's state changes in `plan.ts` alone, by the table in `plan-table.ts`.
 * - A dead worker settles what it had begun; what it had not begun waits again, before the others.
 * - A task waits behind a running one only while no worker is idle, and behind a long one for a moment at most.
 * - The program stays alive while something is unfinished, and not because of idle workers.
 */
export { AsyncResult } from './async-result.ts'
export { BaseExecutor } from './base-executor.ts'
export { BasePool, type Items } from './base-pool.ts'
export { Context, getContext } from './context.ts'
export { createExecutor, type ExecutorKind } from './create-executor.ts'
export { Imap } from './imap.ts'
export type {
  ApplyOptions,
  CallOptions,
  ExecutorOptions,
  ImapOptions,
  MapOptions,
  PoolOptions,
} from './options.ts'
export { Pool } from './pool.ts'
export { ProcessPoolExecutor } from './process-pool-executor.ts'
export type { Percentiles } from './latencies.ts'
export type { PoolStats } from './stats.ts'
export { ThreadPool } from './thread-pool.ts'
export { ThreadPoolExecutor } from './thread-pool-executor.ts'
