import { after, afterTurn } from '../base/index.ts'

/** Milliseconds. */
const HEAD_START = 50

/**
 * A pool's first worker is started alone: two that start at once hold each other up, and the first result needs one.
 * The others follow when there is work for them, after the first result, or a little later.
 */
export class HeadStart<T> {
  readonly #launch: (one: T) => void
  #waiting: T[] | undefined = []
  #any = false

  constructor(launch: (one: T) => void) {
    this.#launch = launch
  }

  /** Does anybody wait? */
  get isOn(): boolean {
    return this.#waiting !== undefined
  }

  /** Launches it, or lets it wait. */
  start(one: T): void {
    if (this.#any && this.#waiting) this.#waiting.push(one)
    else {
      this.#any = true
      this.#launch(one)
    }
  }

  /** The pool has been opened: who waits now doesn't for long. */
  opened(): void {
    if (this.#waiting?.length) after(HEAD_START, () => this.end(), { keepAlive: false })
    else this.#waiting = undefined
  }

  /** The first result is there. Whoever waited for it goes first: to launch the others takes milliseconds. */
  resulted(): void {
    if (this.#waiting) afterTurn(() => this.end())
  }

  /** From now on nobody waits. */
  end(): void {
    if (!this.#waiting) return
    const waiting = this.#waiting
    this.#waiting = undefined
    for (const one of waiting) this.#launch(one)
  }
}
