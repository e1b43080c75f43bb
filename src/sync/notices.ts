import type { Cell } from '../memory/index.ts'
import { type Entry, Roster } from './roster.ts'
import type { Waiting } from './waiting.ts'

/** One task that waits on a condition. */
export interface Notice {
  readonly entry: Entry
  given: boolean
  /** How the task hears that it is the first now, or notified. Set where it waits. */
  wake: (() => void) | undefined
}

/** Who of this thread's tasks has been notified: the first that came. Only the first of all looks; it tells the others. */
export class Notices {
  readonly #roster: Roster
  readonly #tasks: Notice[] = []

  constructor(cells: readonly Pick<Cell, 'cells' | 'seats'>[]) {
    this.#roster = new Roster(cells)
  }

  /** How many threads can wait at once. */
  get most(): number {
    return this.#roster.size
  }

  waiting(): number {
    return this.#roster.waiting()
  }

  /** Notifies. Only with the lock held. */
  give(count: number): void {
    this.#roster.notify(count)
  }

  /** From now on this task waits. Only with the lock held. */
  ask(): Notice | undefined {
    // What was given before is for those who waited before.
    const [first] = this.#tasks
    if (first) this.#handOut(first.entry)
    const entry = this.#roster.add()
    if (!entry) return undefined
    const notice: Notice = { entry, given: false, wake: undefined }
    this.#tasks.push(notice)
    return notice
  }

  /** Until it was notified: true; or told to give up: false. */
  *wait(notice: Notice): Waiting<boolean> {
    const { cells, counts } = notice.entry
    for (;;) {
      const expected = cells.load(counts)
      this.#handOut(notice.entry)
      if (notice.given) return true
      const place = notice === this.#tasks[0] ? undefined : notice
      if (yield { cells, word: counts, expected, place }) return false
    }
  }

  /** Waits no more. True if it was notified after all. Only with the lock held. */
  drop(notice: Notice): boolean {
    this.#handOut(notice.entry)
    if (notice.given) return true
    this.#roster.remove(notice.entry)
    this.#tasks.splice(this.#tasks.indexOf(notice), 1)
    this.#tasks[0]?.wake?.()
    return false
  }

  #handOut(entry: Entry): void {
    const given = this.#tasks.splice(0, this.#roster.take(entry))
    for (const notice of given) {
      notice.given = true
      notice.wake?.()
    }
    if (given.length > 0) this.#tasks[0]?.wake?.()
  }
}
