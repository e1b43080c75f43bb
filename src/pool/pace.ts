/** How much work may lie in a worker's own line while others wait in the pool's, in milliseconds. */
const AHEAD = 4
/** How much may lie there in any case: not much longer than the way there and back. In milliseconds. */
const ROAD = 0.5
/** Tasks as quick as this cost as much to be given and taken back as to be run. In milliseconds. */
const QUICK = 0.05

/** How long a pool's tasks take, as measured lately, and what follows from it. */
export class Pace {
  /** In milliseconds; `undefined` before the first is done. */
  #taskTime: number | undefined

  get taskTime(): number | undefined {
    return this.#taskTime
  }

  /** Tasks took so long, in milliseconds. The mean of what came lately counts. */
  measure(time: number): void {
    this.#taskTime = this.#taskTime === undefined ? time : this.#taskTime * 0.7 + time * 0.3
  }

  /** They are hardly worth a message of their own. */
  get isQuick(): boolean {
    return this.#taskTime !== undefined && this.#taskTime < QUICK
  }

  /** So many hide the way there and back: none while nothing is known. */
  get onTheRoad(): number {
    return this.#in(ROAD)
  }

  /** So many may lie in a worker's own line. */
  get ahead(): number {
    return this.#in(AHEAD)
  }

  #in(time: number): number {
    return this.#taskTime === undefined ? 0 : Math.floor(time / Math.max(this.#taskTime, 1e-4))
  }
}
