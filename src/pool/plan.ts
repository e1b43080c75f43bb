import { machine } from './machine.ts'
import { TASK_STATES, type TaskState, WORKER_STATES, type WorkerState } from './plan-table.ts'
import { WaitingLine } from './waiting-line.ts'

/*
 * Which work goes where and when. A pure machine: events in, instructions out; no timers, no workers, no promises.
 * Everything enters by `handle`. Nobody else changes the state of a task or of a worker.
 */

/** What the plan knows of a task. */
export interface PlanTask {
  state: TaskState
  readonly priority: number
  /** How often it may still be run again. */
  retries: number
  worker: PlanWorker | undefined
}

/** What the plan knows of a worker. */
export interface PlanWorker {
  readonly id: number
  state: WorkerState
  /** Tasks that it has: running, or next in its own line. */
  load: number
  /** Tasks that it was given in its life. */
  taken: number
  /** Tasks that it has finished. */
  finished: number
  /** `finished` when the balance was looked at last: no progress since means that it is stuck in one task. */
  seen: number
  /** It is stuck, and what it had not begun was taken back: nothing goes there until it moves. */
  stuck: boolean
}

export type PlanEvent<T> =
  | { readonly kind: 'open' }
  | { readonly kind: 'submitted'; readonly task: T }
  /** Once per turn of the event loop, after submissions. */
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
  | { readonly kind: 'returned'; readonly worker: PlanWorker; readonly task: T }
  | { readonly kind: 'cancelled'; readonly task: T }
  /** A task was asked to stop and has not: it and its worker have to go. */
  | { readonly kind: 'stubborn'; readonly worker: PlanWorker }
  | {
      readonly kind: 'died'
      readonly worker: PlanWorker
      readonly begun: readonly T[]
      readonly waiting: readonly T[]
    }
  | { readonly kind: 'balance' }
  | { readonly kind: 'idle'; readonly worker: PlanWorker }
  | { readonly kind: 'close' }
  /** `terminate`, or a pool that can't work: nothing more is run. */
  | { readonly kind: 'stop' }

export type Instruction<T> =
  | { readonly do: 'start'; readonly worker: PlanWorker }
  | { readonly do: 'send'; readonly worker: PlanWorker; readonly tasks: T[] }
  /** Its caller gets what was thrown, or the death of its worker. */
  | { readonly do: 'fail'; readonly task: T }
  /** Ask the task to stop, take back what stands behind it, and come back with `stubborn` after the grace time. */
  | { readonly do: 'askToStop'; readonly worker: PlanWorker; readonly task: T }
  | { readonly do: 'takeBack'; readonly worker: PlanWorker }
  | { readonly do: 'retire'; readonly worker: PlanWorker }
  | { readonly do: 'destroy'; readonly worker: PlanWorker }
  /** Come back with `balance` in a few milliseconds. */
  | { readonly do: 'lookAgain' }
  /** Workers began to have nothing to do. */
  | { readonly do: 'watchIdle'; readonly worker: PlanWorker }
  /** Drop it: it never reached a worker. */
  | { readonly do: 'drop'; readonly task: T }
  /** Workers die before they can work. */
  | { readonly do: 'giveUp'; readonly deaths: number }
  /** The last worker is gone after close or stop. */
  | { readonly do: 'ended' }

export interface PlanOptions {
  readonly workers: number
  readonly concurrency: number
  readonly maxTasksPerChild: number | undefined
}

/** How much work may lie in a worker's own line, in milliseconds: enough to hide the way there and back. */
const AHEAD = 4
const DEEPEST = 2048
/** How many workers in a row may die before any is ready. */
const HOPELESS = 3

const moveTask = machine(TASK_STATES)
const moveWorker = machine(WORKER_STATES)

export class Plan<T extends PlanTask> {
  readonly #options: PlanOptions
  readonly #line = new WaitingLine<T>()
  readonly #workers = new Set<PlanWorker>()
  #nextId = 1
  /** Milliseconds that a task takes, as measured; `undefined` before the first is done. */
  #taskTime: number | undefined
  #closing = false
  #stopped = false
  #earlyDeaths = 0
  #looking = false
  #out: Instruction<T>[] = []

  constructor(options: PlanOptions) {
    this.#options = options
  }

  /** Tasks that wait for a worker. */
  get waiting(): number {
    return this.#line.size
  }

  get workers(): ReadonlySet<PlanWorker> {
    return this.#workers
  }

  get taskTime(): number | undefined {
    return this.#taskTime
  }

  /** How many tasks a worker may hold at the pace measured. */
  get depth(): number {
    const { concurrency } = this.#options
    if (this.#taskTime === undefined) return concurrency
    return Math.min(DEEPEST, concurrency + Math.floor(AHEAD / Math.max(this.#taskTime, 1e-4)))
  }

  /** The only door. The instructions are to be carried out in order, before the next event. */
  handle(event: PlanEvent<T>): Instruction<T>[] {
    switch (event.kind) {
      case 'open':
        this.#startMissing(this.#options.workers)
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
        event.worker.load--
        this.#comeBack(event.task)
        this.#assign()
        break
      case 'cancelled':
        this.#onCancelled(event.task)
        break
      case 'stubborn':
        this.#destroy(event.worker)
        break
      case 'died':
        this.#onDied(event)
        break
      case 'balance':
        this.#looking = false
        this.#balance()
        break
      case 'idle':
        if (event.worker.state === 'serving' && event.worker.load === 0) this.#retire(event.worker)
        break
      case 'close':
        this.#closing = true
        this.#retireIdle()
        break
      case 'stop':
        this.#onStop()
        break
    }
    const out = this.#out
    this.#out = []
    return out
  }

  // ── giving work out ────────────────────────────────────────────────────────────────────────────────────

  /** Gives every worker its share of what waits, the least loaded first. */
  #assign(): void {
    if (this.#line.size === 0) return this.#retireIdle()
    const serving = [...this.#workers].filter(worker => worker.state === 'serving')
    serving.sort((a, b) => a.load - b.load)
    for (const worker of serving) {
      this.#give(worker, serving.length)
      if (this.#line.size === 0) break
    }
    if (this.#line.size > 0)
      this.#startMissing(Math.min(this.#options.workers, this.#line.size + serving.length))
  }

  /** Fills one worker up to its depth, but to no more than its fair share while others have less. */
  #give(worker: PlanWorker, sharers: number): void {
    const room = this.#roomOf(worker)
    if (room <= 0) return
    const fair = Math.max(1, Math.ceil(this.#line.size / sharers), this.#options.concurrency - worker.load)
    const tasks: T[] = []
    for (let count = Math.min(room, fair); count > 0; count--) {
      const task = this.#line.shift()
      if (!task) break
      moveTask(task, 'send')
      task.worker = worker
      tasks.push(task)
    }
    if (tasks.length === 0) return
    worker.load += tasks.length
    worker.taken += tasks.length
    this.#out.push({ do: 'send', worker, tasks })
    if (this.#isUsedUp(worker)) this.#replace(worker)
  }

  #roomOf(worker: PlanWorker): number {
    const { concurrency, maxTasksPerChild = Number.POSITIVE_INFINITY } = this.#options
    const depth = worker.stuck ? concurrency : this.depth
    return Math.min(depth - worker.load, maxTasksPerChild - worker.taken)
  }

  #isUsedUp(worker: PlanWorker): boolean {
    const { maxTasksPerChild } = this.#options
    return maxTasksPerChild !== undefined && worker.taken >= maxTasksPerChild
  }

  // ── what comes back ────────────────────────────────────────────────────────────────────────────────────

  #onFinished(event: PlanEvent<T> & { kind: 'finished' }): void {
    const { worker, done, failed, busy, calls } = event
    for (const task of done) moveTask(task, 'finish')
    for (const task of failed) this.#retryOrFail(task)
    const count = done.length + failed.length
    worker.load -= count
    worker.finished += count
    worker.stuck = false
    if (calls > 0) this.#measure(busy / calls)
    if (worker.state === 'serving' && this.#line.size > 0) this.#give(worker, this.#servingCount())
    if (this.#line.size > 0) return
    if (worker.load === 0) this.#onIdle(worker)
  }

  /** Up at once, down slowly: one long task among short ones makes the lines short. */
  #measure(time: number): void {
    const before = this.#taskTime
    this.#taskTime = before === undefined || time > before ? time : before * 0.7 + time * 0.3
  }

  #retryOrFail(task: T): void {
    if (task.state === 'sent' && task.retries > 0 && !this.#stopped) {
      task.retries--
      moveTask(task, 'retry')
      task.worker = undefined
      this.#line.pushFront(task)
      return
    }
    const told = task.state === 'cancelling'
    moveTask(task, 'finish')
    if (!told) this.#out.push({ do: 'fail', task })
  }

  /** It was not begun: it waits again, unless it was cancelled meanwhile. */
  #comeBack(task: T): void {
    task.worker = undefined
    if (moveTask(task, 'return') !== 'waiting') return
    if (this.#stopped) {
      moveTask(task, 'cancel')
      this.#out.push({ do: 'drop', task })
    } else this.#line.pushFront(task)
  }

  #onCancelled(task: T): void {
    const worker = task.worker
    if (task.state === 'waiting') this.#line.drop()
    if (moveTask(task, 'cancel') === 'cancelling' && worker) this.#out.push({ do: 'askToStop', worker, task })
    else this.#retireIdle()
  }

  // ── workers ────────────────────────────────────────────────────────────────────────────────────────────

  #startMissing(wanted: number): void {
    if (this.#stopped) return
    let active = 0
    for (const worker of this.#workers)
      if (worker.state === 'starting' || worker.state === 'serving') active++
    for (; active < wanted; active++) this.#startOne()
  }

  #startOne(): void {
    const worker: PlanWorker = {
      id: this.#nextId++,
      state: 'starting',
      load: 0,
      taken: 0,
      finished: 0,
      seen: -1,
      stuck: false,
    }
    this.#workers.add(worker)
    this.#out.push({ do: 'start', worker })
  }

  #onReady(worker: PlanWorker): void {
    this.#earlyDeaths = 0
    if (moveWorker(worker, 'ready') !== 'serving') return
    if (this.#line.size > 0) this.#give(worker, this.#servingCount())
    if (worker.load === 0) this.#onIdle(worker)
  }

  #servingCount(): number {
    let count = 0
    for (const worker of this.#workers) if (worker.state === 'serving') count++
    return count
  }

  #onIdle(worker: PlanWorker): void {
    if (this.#closing) return this.#retireIdle()
    if (worker.state !== 'serving') return
    this.#out.push({ do: 'watchIdle', worker })
    // Somebody has nothing to do: is somebody else's line long?
    if (!this.#looking && this.#hasBacklog()) {
      this.#looking = true
      this.#out.push({ do: 'lookAgain' })
    }
  }

  #hasBacklog(): boolean {
    for (const worker of this.#workers) if (worker.load > this.#options.concurrency) return true
    return false
  }

  /** An idle worker and one that is stuck before a line of its own: the line moves. */
  #balance(): void {
    if (this.#line.size > 0) return
    let idle = false
    for (const worker of this.#workers) if (worker.state === 'serving' && worker.load === 0) idle = true
    if (!idle) return
    for (const worker of this.#workers) {
      if (worker.load <= this.#options.concurrency || worker.stuck) continue
      if (worker.finished === worker.seen) {
        worker.stuck = true
        this.#out.push({ do: 'takeBack', worker })
      }
      worker.seen = worker.finished
    }
    if (this.#hasBacklog()) {
      this.#looking = true
      this.#out.push({ do: 'lookAgain' })
    }
  }

  /** When the pool closes and nothing waits, workers go as they become idle. */
  #retireIdle(): void {
    if (!this.#closing || this.#line.size > 0) return
    let busy = false
    for (const worker of this.#workers) if (worker.load > 0) busy = true
    for (const worker of this.#workers) {
      // While others work a task may still come back from one of them: one worker has to stay for it.
      if (worker.load > 0 || (busy && this.#stayers() <= 1)) continue
      if (worker.state === 'serving') this.#retire(worker)
      else if (worker.state === 'starting' && !busy) this.#destroy(worker)
    }
    if (this.#workers.size === 0) this.#out.push({ do: 'ended' })
  }

  #stayers(): number {
    let count = 0
    for (const worker of this.#workers) if (worker.state === 'serving' || worker.state === 'starting') count++
    return count
  }

  #retire(worker: PlanWorker): void {
    moveWorker(worker, 'retire')
    this.#out.push({ do: 'retire', worker })
  }

  /** It has had its number of tasks: it finishes them, and another takes its place before. */
  #replace(worker: PlanWorker): void {
    this.#retire(worker)
    if (!this.#closing || this.#line.size > 0) this.#startMissing(this.#options.workers)
  }

  #destroy(worker: PlanWorker): void {
    if (worker.state === 'gone') return
    moveWorker(worker, 'destroy')
    this.#out.push({ do: 'destroy', worker })
  }

  #onDied(event: PlanEvent<T> & { kind: 'died' }): void {
    const { worker, begun, waiting } = event
    const early = worker.state === 'starting'
    moveWorker(worker, 'die')
    this.#workers.delete(worker)
    worker.load = 0
    // Back to front, so that they stand in line as they stood before.
    for (let at = waiting.length - 1; at >= 0; at--) this.#comeBack(waiting[at] as T)
    for (const task of begun) this.#retryOrFail(task)
    if (early && ++this.#earlyDeaths >= HOPELESS && !this.#stopped) {
      this.#out.push({ do: 'giveUp', deaths: this.#earlyDeaths })
      return
    }
    if (this.#stopped || (this.#closing && this.#line.size === 0)) {
      this.#retireIdle()
      if (this.#workers.size === 0 && this.#stopped) this.#out.push({ do: 'ended' })
      return
    }
    this.#startMissing(
      this.#closing ? Math.min(this.#options.workers, this.#line.size) : this.#options.workers,
    )
    this.#assign()
  }

  #onStop(): void {
    this.#stopped = true
    this.#closing = true
    for (const task of this.#line.drain()) {
      moveTask(task, 'cancel')
      this.#out.push({ do: 'drop', task })
    }
    for (const worker of this.#workers) this.#destroy(worker)
    if (this.#workers.size === 0) this.#out.push({ do: 'ended' })
  }
}
