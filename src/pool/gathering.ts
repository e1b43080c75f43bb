import { afterThis } from '../base/index.ts'

/** So many tasks don't wait for the end of the turn that submits them, and then four times as many. */
const MANY = 64
const GROWTH = 4

/**
 * What one turn of the program submits goes out together, in the microtask that follows. A long turn hands over what
 * there is on the way: its workers would have nothing to do until it ends.
 */
export class Gathering {
  readonly #handOver: () => void
  #planned = false
  #gathered = 0
  #enough = MANY

  constructor(handOver: () => void) {
    this.#handOver = handOver
  }

  /** Is something on its way that has not been handed over? */
  get isPlanned(): boolean {
    return this.#planned
  }

  /** One more of this turn. */
  add(): void {
    this.soon()
    if (++this.#gathered < this.#enough) return
    this.#enough *= GROWTH
    this.#handOver()
  }

  /** Something else has changed: at the end of this turn. */
  soon(): void {
    if (this.#planned) return
    this.#planned = true
    afterThis(() => {
      this.#planned = false
      this.#gathered = 0
      this.#enough = MANY
      this.#handOver()
    })
  }
}
