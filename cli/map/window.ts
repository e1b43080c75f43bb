import type { Outcome } from './outcome.ts'

/** So many for each task that may run at a time: workers are sent batches, and kept busy behind one slow item. */
const MOST = 1024
/** So many while nothing is known about the size of results. */
const FIRST = 32
/** So many however big results are. */
const LEAST = 2
/** Characters of inputs and results that the window should hold at most. */
const ROOM = 32 * 1024 * 1024

/** How many items may be begun and not yet printed: many small ones, few big ones. */
export class Window {
  readonly #tasksAtOnce: () => number
  #items = 0
  #characters = 0

  /** `tasksAtOnce` is asked again and again: the workers may choose that themselves. */
  constructor(tasksAtOnce: () => number) {
    this.#tasksAtOnce = tasksAtOnce
  }

  add(outcome: Outcome): void {
    this.#items++
    this.#characters += outcome.input.length + (outcome.state === 'done' ? (outcome.json?.length ?? 0) : 0)
  }

  get size(): number {
    const tasksAtOnce = this.#tasksAtOnce()
    if (this.#items < FIRST) return tasksAtOnce * FIRST
    const fit = Math.floor((ROOM * this.#items) / Math.max(1, this.#characters))
    return Math.min(tasksAtOnce * MOST, Math.max(tasksAtOnce * LEAST, fit))
  }
}
