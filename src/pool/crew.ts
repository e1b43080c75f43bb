import {
  after,
  afterThis,
  CancelledError,
  createError,
  deferred,
  KeepAlive,
  listenToAbort,
  ManycoreError,
  quiet,
  type TIMED_OUT,
  waitFor,
  type WaitOptions,
} from '../base/index.ts'
import type { Portable } from '../capture/index.ts'
import type { Death, Progress } from '../link/index.ts'
import type { Graph } from '../codec/index.ts'
import { FLUSH_FIRST, THROWN } from '../wire/index.ts'
import { deathError, type Starter, unpackFor, type Worker } from '../worker/index.ts'
import type { CrewStyle, Source } from './crew-words.ts'
import { initializerError, reasonOf } from './failures.ts'
import { Gathering } from './gathering.ts'
import { PULSE_EVERY, PULSE_OFTEN } from './gauge.ts'
import { HeadStart } from './head-start.ts'
import { Insight } from './insight.ts'
import { Instructions } from './instructions.ts'
import { later } from './later.ts'
import { Member, type MemberEars } from './member.ts'
import type { PoolOptions } from './options.ts'
import { Plan } from './plan.ts'
import type { Instruction, PlanEvent, PlanWorker } from './plan-words.ts'
import { type Initializer, Recruiter } from './recruiter.ts'
import { Repertoire } from './repertoire.ts'
import { type PoolStats, statsOf } from './stats.ts'
import type { Task } from './task.ts'
import type { Choice } from './tuner.ts'
import { type Tuning, planOptions, tuningOf } from './tuning.ts'
import { Verdicts } from './verdicts.ts'
import { Watch } from './watch.ts'

/** A task that was asked to stop gets this long before it is stopped with its worker. In milliseconds. */
const GRACE = 100

/**
 * The workers of a pool: carries out what the plan says, and tells it what happens. All that is not pure is here:
 * links, timers, promises.
 *
 *     submit ─► plan ─► send ─► Worker ─► … ─► settled / died ─► plan ─► next
 */
export class Crew {
  readonly #name: string
  readonly #options: PoolOptions
  readonly #recruiter: Recruiter
  readonly #plan: Plan<Task>
  readonly #members = new Map<PlanWorker, Member>()
  readonly #ended = deferred()
  /** Tasks and jobs whose callers wait, and whoever waits for the end. */
  readonly #underWay = new KeepAlive()
  readonly #sources = new Set<Source>()
  #closing = false
  readonly #gathering = new Gathering(() => this.#flush())
  #started = false
  readonly #headStart = new HeadStart<Member>(member => this.#launch(member))
  readonly #verdicts: Verdicts
  #lastDeath: Error | undefined
  readonly #instructions = new Instructions<Task>(
    instruction => this.#carryOut(instruction),
    () => !this.#started,
  )
  readonly #insight: Insight
  /** For spare workers. */
  readonly #repertoire: Repertoire | undefined
  /** Where the pool chooses its own numbers. */
  readonly #tuning: Tuning | undefined
  /** Functions in which workers died or had to be stopped: what a worker has done leaves before it begins one of those. */
  #deadly: WeakSet<Portable> | undefined
  readonly #counts = { succeeded: 0, failed: 0, cancelled: 0, deaths: 0 }
  /** What members tell. */
  readonly #ears: MemberEars = {
    ready: member => {
      this.#recruiter.succeeded()
      this.#insight.workerReady(member)
      this.#do({ kind: 'ready', worker: member.plan })
      this.#repertoire?.learn(member)
    },
    settled: (member, task, how, payload) => this.#onSettled(member, task, how, payload),
    finished: (member, done, failed, busy, calls) => {
      this.#insight.finished(done.length + failed.length, this.#plan.inLine)
      this.#tuning?.took(busy, calls)
      this.#do({ kind: 'finished', worker: member.plan, done, failed, busy, calls })
      this.#headStart.resulted()
      if (done.length > 0) this.#repertoire?.add((done.at(-1) as Task).fn)
    },
    began: task => this.#insight.begun(task),
    returned: (member, task) => {
      if (task.once) task.failure = this.#verdicts.ofBrought(member, task)
      this.#do({ kind: 'returned', worker: member.plan, task })
      this.#gathering.soon()
    },
    leaving: ({ plan }) => this.#do({ kind: 'leaving', worker: plan }),
    initializerFailed: thrown => this.#onInitializerFailed(thrown),
    died: (member, death, begun, waiting, progress) => this.#onDied(member, death, begun, waiting, progress),
  }

  constructor(
    starter: Starter,
    name: string,
    style: CrewStyle,
    options: PoolOptions,
    initializer: Initializer | undefined,
  ) {
    this.#name = name
    this.#verdicts = new Verdicts(name)
    this.#options = options
    this.#recruiter = new Recruiter(starter, name, style, options, initializer)
    this.#tuning = tuningOf(options, this)
    const planning = planOptions(options, style, this.#tuning?.choice)
    this.#plan = new Plan(planning)
    // As many as the plan keeps: with `maxTasksPerChild` it has some that nobody asked for.
    this.#repertoire = planning.spares > 0 ? new Repertoire(this.#members) : undefined
    this.#insight = new Insight(name, starter.kind, options.trace)
    quiet(this.#ended.promise)
    this.#insight.opened(style.onDemand ? 0 : this.#plan.size)
    this.#do({ kind: 'open' })
    this.#started = true
    this.#headStart.opened()
  }

  // ── for the pool and its jobs ──────────────────────────────────────────────────────────────────────────

  /** Tasks that no worker has begun. */
  get waiting(): number {
    return this.#plan.waiting
  }

  get broken(): ManycoreError | undefined {
    return this.#verdicts.broken
  }

  /** Nothing is run any more: terminated, or broken. */
  get over(): boolean {
    return this.#verdicts.over
  }

  get plan(): Plan<Task> {
    return this.#plan
  }

  get workerCount(): number {
    return this.#plan.staff
  }

  /** Takes a task. It is sent together with its neighbours, in the microtask that follows at the latest. */
  submit(task: Task, signal?: AbortSignal): void {
    if (this.over) return task.refuse(this.#verdicts.ofOver(task))
    if (signal?.aborted) {
      this.#counts.cancelled++
      return task.refuse(this.#verdicts.ofCancelled(task, signal.reason))
    }
    this.expect(1)
    if (signal) this.#listen(task, signal)
    if (!this.#gathering.isPlanned) this.#insight.look()
    this.#insight.submitted(task)
    this.#tuning?.wake()
    this.#do({ kind: 'submitted', task })
    this.#gathering.add()
  }

  /** Work is on its way, or no longer: while any is, the program stays alive. */
  expect(change: number): void {
    this.#underWay.expect(change)
  }

  /** Somebody will submit, perhaps later: a pool that is closed meanwhile waits for that. */
  enter(source: Source): void {
    this.#sources.add(source)
  }

  leave(source: Source): void {
    this.#sources.delete(source)
    this.#closeIfNobodySubmits()
  }

  cancel(task: Task, error: unknown): void {
    if (task.state === 'settled' || (task.state === 'cancelling' && !task.again)) return
    this.#counts.cancelled++
    if (task.state === 'waiting') task.takeBack()
    task.failure = error
    this.#insight.endedEarly(task, this.#workerOf(task))
    this.#do({ kind: 'cancelled', task, again: false })
    this.#settleWith(task, error)
  }

  /** Has its worker begun it? As far as the worker has written down. */
  isRunning(task: Task): boolean {
    return this.#workerOf(task)?.hasBegun(task) === true
  }

  #workerOf({ state, worker }: Task): Worker<Task> | undefined {
    return state === 'sent' && worker ? this.#members.get(worker)?.worker : undefined
  }

  /** What tasks are told that it does not run to their end. */
  get verdicts(): Verdicts {
    return this.#verdicts
  }

  get members(): ReadonlyMap<PlanWorker, Member> {
    return this.#members
  }

  /** Is anything under way? */
  get isBusy(): boolean {
    return this.#underWay.any
  }

  /** How many asynchronous tasks a worker runs at once, for now. */
  get concurrency(): number {
    return this.#plan.concurrency
  }

  /** May a worker run several at once? */
  get isShared(): boolean {
    return (this.#options.concurrency ?? 1) !== 1
  }

  resize(choice: Choice): void {
    this.#do({ kind: 'resize', ...choice })
    for (const { worker } of this.#members.values()) worker?.setConcurrency(choice.concurrency)
  }

  close(): void {
    this.#closing = true
    this.#closeIfNobodySubmits()
  }

  #closeIfNobodySubmits(): void {
    if (this.#closing && this.#sources.size === 0) this.#do({ kind: 'close' })
  }

  /** What no worker has begun is cancelled, what is to come of jobs too. After `close`. */
  dropWaiting(reason: string): void {
    const error = this.#verdicts.drop(reason)
    for (const source of [...this.#sources]) source.poolOver(error)
    this.#do({ kind: 'dropWaiting' })
  }

  terminate(): Promise<void> {
    this.#verdicts.terminated = true
    this.#stop(this.#verdicts.ofTerminated())
    return this.#underWay.hold(this.#ended.promise)
  }

  join(options: WaitOptions, what: string): Promise<void | typeof TIMED_OUT> {
    for (const source of [...this.#sources]) source.hurry()
    return this.#underWay.hold(waitFor(this.#ended.promise, what, options))
  }

  stats(state: 'open' | 'closed' | 'terminated'): PoolStats {
    return statsOf(this.broken ? 'broken' : state, this.#members.values(), this.#plan, {
      concurrency: this.concurrency,
      insight: this.#insight,
      tuning: this.#tuning?.choice,
      ...this.#counts,
    })
  }

  // ── carrying out the plan ──────────────────────────────────────────────────────────────────────────────

  #do(event: PlanEvent<Task>): void {
    this.#instructions.follow(this.#plan.handle(event))
  }

  #carryOut(instruction: Instruction<Task>): void {
    switch (instruction.do) {
      case 'start':
        return this.#start(instruction.worker)
      case 'send':
        return this.#send(instruction.worker, instruction.tasks)
      case 'fail':
        this.#counts[this.#verdicts.terminated ? 'cancelled' : 'failed']++
        return this.#settleWith(instruction.task, instruction.task.failure)
      case 'drop':
        this.#counts[this.broken ? 'failed' : 'cancelled']++
        instruction.task.takeBack()
        return this.#settleWith(instruction.task, this.#verdicts.ofDropped())
      case 'stopped':
        return instruction.task.stopped()
      case 'askToStop':
        return this.#askToStop(instruction.worker, instruction.task)
      case 'takeBack':
        return this.#members.get(instruction.worker)?.takeBack(this.#verdicts.dropping)
      case 'retire':
        return this.#members.get(instruction.worker)?.worker?.close()
      case 'destroy':
        return this.#destroy(instruction.worker)
      case 'lookAgain':
      case 'checkLater':
      case 'refillSoon':
      case 'makeUpLater':
        return later(instruction.do, event => this.#do(event))
      case 'watchIdle':
        return this.#members
          .get(instruction.worker)
          ?.whenIdle(this.#options.idleTimeout, worker => this.#do({ kind: 'idle', worker }))
      case 'giveUp':
        return this.#break(this.#verdicts.ofHopeless(instruction.deaths, this.#lastDeath))
      case 'giveUpUnmade':
        return this.#break(this.#recruiter.failure as ManycoreError)
      case 'ended':
        this.#insight.closed()
        this.#tuning?.stop()
        return this.#ended.resolve()
    }
  }

  #flush(): void {
    if (this.#headStart.isOn && this.waiting > 1) this.#headStart.end()
    this.#do({ kind: 'flush' })
  }

  #start(plan: PlanWorker): void {
    const member = new Member(plan, this.#tuning ? PULSE_OFTEN : PULSE_EVERY, this.#ears)
    this.#members.set(plan, member)
    this.#headStart.start(member)
  }

  #launch(member: Member): void {
    const { plan } = member
    // It may have been ended before it was its turn.
    if (this.#members.get(plan) !== member) return
    try {
      member.worker = this.#recruiter.start(member, this.concurrency, this.#plan.size)
    } catch (error) {
      // The first workers are started by the constructor: there it can be thrown to whom it concerns.
      if (!this.#started) {
        for (const other of this.#members.values()) other.worker?.destroy()
        this.#insight.closed()
        throw error
      }
      // What the plan has said before it knows has to be done first.
      return afterThis(() => this.#onUnmade(member, error as ManycoreError))
    }
    member.watch = new Watch(member.worker, task => this.#onOverdue(member, task))
    this.#insight.workerStarted(member)
  }

  #send(plan: PlanWorker, tasks: Task[]): void {
    const member = this.#members.get(plan) as Member
    // What is for one that waits for its start can't wait with it.
    if (!member.worker) this.#headStart.end()
    for (const task of tasks) {
      task.failure = undefined
      if (task.noted) this.#insight.sent(task.noted, member)
      if (this.#deadly?.has(task.fn)) task.mode |= FLUSH_FIRST
    }
    member.give(tasks)
  }

  #destroy(plan: PlanWorker): void {
    const member = this.#members.get(plan)
    if (member?.worker) return member.worker.destroy()
    // It could not be started: it never lived.
    this.#members.delete(plan)
    this.#do({ kind: 'died', worker: plan, begun: [], waiting: member?.unsent ?? [] })
  }

  #askToStop(plan: PlanWorker, task: Task): void {
    const member = this.#members.get(plan)
    if (!member) return
    member.worker?.cancel(task, reasonOf(task.failure))
    // Those behind it have done nothing: others take them.
    member.takeBack(this.#verdicts.dropping)
    const look = (): void => {
      if (task.state !== 'cancelling' || task.worker !== plan) return
      // It is behind what has to be begun first, and never will be: nobody has to go for that.
      if (member.worker?.hasBegun(task) === false) return void after(GRACE, look, { keepAlive: false })
      member.because = `${task.title}, which shared it, would not stop`
      this.#do({ kind: 'stubborn', worker: plan })
    }
    // In two steps: if it was this thread that was busy, its answer is read between them.
    after(GRACE, () => after(1, look, { keepAlive: false }), { keepAlive: false })
  }

  // ── what workers tell ──────────────────────────────────────────────────────────────────────────────────

  #onSettled(member: Member, task: Task, how: number, payload: unknown): void {
    member.watch?.remove(task)
    if (task.state === 'cancelling') return void member.done.push(task)
    if (how === THROWN && task.retries > 0 && !this.over && !this.#verdicts.dropping) {
      if (task.noted) this.#insight.tried(task, task.noted)
      member.failed.push(task)
      return
    }
    member.done.push(task)
    this.#tuning?.ended(how, payload)
    if (how === THROWN) this.#counts.failed++
    else this.#counts.succeeded++
    this.expect(-1)
    task.forget?.()
    if (task.noted) this.#insight.over(task, how === THROWN ? 'failed' : 'done')
    task.succeed(how, payload, member.name)
  }

  #onOverdue(member: Member, task: Task): void {
    if (task.state !== 'sent') return
    const { title, timeout = 0 } = task
    const error = createError('TASK_TIMEOUT', { task: title, timeout, worker: member.name })
    const again = task.retries > 0
    task.failure = error
    this.#insight.endedEarly(task, this.#workerOf(task))
    if (again && task.noted) this.#insight.tried(task, task.noted)
    this.#do({ kind: 'cancelled', task, again })
    if (again) return
    this.#counts.failed++
    this.#settleWith(task, error)
  }

  #onDied(
    member: Member,
    death: Death,
    begun: readonly Task[],
    waiting: readonly Task[],
    progress: Progress,
  ): void {
    member.watch?.end()
    member.getBusy()
    this.#headStart.end()
    this.#members.delete(member.plan)
    const { state } = member.plan
    const expected = state === 'ending' || (state === 'retiring' && begun.length + waiting.length === 0)
    if (!expected) this.#counts.deaths++
    this.#insight.workerDied(member, death, expected)
    for (const task of begun) this.#insight.diedWith(task, progress)
    for (const { fn } of this.isShared ? begun : begun.slice(-1)) (this.#deadly ??= new WeakSet()).add(fn)
    // Where several run at once, nobody knows whose item it was.
    if (!this.isShared) begun.at(-1)?.diedAt(progress.item)
    for (const task of waiting) if (task.once) task.failure = this.#verdicts.ofDeath(member, task, death)
    for (const task of begun) if (!task.again) task.failure = this.#verdicts.ofDeath(member, task, death)
    if (!expected) this.#lastDeath = deathError(death, member.name, undefined)
    this.#do({ kind: 'died', worker: member.plan, begun, waiting })
    this.#insight.forget(member)
  }

  #onUnmade(member: Member, error: ManycoreError): void {
    const { plan } = member
    if (this.#members.get(plan) !== member) return
    this.#members.delete(plan)
    if (!plan.standby) this.#recruiter.failed(error)
    this.#do({ kind: 'unmade', worker: plan, waiting: member.unsent })
  }

  #onInitializerFailed(thrown: unknown): void {
    const { initializer } = this.#options
    const tell = (error: unknown): void => this.#break(initializerError(this.#name, initializer, error))
    unpackFor(thrown as Graph, tell, tell)
  }

  // ── the end ────────────────────────────────────────────────────────────────────────────────────────────

  #break(error: ManycoreError): void {
    if (this.over) return
    this.#verdicts.broken = error
    this.#stop(error)
  }

  #stop(error: Error): void {
    this.#do({ kind: 'stop' })
    for (const source of [...this.#sources]) source.poolOver(error)
  }

  #settleWith(task: Task, error: unknown): void {
    this.expect(-1)
    task.forget?.()
    if (task.noted) this.#insight.over(task, error instanceof CancelledError ? 'cancelled' : 'failed', error)
    task.reject(error)
  }

  #listen(task: Task, signal: AbortSignal): void {
    const abort = (): void => this.cancel(task, this.#verdicts.ofCancelled(task, signal.reason))
    task.forget = listenToAbort(signal, abort)
  }
}
