import { afterTurn, nextTick, now } from '../base/index.ts'
import type { ProgramLink } from '../link/index.ts'

/** How long a worker stays awake after its last result: longer than a program takes to be woken, and to call again. In milliseconds. */
const STAY = 0.1
/** What comes within this time after the last result comes as an answer to it; the worker too has to be woken. In milliseconds. */
const ANSWER = 0.2
/** How long the event loop may wait while messages are taken without it, and for how many of them. In milliseconds. */
const TURN = 1
const MOST_TAKEN = 100
/** So many looks in vain take longer than STAY. Counted, because a task may have made the clock stand still. */
const MOST_LOOKS = 1000
/** Who stays awake in vain again and again does so ever more rarely: once in 2, 4 … of the occasions, up to this power. */
const RAREST = 5

const settled = Promise.resolve()

/**
 * Keeps a worker awake for a moment after its last result, where calls come as answers to results: one `await` after
 * the other. To be woken takes both sides longer than such a call. Between two looks at the road all that the last task
 * has left goes on: ticks and promises, and after a while the event loop.
 *
 *     rest ─► awake ─► look ─► a message: heard ─► … ─► rest
 *                 └─ none, for STAY ─► asleep
 */
export class Linger {
  readonly #poll: (() => boolean) | undefined
  #awake = false
  /** Calls have lately come as answers. */
  #answers = false
  #restedAt = 0
  #until = 0
  #looks = 0
  /** When the event loop turned last, and how many messages have been taken since. */
  #turnedAt = 0
  #taken = 0
  /** How often in vain, running, and how many occasions to let pass. */
  #misses = 0
  #pass: number | undefined
  #spent = 0

  /** `poll` hands on a message that is there; without it, the event loop has to turn. */
  constructor({ poll }: Pick<ProgramLink, 'poll'>) {
    this.#poll = poll
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
    this.#looks = 0
    if (this.#awake || !this.#answers) return
    this.#pass ??= hasOneProcessor() ? Number.POSITIVE_INFINITY : 0
    if (this.#pass > 0) {
      this.#pass--
      return
    }
    this.#awake = true
    this.#turn(time)
    void settled.then(this.#lookNext)
  }

  /** Milliseconds that it has been awake with nothing to do, since this was asked last. */
  takeSpent(): number {
    const spent = this.#spent
    this.#spent = 0
    return spent
  }

  readonly #look = (): void => {
    const found = this.#poll?.()
    const time = now()
    if (found) this.#taken++
    else if (time > this.#until || ++this.#looks > MOST_LOOKS) return this.#sleep(time)
    if (!this.#poll || time - this.#turnedAt > TURN || this.#taken > MOST_TAKEN) {
      this.#turn(time)
      afterTurn(this.#look)
    } else void settled.then(this.#lookNext)
  }

  /** A tick after a promise: behind all that is to happen in ticks and promises before. */
  readonly #lookNext = (): void => nextTick(this.#look)

  #turn(time: number): void {
    this.#turnedAt = time
    this.#taken = 0
  }

  #sleep(time: number): void {
    this.#awake = false
    this.#spent += time - this.#restedAt
    this.#pass = 2 ** this.#misses - 1
    this.#misses = Math.min(RAREST, this.#misses + 1)
  }
}

/** Who stays awake on the only processor keeps the program from answering. */
function hasOneProcessor(): boolean {
  return process.getBuiltinModule('node:os').availableParallelism() === 1
}
