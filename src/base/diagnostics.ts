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
  /** The pool's name. */
  readonly pool: string
  /** The worker's name, such as `PoolWorker-3`. */
  readonly worker: string
  /** Its process; 0 while it has none. */
  readonly pid: number
  /** Its thread: 0 for the main one of a process, and while it has none. */
  readonly threadId: number
  /** When, in milliseconds since 1970. */
  readonly at: number
  /** It died: its exit code, `null` when a signal ended it. */
  readonly exitCode?: number | null
  /** It died: the signal that ended it, else `null`. */
  readonly signal?: string | null
  /** It died: whether the pool had asked for it. */
  readonly expected?: boolean
}

/** What is told of a pool, on the channels `manycore.pool.*`. */
export interface PoolEvent {
  /** The pool's name. */
  readonly pool: string
  /** What its workers are. */
  readonly kind: 'process' | 'thread'
  /** With how many it opens, 0 where each is started when it is needed; 0 when it has closed. */
  readonly workers: number
  /** When, in milliseconds since 1970. */
  readonly at: number
}
