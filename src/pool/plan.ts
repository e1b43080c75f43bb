import { Balance } from './balance.ts'
import { Capacity } from './capacity.ts'
import { machine } from './machine.ts'
import { Pace } from './pace.ts'
import { TASK_STATES } from './plan-table.ts'
import type { Instruction, PlanEvent, PlanOptions, PlanTask, PlanWorker } from './plan-words.ts'
import { Roster } from './roster.ts'
import { WaitingLine } from './waiting-line.ts'

/*
 * Which work goes where and when. A pure machine: events in, instructions out; no timers, no workers, no promises.
 * Everything enters by `handle`. Nobody else changes the state of a task or of a worker.
 */

/** Most events need nothing done. */
const NOTHING: readonly never[] = []

const moveTask = machine(TASK_STATES)

export class Plan<T extends PlanTask> {
  readonly #roster: Roster
  readonly #line = new WaitingLine<T>()
  readonly #shrinks: boolean
  /** The `turn` of whoever was given something last. */
  #turn = 0
  readonly #pace = new Pace()
  readonly #capacity: Capacity
  readonly #balance: Balance
  /** No more will be submitted. */
  #closing = false
  /** What nobody has begun never will be. */
  #dropping = false
  /** Nothing is run any more. */
  #stopped = false
  /** The last worker is gone, and that was said. */
  #ended = false
  /** `refillSoon` was said, and `refill` has not come. */
  #refilling = false
  /** Tasks stand in line again that had left it. */
  #cameBack = false
  /** What is to be said of the event under way. */
  #out: Instruction<T>[] = []

  constructor(options: PlanOptions) {
    const tell = (instruction: Instruction<T>): void => void this.#out.push(instruction)
    this.#roster = new Roster(options, tell)
    this.#balance = new Balance(this.#roster, this.#pace, tell)
    this.#capacity = new Capacity(this.#pace, options.concurrency, options.maxTasksPerChild)
    this.#shrinks = options.shrinks
  }

  /** Tasks in the pool's line: no worker has them. */
  get inLine(): number {
    return this.#line.size
  }

  /** Tasks that nobody has begun, as far as is known: in line here, or behind others with a worker. */
  get waiting(): number {
    let count = this.#line.size
    for (const worker of this.workers) count += Math.max(0, worker.load - this.#capacity.mayHaveBegun(worker))
    return count
  }

  get workers(): ReadonlySet<PlanWorker> {
    return this.#roster.all
  }

  /** How many workers there are to be. */
  get size(): number {
    return this.#roster.size
  }

  /** Workers, without those that only stand by. */
  get staff(): number {
    return this.#roster.staff
  }

  get taskTime(): number | undefined {
    return this.#pace.taskTime
  }

  /** How many asynchronous tasks a worker runs at once. */
  get concurrency(): number {
    return this.#capacity.concurrency
  }

  /** How many tasks a worker may hold at the pace measured. */
  get depth(): number {
    return this.#capacity.depth
  }

  /** The only door. The instructions are to be carried out in the order in which they are given. */
  handle(event: PlanEvent<T>): readonly Instruction<T>[] {
    switch (event.kind) {
      case 'open':
        this.#roster.fill(this.#roster.standing)
        break
      case 'submitted':
        moveTask(event.task, 'submit')
        this.#line.push(event.task)
        break
      case 'flush':
        this.#assign()
        break
      case 'ready':
        this.#onReady(event.worker)
        break
      case 'finished':
        this.#onFinished(event)
        break
      case 'returned':
        this.#onReturned(event.worker)
        this.#comeBack(event.task)
        if (this.#line.size === 0) this.#retireIdle()
        break
      case 'cancelled':
        this.#onCancelled(event.task, event.again)
        break
      case 'stubborn':
        this.#roster.destroy(event.worker)
        break
      case 'leaving':
        if (this.#roster.leave(event.worker) && !this.#closing) this.#takePlace()
        break
      case 'died':
        this.#onDied(event)
        break
      case 'unmade':
        this.#onUnmade(event)
        break
      case 'makeUp':
        this.#roster.makeUp()
        if (!this.#closing) this.#roster.fill(this.#roster.standing)
        this.#assign()
        break
      case 'balance':
        this.#balance.look(this.concurrency, this.#line.size > 0)
        break
      case 'check':
        this.#balance.check(this.concurrency)
        break
      case 'refill':
        this.#refilling = false
        if (!this.#closing) this.#roster.fillSpares()
        break
      case 'idle':
        if (event.worker.state === 'serving' && event.worker.load === 0) this.#roster.retire(event.worker)
        break
      case 'resize':
        this.#resize(event.workers, event.concurrency)
        break
      case 'close':
        this.#closing = true
        this.#roster.dismissSpares()
        this.#retireIdle()
        break
      case 'dropWaiting':
        this.#onDropWaiting()
        break
      case 'stop':
        this.#onStop()
        break
    }
    while (this.#roster.takePromoted()) this.#assign()
    const out = this.#out
    if (out.length === 0) return NOTHING
    this.#out = []
    return out
  }

  // ── giving work out ────────────────────────────────────────────────────────────────────────────────────

  /** Gives every worker its share of what waits, the least loaded first. */
  #assign(): void {
    if (this.#line.size === 0) {
      this.#balance.lookAgainIfUneven(this.concurrency)
      return this.#retireIdle()
    }
    if (this.#line.size === 1) this.#giveTheOnlyOne()
    else this.#shareOut()
    this.#roster.fill(Math.min(this.#roster.size, this.#line.size + this.#roster.wanted(this.concurrency)))
    this.#giveAhead()
    if (this.#line.size === 0) this.#balance.lookAgainIfUneven(this.concurrency)
    else this.#balance.lookBehind(this.concurrency, this.#line.highest)
  }

  #shareOut(): void {
    const roomy = this.#roster.serving.filter(worker => this.#roomOf(worker) > 0)
    roomy.sort((a, b) => this.#inTurn(a, b))
    for (const [place, worker] of roomy.entries()) {
      this.#give(worker, roomy.length - place)
      if (this.#line.size === 0) return
    }
  }

  /** The same where one task waits, as it does with each call that is awaited before the next: without lists. */
  #giveTheOnlyOne(): void {
    let first: PlanWorker | undefined
    for (const worker of this.workers) {
      if (worker.state !== 'serving' || this.#roomOf(worker) <= 0) continue
      if (!first || this.#inTurn(worker, first) < 0) first = worker
    }
    if (first) this.#give(first, 1)
  }

  /**
   * Where nobody serves yet, the one that started first gets the first task: it finds it when it is ready, and needs
   * not ask for it. Should another be ready before it, that takes it over.
   */
  #giveAhead(): void {
    if (this.#line.size === 0 || this.#capacity.isCounted) return
    let first: PlanWorker | undefined
    for (const worker of this.workers) {
      if (worker.standby || worker.leaving) continue
      if (worker.state === 'serving') return
      if (worker.state === 'starting') first ??= worker
    }
    if (first?.load === 0) this.#give(first, this.#line.size)
  }

  /**
   * The least busy comes first. Of several: who had something last, if tasks are short, since that one may be awake
   * still; else who has had nothing for longest.
   */
  #inTurn(a: PlanWorker, b: PlanWorker): number {
    if (a.load !== b.load || this.#shrinks) return a.load - b.load
    return this.#pace.onTheRoad > 0 ? b.turn - a.turn : a.turn - b.turn
  }

  /** Fills one worker up to its depth, but to no more than its fair share while others have less. */
  #give(worker: PlanWorker, sharers: number): void {
    const room = this.#roomOf(worker)
    if (room <= 0) return
    const fair = Math.max(1, Math.ceil(this.#line.size / sharers))
    const tasks: T[] = []
    for (let count = Math.min(room, fair); count > 0; count--) {
      const task = this.#line.shift()
      if (!task) break
      if (task.once && worker.load + tasks.length >= this.#capacity.mayHaveBegun(worker)) {
        this.#line.pushFront(task)
        break
      }
      moveTask(task, 'send')
      task.worker = worker
      if (worker.load + tasks.length === 0 || task.priority < worker.lowest) worker.lowest = task.priority
      tasks.push(task)
    }
    if (tasks.length === 0) return
    worker.load += tasks.length
    worker.taken += tasks.length
    worker.turn = ++this.#turn
    this.#out.push({ do: 'send', worker, tasks })
    if (this.#capacity.isUsedUp(worker)) this.#replace(worker)
  }

  /** How many more it may have. */
  #roomOf(worker: PlanWorker): number {
    return this.#capacity.roomOf(worker, this.#line.size, this.#roster.size)
  }

  // ── what comes back ────────────────────────────────────────────────────────────────────────────────────

  #onFinished(event: PlanEvent<T> & { kind: 'finished' }): void {
    const { worker, done, failed, busy, calls } = event
    for (const task of done) {
      if (task.state === 'cancelling') this.#hasStopped(task)
      else moveTask(task, 'finish')
    }
    for (const task of failed) this.#retryOrFail(task)
    const count = done.length + failed.length
    worker.load -= count
    worker.finished += count
    const wasStuck = worker.stuck
    worker.stuck = false
    worker.blocked = false
    this.#roster.proveUseful()
    if (calls > 0) this.#pace.measure(busy / calls)
    if (
      worker.state === 'serving' &&
      this.#line.size > 0 &&
      this.#capacity.isHungry(worker, this.#roomOf(worker))
    )
      this.#give(worker, this.#roomyCount())
    // What is tried again is for anybody.
    if (this.#cameBack && this.#line.size > 0) this.#assign()
    this.#cameBack = false
    if (this.#line.size > 0) return this.#balance.lookBehind(this.concurrency, this.#line.highest)
    if (worker.load === 0) this.#onIdle(worker)
    else if (wasStuck) this.#balance.lookAgainIfUneven(this.concurrency)
  }

  /** It threw, or its worker died. */
  #retryOrFail(task: T): void {
    if (task.state === 'cancelling') return this.#hasStopped(task)
    if (task.retries > 0 && !this.#dropping) {
      task.retries--
      this.#waitAgain(task, 'retry')
      return
    }
    moveTask(task, 'finish')
    this.#out.push({ do: 'fail', task })
  }

  /** It was asked to stop and is over, in whichever way. Its caller knows, unless it is to run again. */
  #hasStopped(task: T): void {
    this.#letGo(task)
    if (!task.again) {
      moveTask(task, 'finish')
      this.#out.push({ do: 'stopped', task })
      return
    }
    task.again = false
    if (!this.#dropping) return this.#waitAgain(task, 'retry')
    moveTask(task, 'finish')
    this.#out.push({ do: 'fail', task })
  }

  /** What it gave back was for it to run beside what it is stuck in: so that takes all of it. */
  #onReturned(worker: PlanWorker): void {
    worker.load--
    worker.taken--
    if (worker.load === 0) worker.stuck = false
    worker.blocked = worker.stuck
  }

  /** It was not begun: it waits again, unless it was cancelled meanwhile. */
  #comeBack(task: T): void {
    if (task.state === 'cancelling') {
      if (task.again) return this.#hasStopped(task)
      this.#letGo(task)
      moveTask(task, 'return')
      this.#out.push({ do: 'stopped', task })
    } else if (this.#dropping) {
      moveTask(task, 'return')
      this.#drop(task)
    } else if (task.once) {
      moveTask(task, 'finish')
      this.#out.push({ do: 'fail', task })
    } else this.#waitAgain(task, 'return')
  }

  #waitAgain(task: T, event: 'retry' | 'return'): void {
    moveTask(task, event)
    task.worker = undefined
    this.#line.pushFront(task)
    this.#cameBack = true
  }

  #letGo(task: T): void {
    if (task.worker) task.worker.stopping--
    task.worker = undefined
  }

  #onCancelled(task: T, again: boolean): void {
    const worker = task.worker
    if (task.state === 'cancelling') {
      // It was to run again: not any more.
      task.again = false
      return
    }
    const waited = task.state === 'waiting'
    const state = moveTask(task, 'cancel')
    if (waited) this.#line.drop()
    if (state !== 'cancelling' || !worker) return this.#retireIdle()
    worker.stopping++
    task.again = again
    if (again) task.retries--
    this.#out.push({ do: 'askToStop', worker, task })
  }

  #drop(task: T): void {
    moveTask(task, 'cancel')
    this.#out.push({ do: 'drop', task })
  }

  // ── workers ────────────────────────────────────────────────────────────────────────────────────────────

  #onReady(worker: PlanWorker): void {
    if (!this.#roster.ready(worker)) return
    this.#refillSoon()
    if (this.#line.size > 0) this.#give(worker, this.#roomyCount())
    if (worker.load === 0) this.#onIdle(worker)
  }

  #roomyCount(): number {
    let count = 0
    for (const worker of this.workers) if (worker.state === 'serving' && this.#roomOf(worker) > 0) count++
    return count
  }

  #refillSoon(): void {
    if (this.#refilling || this.#closing || !this.#roster.lacksSpares) return
    this.#refilling = true
    this.#out.push({ do: 'refillSoon' })
  }

  #resize(workers: number, concurrency: number): void {
    this.#capacity.concurrency = concurrency
    if (this.#closing) return
    this.#roster.resize(workers)
    this.#assign()
  }

  #onIdle(worker: PlanWorker): void {
    if (this.#closing) return this.#retireIdle()
    if (worker.state !== 'serving') return
    this.#out.push({ do: 'watchIdle', worker })
    this.#balance.idle(this.concurrency)
  }

  /** When the pool closes and nothing waits, workers go as they become idle. */
  #retireIdle(): void {
    if (!this.#closing || this.#line.size > 0) return
    let busy = false
    for (const worker of this.workers) if (worker.load > 0) busy = true
    for (const worker of this.workers) {
      // While others work a task may still come back from one of them: one worker has to stay for it.
      if (worker.load > 0 || (busy && this.#roster.active <= 1)) continue
      if (worker.state === 'serving') this.#roster.retire(worker)
      else if (worker.state === 'starting' && !busy) this.#roster.destroy(worker)
    }
    this.#endIfLast()
  }

  /** It has had its number of tasks: it finishes them, and another takes its place before. */
  #replace(worker: PlanWorker): void {
    const { active } = this.#roster
    this.#roster.retire(worker)
    if (!this.#closing || this.#line.size > 0) this.#roster.fill(Math.max(active, this.#roster.standing))
    this.#refillSoon()
  }

  #onDied(event: PlanEvent<T> & { kind: 'died' }): void {
    const { worker, begun, waiting } = event
    // Who retires has a successor already, or needs none.
    const missed = worker.state !== 'retiring'
    const hopeless = this.#roster.remove(worker, begun.length > 0)
    for (const task of waiting) this.#comeBack(task)
    for (const task of begun) this.#retryOrFail(task)
    if (hopeless && !this.#stopped) {
      this.#out.push({ do: 'giveUp', deaths: this.#roster.deaths })
      return
    }
    if (this.#closing) return this.#line.size > 0 ? this.#assign() : this.#retireIdle()
    if (missed) this.#takePlace()
    else {
      this.#refillSoon()
      this.#assign()
    }
  }

  #onUnmade({ worker, waiting }: PlanEvent<T> & { kind: 'unmade' }): void {
    const hopeless = this.#roster.unmade(worker)
    for (const task of waiting) this.#comeBack(task)
    if (hopeless && !this.#stopped) this.#out.push({ do: 'giveUpUnmade' })
    else this.#assign()
  }

  /** Of one that is gone, or as good as. */
  #takePlace(): void {
    this.#roster.fill(this.#roster.standing)
    this.#refillSoon()
    this.#assign()
  }

  /** What is in line is dropped, and what lies in the lines of workers when it has come back. */
  #onDropWaiting(): void {
    this.#dropping = true
    for (const task of this.#line.drain()) this.#drop(task)
    for (const worker of this.workers)
      if (worker.load > this.#capacity.mayHaveBegun(worker)) this.#out.push({ do: 'takeBack', worker })
    this.#retireIdle()
  }

  #onStop(): void {
    this.#stopped = true
    this.#dropping = true
    this.#closing = true
    for (const task of this.#line.drain()) this.#drop(task)
    for (const worker of this.workers) this.#roster.destroy(worker)
    this.#endIfLast()
  }

  #endIfLast(): void {
    if (this.#ended || !this.#closing || this.workers.size > 0 || this.#line.size > 0) return
    this.#ended = true
    this.#out.push({ do: 'ended' })
  }
}
