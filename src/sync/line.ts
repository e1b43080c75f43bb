import type { Cells } from '../memory/index.ts'
import { GAVE_UP, type GaveUp, type Waiting } from './waiting.ts'
import { STATE } from './words.ts'

/** A task's place in a line. */
export interface Place {
  /** How the task hears that it is the first now. */
  wake: (() => void) | undefined
  before: Place | undefined
  behind: Place | undefined
}

/**
 * The tasks of this thread that wait for one thing, in order: only the first competes with other threads, and hears
 * the bell. Were all of them to look at each ring, a thousand would look a thousand times.
 */
export class Line {
  readonly #cells: Cells
  #first: Place | undefined
  #last: Place | undefined

  constructor(cells: Cells) {
    this.#cells = cells
  }

  get isEmpty(): boolean {
    return this.#first === undefined
  }

  /** Waits to be the first, then as `enter` says; has a place until that has ended. */
  *wait(enter: () => Waiting<number | GaveUp>): Waiting<number | GaveUp> {
    const place = this.#join()
    try {
      while (this.#first !== place) {
        if (yield { cells: this.#cells, word: STATE, expected: 0, place }) return GAVE_UP
      }
      return yield* enter()
    } finally {
      this.#leave(place)
    }
  }

  #join(): Place {
    const place: Place = { wake: undefined, before: this.#last, behind: undefined }
    if (this.#last) this.#last.behind = place
    else this.#first = place
    return (this.#last = place)
  }

  #leave({ before, behind }: Place): void {
    if (before) before.behind = behind
    else this.#first = behind
    if (behind) behind.before = before
    else this.#last = before
    if (!before) behind?.wake?.()
  }
}
