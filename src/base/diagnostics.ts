import { channel } from 'node:diagnostics_channel'

/*
 * What happens inside, on channels of `node:diagnostics_channel`. Nobody listens: nothing is made or sent.
 *
 *   import diagnostics from 'node:diagnostics_channel'
 *   diagnostics.subscribe('manycore.task.failed', ({ pool, task, name, error }) => …)
 */

export const CHANNELS = {
  taskSubmitted: channel('manycore.task.submitted'),
  taskBegun: channel('manycore.task.begun'),
  taskDone: channel('manycore.task.done'),
  taskFailed: channel('manycore.task.failed'),
  taskCancelled: channel('manycore.task.cancelled'),
  workerStarted: channel('manycore.worker.started'),
  workerReady: channel('manycore.worker.ready'),
  workerDied: channel('manycore.worker.died'),
  poolOpened: channel('manycore.pool.opened'),
  poolClosed: channel('manycore.pool.closed'),
} as const

/** What is told of a task, on the channels `manycore.task.*`. Times are in milliseconds. */
export interface TaskEvent {
  /** The pool's name. */
  readonly pool: string
  /** The task's number within its pool. The same in all events of one task. */
  readonly task: number
  /** The function's name. */
  readonly name: string
  /** The worker that has it, or had it; `undefined` while it waits. */
  readonly worker: string | undefined
  /** When, in milliseconds since 1970. */
  readonly at: number
  /** From its submission to its begin. Known when it is over. */
  readonly wait?: number | undefined
  /** From its begin to its end, in the worker. */
  readonly run?: number | undefined
  /** From its submission to its result here. */
  readonly roundTrip?: number | undefined
  /** Why it failed or was cancelled. An error of the task itself stays packed until somebody awaits it: then it is missing. */
  readonly error?: unknown
}

/** What is told of a worker, on the channels `manycore.worker.*`. */
export interface WorkerEvent {
  readonly pool: string
  readonly worker: string
  readonly pid: number
  readonly threadId: number
  readonly at: number
  /** It died: how. `expected` when the pool asked for it. */
  readonly exitCode?: number | null
  readonly signal?: string | null
  readonly expected?: boolean
}

/** What is told of a pool, on the channels `manycore.pool.*`. */
export interface PoolEvent {
  readonly pool: string
  readonly kind: 'process' | 'thread'
  readonly workers: number
  readonly at: number
}
