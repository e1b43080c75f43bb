/** How much work may lie in a worker's own line while others wait in the pool's, in milliseconds. */
const AHEAD = 10
/** How much may lie there in any case: not much longer than the way there and back. In milliseconds. */
const ROAD = 0.5
/** Tasks as quick as this cost as much to be given and taken back as to be run. In milliseconds. */
const QUICK = 0.05
/** What takes no longer is not worth taking back. In milliseconds. */
const WORTH = 2
/** The clock does not see less. In milliseconds. */
const SHORTEST = 1e-4

/** How long a pool's tasks take, as measured lately, and what follows from it. */
export class Pace {
  /** In milliseconds; `undefined` before the first is done. */
  #taskTime: number | undefined
  /** The natural logarithm of it, as measured lately. */
  #magnitude = 0

  get taskTime(): number | undefined {
    return this.#taskTime
  }

  /** Tasks took so long, in milliseconds. The mean of what came lately counts. */
  measure(time: number): void {
    const magnitude = Math.log(Math.max(time, SHORTEST))
    this.#magnitude = this.#taskTime === undefined ? magnitude : lately(this.#magnitude, magnitude)
    this.#taskTime = this.#taskTime === undefined ? time : lately(this.#taskTime, time)
  }

  /** They are hardly worth a message of their own. */
  get isQuick(): boolean {
    return this.#taskTime !== undefined && this.#taskTime < QUICK
  }

  /** Are so many tasks worth taking back for what comes before them? */
  isLong(tasks: number): boolean {
    return tasks * (this.#taskTime ?? 0) > WORTH
  }

  /** So many hide the way there and back: none while nothing is known. */
  get onTheRoad(): number {
    return this.#in(ROAD)
  }

  /** So many may lie in a worker's own line. */
  get ahead(): number {
    return this.#in(AHEAD)
  }

  /**
   * By the geometric mean: a long task among many short ones says little about the next, and who had too few of those
   * beforehand would wait.
   */
  #in(time: number): number {
    return this.#taskTime === undefined ? 0 : Math.floor(time / Math.exp(this.#magnitude))
  }
}

function lately(mean: number, measured: number): number {
  return mean * 0.7 + measured * 0.3
}
