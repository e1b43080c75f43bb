/*
 * The states of a task and of a worker, and what moves them: as data. `plan.ts` follows these tables and nothing
 * else; `docs/internals/states.md` is drawn from them.
 */

export interface Transition<S extends string, E extends string> {
  readonly from: S
  readonly event: E
  readonly to: S
  readonly note: string
}

export interface StateTable<S extends string, E extends string> {
  readonly title: string
  readonly states: readonly S[]
  readonly transitions: readonly Transition<S, E>[]
}

export type TaskState = 'new' | 'waiting' | 'sent' | 'cancelling' | 'settled'
export type TaskEvent = 'submit' | 'send' | 'return' | 'retry' | 'finish' | 'cancel'

export const TASK_STATES: StateTable<TaskState, TaskEvent> = {
  title: 'A task',
  states: ['new', 'waiting', 'sent', 'cancelling', 'settled'],
  transitions: [
    { from: 'new', event: 'submit', to: 'waiting', note: 'the pool has taken it' },
    { from: 'waiting', event: 'send', to: 'sent', note: 'a worker has room' },
    { from: 'waiting', event: 'cancel', to: 'settled', note: 'cancelled before any worker saw it' },
    { from: 'sent', event: 'finish', to: 'settled', note: 'it returned, threw, or died with its worker' },
    {
      from: 'sent',
      event: 'return',
      to: 'waiting',
      note: 'not begun: taken back, or its worker died before it',
    },
    { from: 'sent', event: 'retry', to: 'waiting', note: 'it failed and may run again' },
    {
      from: 'sent',
      event: 'cancel',
      to: 'cancelling',
      note: 'its caller is told; its worker is asked to stop it',
    },
    { from: 'cancelling', event: 'finish', to: 'settled', note: 'it stopped, or its worker was ended' },
    { from: 'cancelling', event: 'return', to: 'settled', note: 'it had not begun' },
    {
      from: 'cancelling',
      event: 'retry',
      to: 'waiting',
      note: 'it was stopped because its time was up, and may run again',
    },
  ],
}

export type WorkerState = 'starting' | 'spare' | 'serving' | 'retiring' | 'ending' | 'gone'
export type WorkerEvent = 'ready' | 'spare' | 'promote' | 'retire' | 'destroy' | 'die'

export const WORKER_STATES: StateTable<WorkerState, WorkerEvent> = {
  title: 'A worker',
  states: ['starting', 'spare', 'serving', 'retiring', 'ending', 'gone'],
  transitions: [
    { from: 'starting', event: 'ready', to: 'serving', note: 'its initializer is done' },
    { from: 'starting', event: 'spare', to: 'spare', note: 'it is ready, and enough others serve' },
    { from: 'starting', event: 'retire', to: 'ending', note: 'not needed any more' },
    { from: 'starting', event: 'destroy', to: 'ending', note: 'the pool is terminated or broken' },
    { from: 'starting', event: 'die', to: 'gone', note: 'it could not start' },
    { from: 'spare', event: 'promote', to: 'serving', note: 'another has gone: it takes its place at once' },
    { from: 'spare', event: 'retire', to: 'retiring', note: 'the pool closes' },
    { from: 'spare', event: 'destroy', to: 'ending', note: 'the pool is terminated or broken' },
    { from: 'spare', event: 'die', to: 'gone', note: 'it crashed: it is replaced' },
    {
      from: 'serving',
      event: 'retire',
      to: 'retiring',
      note: 'maxTasksPerChild, idleTimeout, or the pool closes',
    },
    {
      from: 'serving',
      event: 'destroy',
      to: 'ending',
      note: 'a task would not stop, or the pool is terminated',
    },
    { from: 'serving', event: 'die', to: 'gone', note: 'it crashed: its tasks are settled, it is replaced' },
    { from: 'retiring', event: 'destroy', to: 'ending', note: 'as from serving' },
    { from: 'retiring', event: 'die', to: 'gone', note: 'it has finished what it had' },
    { from: 'ending', event: 'ready', to: 'ending', note: 'too late' },
    { from: 'ending', event: 'destroy', to: 'ending', note: 'asked again' },
    { from: 'ending', event: 'die', to: 'gone', note: 'as asked' },
  ],
}
