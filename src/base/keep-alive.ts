import { every, type Timer } from './clock.ts'

/** Never fires in practice; only its being there keeps the program alive. */
const LONG = 2 ** 30

/** Counts what is under way: while anything is, the program stays alive. */
export class KeepAlive {
  #count = 0
  #timer: Timer | undefined

  get any(): boolean {
    return this.#count > 0
  }

  expect(change: number): void {
    this.#count += change
    if (this.#count > 0) this.#timer ??= every(LONG, () => {})
    else {
      this.#timer?.cancel()
      this.#timer = undefined
    }
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
