import type { TaskState, WorkerState } from './plan-table.ts'

/*
 * What the plan is told and what it says, and what it knows of tasks and workers.
 */

/** What the plan knows of a task. Written by `Plan` alone, but for `retries`. */
export interface PlanTask {
  state: TaskState
  readonly priority: number
  /** What it takes along is gone once it was sent: it can't be sent again, so it goes only where it begins at once. */
  readonly once: boolean
  /** How often it may still be run again. Not at all any more, says `Member`, of one that can't be sent. */
  retries: number
  /** Who has it. */
  worker: PlanWorker | undefined
  /** While it is being stopped: it is to run again afterwards, so its caller was told nothing. */
  again: boolean
}

/** What the plan knows of a worker. Written by the plan's parts, as it says there; read by the whole room. */
export interface PlanWorker {
  /** Its number in the pool, from 1. */
  readonly id: number

  // Written by `Roster`.
  state: WorkerState
  /** It is there to stand by. */
  standby: boolean
  /** It is ending, and has not said how. It gets nothing more, and somebody takes its place already. */
  leaving: boolean

  // Written by `Plan`; `load` by `Roster` too, when it is gone.
  /** Tasks that it has: running, or next in its own line. */
  load: number
  /** Tasks that it was given in its life, without those that it gave back. */
  taken: number
  /** When it was given something last, as a number that grows. */
  turn: number
  /** Tasks that it has finished. */
  finished: number
  /** It is stuck, and has not begun what it was given beside: it gets nothing until it moves. */
  blocked: boolean
  /** Tasks of it that are asked to stop: while there are any it may have to go, so it gets nothing new. */
  stopping: number

  // Written by `Balance`; `stuck` and `lowest` by `Plan` too, when it moves or gets something.
  /** `finished` when the balance was looked at last: no progress since means that it is stuck in one task. */
  seen: number
  /** `finished` when it was looked at last while all were busy. */
  checked: number
  /** It is stuck, and what it had not begun was taken back: nothing goes there until it moves. */
  stuck: boolean
  /** The lowest priority of what it was given since it had nothing, or was to give back what it had not begun. */
  lowest: number
}

export type PlanEvent<T> =
  | { readonly kind: 'open' }
  | { readonly kind: 'submitted'; readonly task: T }
  /** Once per turn of the event loop, after submissions and returns. */
  | { readonly kind: 'flush' }
  | { readonly kind: 'ready'; readonly worker: PlanWorker }
  | {
      readonly kind: 'finished'
      readonly worker: PlanWorker
      readonly done: readonly T[]
      readonly failed: readonly T[]
      readonly busy: number
      readonly calls: number
    }
  /** Not begun: it waits again. To be followed by a `flush`, as a submission. */
  | { readonly kind: 'returned'; readonly worker: PlanWorker; readonly task: T }
  /** `again`: it ran out of time and has a try left. */
  | { readonly kind: 'cancelled'; readonly task: T; readonly again: boolean }
  /** A task was asked to stop and has not: it and its worker have to go. */
  | { readonly kind: 'stubborn'; readonly worker: PlanWorker }
  /** It is ending by itself. `died` follows. */
  | { readonly kind: 'leaving'; readonly worker: PlanWorker }
  | {
      readonly kind: 'died'
      readonly worker: PlanWorker
      readonly begun: readonly T[]
      readonly waiting: readonly T[]
    }
  /** It could not be made: there is nothing of it. `waiting`: what it was given before that was known. */
  | { readonly kind: 'unmade'; readonly worker: PlanWorker; readonly waiting: readonly T[] }
  /** The moment has come to make those that could not be made. */
  | { readonly kind: 'makeUp' }
  | { readonly kind: 'balance' }
  | { readonly kind: 'check' }
  /** The moment has come for missing spares. */
  | { readonly kind: 'refill' }
  | { readonly kind: 'idle'; readonly worker: PlanWorker }
  /** There are to be so many workers from now on, each with so many tasks at once. */
  | { readonly kind: 'resize'; readonly workers: number; readonly concurrency: number }
  | { readonly kind: 'close' }
  /** What nobody has begun is not wanted any more. After `close`. */
  | { readonly kind: 'dropWaiting' }
  /** `terminate`, or a pool that can't work: nothing more is run. */
  | { readonly kind: 'stop' }

/** What concerns workers as such. */
export type WorkerInstruction =
  | { readonly do: 'start' | 'retire' | 'destroy'; readonly worker: PlanWorker }
  /** Come back with `makeUp` later: what was lacking may be there then. */
  | { readonly do: 'makeUpLater' }

/** What comes of looking at who has much and who has nothing. */
export type BalanceInstruction =
  | { readonly do: 'takeBack'; readonly worker: PlanWorker }
  /** Come back with `balance` in a few milliseconds. */
  | { readonly do: 'lookAgain' }
  /** Come back with `check` after a time in which a line of short tasks is done. */
  | { readonly do: 'checkLater' }

export type Instruction<T> =
  | WorkerInstruction
  | BalanceInstruction
  | { readonly do: 'send'; readonly worker: PlanWorker; readonly tasks: T[] }
  /** Its caller gets what was thrown, or the death of its worker. */
  | { readonly do: 'fail'; readonly task: T }
  /** Ask the task to stop, take back what stands behind it, and come back with `stubborn` after the grace time. */
  | { readonly do: 'askToStop'; readonly worker: PlanWorker; readonly task: T }
  /** Come back with `refill` a little later: starting takes time that the work needs more now. */
  | { readonly do: 'refillSoon' }
  /** Workers began to have nothing to do. */
  | { readonly do: 'watchIdle'; readonly worker: PlanWorker }
  /** Drop it: it never reached a worker. */
  | { readonly do: 'drop'; readonly task: T }
  /** It was cancelled while a worker had it, and nothing of it runs any more. */
  | { readonly do: 'stopped'; readonly task: T }
  /** Workers die before they can work; so many did. */
  | { readonly do: 'giveUp'; readonly deaths: number }
  /** There is no worker, and none can be made. */
  | { readonly do: 'giveUpUnmade' }
  /** The last worker is gone after close or stop. */
  | { readonly do: 'ended' }

export interface PlanOptions {
  readonly workers: number
  readonly concurrency: number
  readonly maxTasksPerChild: number | undefined
  /** Workers that are kept ready beside those that serve. */
  readonly spares: number
  /** Workers are started when work waits for them, and not before. */
  readonly onDemand: boolean
  /** Workers without work go, so work for few is to leave the others without; else they take turns. */
  readonly shrinks: boolean
}
