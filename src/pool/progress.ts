import { callBack, every, type Timer } from '../base/index.ts'
import type { ProgressListener } from '../future/index.ts'

/** What a job tells of how far it is. */
export interface JobProgress {
  update(done: number, failed: number): void
  /** `total`: what the number that was expected has turned out to be, if all were there. */
  end(total: number | undefined): void
}

/** How often the caller is told, in milliseconds: the eye sees no more. */
const TELL_EVERY = 100

/** Counting is cheap, telling is not: the counters are looked at ten times a second. */
export class Teller implements JobProgress {
  readonly #tell: ProgressListener
  #total: number | undefined
  readonly #timer: Timer
  #done = 0
  #failed = 0
  #told = -1

  constructor(tell: ProgressListener, total: number | undefined) {
    this.#tell = tell
    this.#total = total
    this.#timer = every(TELL_EVERY, () => this.#say(), { keepAlive: false })
  }

  update(done: number, failed: number): void {
    this.#done = done
    this.#failed = failed
  }

  end(total = this.#total): void {
    this.#timer.cancel()
    if (this.#total !== undefined) this.#total = total
    this.#say()
  }

  #say(): void {
    if (this.#told === this.#done) return
    this.#told = this.#done
    callBack(() => 'a progress function', this.#tell, this.#done, this.#total, this.#failed)
  }
}
