import type { Pace } from './pace.ts'
import type { BalanceInstruction, PlanWorker } from './plan-words.ts'
import type { Roster } from './roster.ts'

/**
 * Sees to it that nobody has nothing to do while work lies behind others with a worker: that is taken back, and waits
 * for anybody again. The plan's; `concurrency` is how many tasks a worker runs at once.
 */
export class Balance {
  readonly #roster: Roster
  readonly #pace: Pace
  readonly #tell: (instruction: BalanceInstruction) => void
  /** Somebody will look in a few milliseconds. */
  #looking = false
  /** Somebody will check a little later. */
  #checking = false

  constructor(roster: Roster, pace: Pace, tell: (instruction: BalanceInstruction) => void) {
    this.#roster = roster
    this.#pace = pace
    this.#tell = tell
  }

  /** A worker has nothing to do. */
  idle(concurrency: number): void {
    this.#takeOver(concurrency)
    if (!this.#looking && this.#roster.hasBacklog(concurrency)) this.#lookAgain()
  }

  /** Has somebody nothing to do while somebody else's line is long? */
  lookAgainIfUneven(concurrency: number): void {
    if (!this.#looking && this.#roster.hasBacklog(concurrency) && this.#roster.hasIdle) this.#lookAgain()
  }

  /** The moment has come. An idle worker and one that is stuck before a line of its own: the line moves. */
  look(concurrency: number, somebodyWaits: boolean): void {
    this.#looking = false
    if (somebodyWaits || !this.#roster.hasIdle) return
    this.#takeOver(concurrency)
    for (const worker of this.#roster.all) {
      if (worker.load <= 1 || worker.stuck) continue
      if (worker.finished === worker.seen) this.#takeBack(worker)
      worker.seen = worker.finished
    }
    if (this.#roster.hasBacklog(concurrency)) this.#lookAgain()
  }

  /**
   * Some wait in the pool's line, and others with workers: those are not to be worse off, nor what has a higher priority.
   * `highest` is that of who is next, if there are several.
   */
  lookBehind(concurrency: number, highest: number | undefined): void {
    this.#checkLater(concurrency)
    if (highest !== undefined) this.#makeWay(highest, concurrency)
  }

  #checkLater(concurrency: number): void {
    if (this.#checking || !this.#roster.hasBacklog(concurrency)) return
    this.#checking = true
    this.#tell({ do: 'checkLater' })
  }

  /** The moment has come. Who has finished nothing since the last time is in a long task: what lies behind it is for others. */
  check(concurrency: number): void {
    this.#checking = false
    for (const worker of this.#roster.all) {
      const { state, load, stuck, finished, checked } = worker
      worker.checked = finished
      if (state === 'serving' && load > 1 && !stuck && finished === checked) this.#takeBack(worker)
    }
    this.#checkLater(concurrency)
  }

  /** Somebody waits with this priority: workers give back what is lower, and what lies there with it, if it takes long. */
  #makeWay(priority: number, concurrency: number): void {
    for (const worker of this.#roster.all) {
      if (worker.state !== 'serving' || worker.leaving || worker.stuck || worker.lowest >= priority) continue
      if (this.#pace.isLong(worker.load - concurrency)) this.#takeBack(worker)
    }
  }

  /**
   * Who has nothing to do takes over what lies with a worker that is still starting, and what lies behind others with
   * one, if that is longer than the road. Not from one that retires: a successor would retire with it, and the next.
   */
  #takeOver(concurrency: number): void {
    for (const worker of this.#roster.all)
      if (worker.state === 'starting' && worker.load > 0 && !worker.stuck) this.#takeBack(worker)
    if (this.#pace.isQuick) return
    let most = concurrency + this.#pace.onTheRoad
    let longest: PlanWorker | undefined
    for (const worker of this.#roster.all) {
      if (worker.state !== 'serving' || worker.leaving || worker.stuck || worker.load <= most) continue
      most = worker.load
      longest = worker
    }
    if (longest) this.#takeBack(longest)
  }

  #takeBack(worker: PlanWorker): void {
    worker.stuck = true
    // What stays there is being run: nobody waits behind it any more.
    worker.lowest = Number.POSITIVE_INFINITY
    this.#tell({ do: 'takeBack', worker })
  }

  #lookAgain(): void {
    this.#looking = true
    this.#tell({ do: 'lookAgain' })
  }
}
