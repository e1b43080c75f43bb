import { after, machineClock, now, type Timer, wallClock } from '../base/index.ts'
import type { Death, Progress } from '../link/index.ts'
import type { Worker, WorkerUser } from '../worker/index.ts'
import { Gauge } from './gauge.ts'
import type { PlanWorker } from './plan-words.ts'
import type { Task } from './task.ts'
import type { Watch } from './watch.ts'

/** A worker that is to begin something first is looked at again after a millisecond, then ever later, up to this. */
const LONGEST_PAUSE = 20
/** A worker that has much to read gets this long to begin something, twice as long each time in vain. In milliseconds. */
const READING_TIME = 5000

/** What the crew hears from its members. */
export interface MemberEars {
  ready(member: Member): void
  settled(member: Member, task: Task, how: number, payload: unknown): void
  /** After all `settled` of one message. */
  finished(member: Member, done: Task[], failed: Task[], busy: number, calls: number): void
  returned(member: Member, task: Task): void
  began(task: Task): void
  leaving(member: Member): void
  initializerFailed(thrown: unknown): void
  died(member: Member, death: Death, begun: Task[], waiting: Task[], progress: Progress): void
}

/** One worker of a crew: the worker itself, the plan's view of it, and what is kept beside both. */
export class Member implements WorkerUser<Task> {
  readonly plan: PlanWorker
  readonly #ears: MemberEars
  /** Both written by `Crew`, when it starts the worker. */
  worker: Worker<Task> | undefined
  watch: Watch | undefined
  #idle: Timer | undefined
  /** How busy its event loop is. */
  readonly gauge: Gauge
  /** Why it is being ended, where a task of its is the reason. Written by `Crew`. */
  because: string | undefined
  /** Tasks of the message under way: over, and failed but perhaps to be run again. `Crew` adds to them. */
  done: Task[] = []
  failed: Task[] = []
  /** What it was given and never got, for its worker could not be made. */
  unsent: readonly Task[] = []
  /** What it has not begun is to be taken back as soon as that can be. */
  #takesBack = false
  #readingTime = READING_TIME

  /** `pulse`: how often its worker tells how busy it is, in milliseconds. */
  constructor(plan: PlanWorker, pulse: number, ears: MemberEars) {
    this.plan = plan
    this.gauge = new Gauge(pulse)
    this.#ears = ears
  }

  get name(): string {
    return this.worker?.name ?? `worker ${this.plan.id}`
  }

  give(tasks: readonly Task[]): void {
    this.getBusy()
    if (!this.worker) {
      this.unsent = tasks
      return
    }
    this.worker.send(tasks)
    for (const task of tasks) if (task.state === 'sent') this.watch?.add(task)
  }

  /**
   * What it has not begun is for others. What took something along could not be sent to them: it begins first, unless
   * it is to be `dropped`. Nor is it taken from under a worker that is still reading it: the same bytes would be sent
   * once more behind those that are on the road, and again, and nothing ever be begun.
   */
  takeBack(dropped: boolean): void {
    if (dropped) return void this.worker?.takeBack()
    if (this.#takesBack) return
    this.#takesBack = true
    const { plan, worker } = this
    const isReading = plan.state === 'serving' && worker?.hasMuchToRead && worker.isBetweenCalls
    this.#takeBackSoon(1, isReading ? now() + this.#readingTime : undefined)
  }

  /** `until`: so long it may read. */
  #takeBackSoon(pause: number, until?: number): void {
    // It has got on meanwhile.
    if (until !== undefined && !this.plan.stuck) return void (this.#takesBack = false)
    const isReading = until !== undefined && this.worker?.isBetweenCalls === true
    if (this.#isBringing || (isReading && now() < until)) {
      const next = Math.min(pause + 1, LONGEST_PAUSE)
      return void after(pause, () => this.#takeBackSoon(next, until), { keepAlive: false })
    }
    if (isReading) this.#readingTime *= 2
    this.#takesBack = false
    void this.worker?.takeBack()
  }

  get #isBringing(): boolean {
    for (const task of this.worker?.notBegun() ?? []) if (task.once && task.state === 'sent') return true
    return false
  }

  /** Calls back after so many milliseconds in which it had nothing to do. */
  whenIdle(timeout: number | undefined, then: (worker: PlanWorker) => void): void {
    this.getBusy()
    if (timeout !== undefined) this.#idle = after(timeout, () => then(this.plan), { keepAlive: false })
  }

  getBusy(): void {
    this.#idle?.cancel()
    this.#idle = undefined
  }

  ready(): void {
    this.#ears.ready(this)
  }

  settled(task: Task, how: number, payload: unknown): void {
    this.#ears.settled(this, task, how, payload)
  }

  progressed(busy: number, calls: number): void {
    this.#readingTime = READING_TIME
    const { done, failed } = this
    this.done = []
    this.failed = []
    this.#ears.finished(this, done, failed, busy, calls)
  }

  returned(task: Task): void {
    this.watch?.remove(task)
    this.#ears.returned(this, task)
  }

  /** It can't be cloned: running it again would not help. */
  refused(task: Task, error: unknown): void {
    this.watch?.remove(task)
    task.failure = error
    task.retries = 0
    this.#ears.finished(this, [], [task], 0, 0)
  }

  began(task: Task): void {
    this.watch?.began(task)
    this.#ears.began(task)
  }

  timed({ noted }: Task, since: number, took: number): void {
    if (!noted) return
    noted.beganAt = wallClock() - (machineClock() - since)
    noted.took = took
  }

  pulse(idle: number, active: number): void {
    this.gauge.add(idle, active)
  }

  reported(task: Task, packed: boolean, payload: unknown): void {
    task.reported(packed, payload)
  }

  leaving(): void {
    this.#ears.leaving(this)
  }

  initializerFailed(thrown: unknown): void {
    this.#ears.initializerFailed(thrown)
  }

  died(death: Death, begun: Task[], waiting: Task[], progress: Progress): void {
    this.#ears.died(this, death, begun, waiting, progress)
  }
}
