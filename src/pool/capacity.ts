import type { Pace } from './pace.ts'
import type { PlanWorker } from './plan-words.ts'

/** Most that lie with one worker. */
const DEEPEST = 2048

/** How much a worker may hold: what it runs at once, and what it may have beforehand at the pace of the tasks. */
export class Capacity {
  readonly #pace: Pace
  readonly #maxTasks: number
  /** How many asynchronous tasks a worker runs at once. */
  concurrency: number

  /** `maxTasks`: of a worker's whole life. */
  constructor(pace: Pace, concurrency: number, maxTasks: number | undefined) {
    this.#pace = pace
    this.concurrency = concurrency
    this.#maxTasks = maxTasks ?? Number.POSITIVE_INFINITY
  }

  /** How many tasks a worker may hold at the pace measured. */
  get depth(): number {
    return Math.max(this.concurrency, Math.min(DEEPEST, this.concurrency + this.#pace.ahead))
  }

  /**
   * How many more it may have while so many wait for so many workers. The shorter the line, the less of it is given
   * away beforehand: what waits there goes to whoever is free first. What is as short as the road need not wait for
   * that.
   */
  roomOf(worker: PlanWorker, waiting: number, workers: number): number {
    if (worker.stopping > 0 || worker.blocked || worker.leaving) return 0
    let depth = this.concurrency
    if (!worker.stuck) {
      const share = Math.floor(waiting / (2 * workers))
      const soon = this.#pace.isQuick ? this.#pace.ahead : this.#pace.onTheRoad
      depth = Math.min(this.depth, depth + Math.max(soon, share))
    }
    return Math.min(depth - worker.load, this.#maxTasks - worker.taken)
  }

  /** So many of its tasks: one that is still starting has begun none. */
  mayHaveBegun(worker: PlanWorker): number {
    return worker.state === 'starting' ? 0 : this.concurrency
  }

  /** Has it used up half of what may lie there? Before that, one by one would only make more messages. */
  isHungry(worker: PlanWorker, room: number): boolean {
    return room >= worker.load - this.concurrency
  }

  /** Do workers have a number of tasks, after which they go? */
  get isCounted(): boolean {
    return this.#maxTasks !== Number.POSITIVE_INFINITY
  }

  isUsedUp(worker: PlanWorker): boolean {
    return worker.taken >= this.#maxTasks
  }
}
