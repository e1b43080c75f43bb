import { after, type Timer } from '../base/index.ts'

/**
 * A process may wait in its end for a thread of the engine that waits for it: seen on Node 26, where that compiles and has
 * no room. So long may it take to write what profilers have gathered. In milliseconds.
 */
const LONGEST = 5000

/** A worker of whom nothing is left but its end, and that has said with which exit code. What hangs there is ended. */
export class LastBreath {
  readonly #kill: () => void
  #timer: Timer | undefined
  /** What it said, once it was ended for taking too long. */
  #overdue: number | undefined

  constructor(kill: () => void) {
    this.#kill = kill
  }

  begin(code: number): void {
    this.#timer ??= after(LONGEST, () => this.#end(code), { keepAlive: false })
  }

  /** It is gone. The exit code that it said, if that is to count because it was ended here. */
  end(): number | undefined {
    this.#timer?.cancel()
    return this.#overdue
  }

  #end(code: number): void {
    this.#overdue = code
    this.#kill()
  }
}
