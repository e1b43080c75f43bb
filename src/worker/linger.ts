import { now } from '../base/index.ts'
import type { ProgramLink } from '../link/index.ts'

/** How long a worker stays awake after its last result. In milliseconds. */
const STAY = 0.05
/** What comes within this time after the last result, being woken included, comes as an answer. In milliseconds. */
const ANSWER = 0.15
/** How long the event loop may wait while messages are taken without it. In milliseconds. */
const TURN = 1
/** Who stayed awake in vain so many times running does so ever more rarely: once in 2, 4 … of the occasions. */
const RAREST = 10

const done = Promise.resolve()

/**
 * Keeps a worker awake for a moment after its last result, where the next call comes as an answer to it: `await` after
 * `await`. To be woken takes longer than such a call, on both sides. Between two looks at the port whatever the last
 * task has left goes on: ticks, promises, and after a while the event loop.
 *
 *     rest ─► awake ─► look ─► a message: heard ─► … ─► rest
 *                 └── nothing, for STAY: asleep
 */
export class Linger {
  readonly #link: ProgramLink
  #awake = false
  /** Calls have lately come as answers. */
  #answers = false
  #restedAt = 0
  #until = 0
  #turnedAt = 0
  /** In vain, running; and how many occasions to let pass. */
  #misses = 0
  #pass = 0
  /** Milliseconds awake for nothing. */
  #spent = 0

  constructor(link: ProgramLink) {
    this.#link = link
  }

  /** Milliseconds that it has been awake without anything to do, since it was asked last. */
  takeSpent(): number {
    const spent = this.#spent
    this.#spent = 0
    return spent
  }

  /** So many calls have come. Several at once are no answer, and who gives many needs the processors. */
  heard(calls: number): void {
    const pause = now() - this.#restedAt
    this.#answers = calls === 1 && pause < ANSWER
    if (!this.#awake) return
    this.#spent += pause
    this.#misses = 0
  }

  /** There is nothing to do. */
  rest(): void {
    const time = now()
    this.#restedAt = time
    this.#until = time + STAY
    if (this.#awake || !this.#answers) return
    if (this.#pass > 0) {
      this.#pass--
      return
    }
    this.#awake = true
    this.#turnedAt = time
    process.nextTick(this.#look)
  }

  readonly #look = (): void => {
    const found = this.#link.poll?.()
    const time = now()
    if (!found && time > this.#until) return this.#sleep(time)
    if (!this.#link.poll || time - this.#turnedAt > TURN) {
      this.#turnedAt = time
      setImmediate(this.#look)
    } else void done.then(this.#lookNext)
  }

  /** A tick after promises after a tick: so both get their turn. */
  readonly #lookNext = (): void => process.nextTick(this.#look)

  #sleep(time: number): void {
    this.#awake = false
    this.#spent += time - this.#restedAt
    this.#pass = this.#misses === 0 ? 0 : 2 ** this.#misses - 1
    this.#misses = Math.min(RAREST, this.#misses + 1)
  }
}
