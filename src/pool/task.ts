import type { Portable } from '../capture/index.ts'
import { type Graph, takeBack } from '../codec/index.ts'
import { FLUSH_FIRST, PACKED, REPORT_BEGIN } from '../wire/index.ts'
import type { Call } from '../worker/index.ts'
import type { Noted } from './noted.ts'
import type { PlanTask, PlanWorker } from './plan-words.ts'
import type { TaskState } from './plan-table.ts'

/** What a task may be given beside its function and arguments. Shared by the tasks of one pool or call. */
export interface TaskLimits {
  /** Milliseconds that it may run, from its start. */
  readonly timeout: number | undefined
  readonly priority: number
  readonly retries: number
  /** Bits of the wire that its time limit asks for. */
  readonly mode: number
  /** Objects handed over instead of copied: only where they are. */
  readonly transfer: readonly unknown[] | undefined
}

/** It may have to be stopped with its worker; and where several run in one at once, that has to tell when it begins. */
export function modeOf(timeout: number | undefined, isShared: boolean): number {
  if (timeout === undefined) return 0
  return isShared ? FLUSH_FIRST | REPORT_BEGIN : FLUSH_FIRST
}

/**
 * One piece of work: a call for a worker, a thing with a state for the plan, and somebody who waits for it.
 * A million may wait, so what only few need is kept in fields that those few fill.
 */
export abstract class Task implements Call, PlanTask {
  readonly fn: Portable
  /** How it crosses. `Insight` adds bits before it is sent. */
  mode: number
  readonly payload: unknown
  number = 0
  readonly #limits: TaskLimits
  // The plan's: see `PlanTask`.
  state: TaskState = 'new'
  worker: PlanWorker | undefined = undefined
  again = false
  retries: number
  /** What it failed with, while the plan decides whether it is run again. Written by `Crew` and `Member`. */
  failure: unknown = undefined
  /** What is known of it, if it is looked at closely. Written by `Insight` alone. */
  noted: Noted | undefined = undefined
  /** Takes its listener off the caller's signal. Written by `Crew`. */
  forget: (() => void) | undefined = undefined

  /** Did its caller hear that it is over while a worker still had it? `stopped` follows then. */
  get lingers(): boolean {
    return this.state === 'cancelling'
  }

  constructor(fn: Portable, mode: number, payload: unknown, limits: TaskLimits) {
    this.fn = fn
    this.mode = mode | limits.mode
    this.payload = payload
    this.#limits = limits
    this.retries = limits.transfer ? 0 : limits.retries
  }

  get timeout(): number | undefined {
    return this.#limits.timeout
  }

  get priority(): number {
    return this.#limits.priority
  }

  get once(): boolean {
    return this.#limits.transfer !== undefined
  }

  get transfer(): readonly unknown[] | undefined {
    return this.#limits.transfer
  }

  /** It is not sent after all: what of its arguments counts as on its way does so no more. */
  takeBack(): void {
    if ((this.mode & PACKED) !== 0) takeBack(this.payload as Graph)
  }

  /** It is not even taken. */
  refuse(error: unknown): void {
    this.takeBack()
    this.reject(error)
  }

  /** For messages: `resize('a.png')`. */
  abstract get title(): string
  /** Its worker died while it ran this task's `item`, or one of the few before it. */
  diedAt(_item: number): void {}
  /** What it reports of its progress while it runs, plain or as packed graph. */
  reported(_packed: boolean, _payload: unknown): void {}
  /** It was cancelled while a worker had it, and its caller was told; now nothing of it runs any more. */
  stopped(): void {}
  /** Its result is there, as it came: `how` is of the wire. Only what has not failed comes here. */
  abstract succeed(how: number, payload: unknown, worker: string): void
  /** It failed, was cancelled, or died: whoever waits is told. */
  abstract reject(error: unknown): void
}
