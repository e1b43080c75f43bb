import { after, now } from '../base/index.ts'
import type { Cells } from '../memory/index.ts'
import { NO_LOCK } from './layout.ts'

/** How long a put waits for those who get before the ring grows, in milliseconds, and how much longer per byte. */
const PATIENCE = 5
const PATIENCE_PER_BYTE = 1 / 500_000
/** How often it looks meanwhile. */
const REST = 0.2
const REST_ASYNC = 1

/**
 * Before a ring grows beyond what fits into caches, whoever puts waits a moment for those who get: if they are at it,
 * there is room soon, and the small ring is several times as fast. If nobody is, growing comes a few milliseconds
 * later, once for each doubling.
 */
export class Patience {
  readonly #limit: number
  #since: number | undefined
  #waiting = false

  constructor(bytes: number) {
    this.#limit = PATIENCE + bytes * PATIENCE_PER_BYTE
  }

  get isLeft(): boolean {
    return this.#since === undefined || now() - this.#since < this.#limit
  }

  /** This thread sleeps a little. */
  rest(cells: Cells): void {
    this.#since ??= now()
    cells.sleep(NO_LOCK, 0, REST)
  }

  /** Calls back a little later. */
  restAsync(look: () => void): void {
    this.#since ??= now()
    if (this.#waiting) return
    this.#waiting = true
    after(REST_ASYNC, () => {
      this.#waiting = false
      look()
    })
  }
}
