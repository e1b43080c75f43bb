import type { Portable } from '../capture/index.ts'
import type { Call } from '../worker/index.ts'
import type { PlanTask, PlanWorker } from './plan.ts'
import type { TaskState } from './plan-table.ts'

/** What a task may be given beside its function and arguments. */
export interface TaskLimits {
  /** Milliseconds that it may run, from its start. */
  readonly timeout: number | undefined
  readonly priority: number
  readonly retries: number
}

/** One piece of work: a call for a worker, a thing with a state for the plan, and somebody who waits for it. */
export abstract class Task implements Call, PlanTask {
  readonly fn: Portable
  readonly mode: number
  readonly payload: unknown
  readonly transfer: readonly unknown[] | undefined
  readonly timeout: number | undefined
  readonly priority: number
  state: TaskState = 'new'
  worker: PlanWorker | undefined = undefined
  retries: number
  /** What it failed with, while the plan decides whether it is run again. */
  failure: unknown = undefined
  /** Takes its listener off the caller's signal. */
  forget: (() => void) | undefined = undefined

  constructor(call: Call, limits: TaskLimits) {
    this.fn = call.fn
    this.mode = call.mode
    this.payload = call.payload
    this.transfer = call.transfer
    this.timeout = limits.timeout
    this.priority = limits.priority
    this.retries = limits.retries
  }

  /** For messages: `resize('a.png')`. */
  abstract get title(): string
  /** Its result is there, as it came: `how` is of the wire. Only what has not failed comes here. */
  abstract succeed(how: number, payload: unknown, worker: string): void
  /** It failed, was cancelled, or died: whoever waits is told. */
  abstract reject(error: unknown): void
}
