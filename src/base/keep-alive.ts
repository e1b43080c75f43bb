import { makeHold } from './clock.ts'

/** One for the thread: starting and stopping a timer for each call would take a call alone a microsecond. */
let hold: ReturnType<typeof makeHold> | undefined
/** How many of us have something under way. */
let holding = 0

/** Counts what is under way: while anything is, the program stays alive. */
export class KeepAlive {
  #count = 0

  get any(): boolean {
    return this.#count > 0
  }

  expect(change: number): void {
    const before = this.any
    this.#count += change
    if (this.any === before) return
    holding += before ? -1 : 1
    hold ??= makeHold()
    // Again what it is already, where others have something under way too.
    if (holding > 0) hold.ref()
    else hold.unref()
  }

  /** While somebody waits for it. */
  async hold<T>(waiting: Promise<T>): Promise<T> {
    this.expect(1)
    try {
      return await waiting
    } finally {
      this.expect(-1)
    }
  }
}
