/**
 * pool: a crew of workers and what is to be done. `plan.ts` decides, `crew.ts` does.
 *
 *   Pool, ThreadPool ─────┐
 *     (one BasePool)      ├─► Dispatcher ─► SingleTask, FutureTask ───┐           ┌─► Plan (pure: events in, instructions out)
 *   …Executor ────────────┘       └───────► MapJob ─► ChunkTask ──────┴─► Crew ◄──┘
 *     (one BaseExecutor)                      └─► list, or Imap             └─► Member ─► Worker (room worker)
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
