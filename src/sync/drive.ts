import { after, afterThis, every, listenToAbort, now, type Timer, type WaitOptions } from '../base/index.ts'
import type { Listening, Seats } from '../memory/index.ts'
import type { Park, Waiting } from './waiting.ts'

/*
 * The two ways to wait: a blocked thread, and an event loop that goes on with other things.
 */

/** A death is noticed by looking again after so many milliseconds, by whoever waits. */
const LOOK_AGAIN = 40

/** Blocks this thread until the waiting has ended. After `timeout` milliseconds it is told to give up. */
export function waitSync<T>(waiting: Waiting<T>, timeout = Number.POSITIVE_INFINITY): T {
  let step = waiting.next(false)
  if (step.done) return step.value
  let deadline = timeout === Number.POSITIVE_INFINITY ? timeout : now() + timeout
  for (;;) {
    const { cells, word, expected, within = LOOK_AGAIN } = step.value
    const left = deadline === Number.POSITIVE_INFINITY ? deadline : deadline - now()
    if (left > 0) cells.sleep(word, expected, Math.min(left, within))
    else deadline = Number.POSITIVE_INFINITY // It is told once; what it does then has no limit.
    step = waiting.next(left <= 0)
    if (step.done) return step.value
  }
}

/** One wait of this event loop. */
interface LoopWait {
  /** Looks again. */
  look(): void
}

/** The bell of this thread's event loop: who waits looks again when it rings. */
class Bell {
  readonly #seats: Seats
  readonly #waits = new Set<LoopWait>()
  #listening: Listening | undefined
  #again: Timer | undefined
  #soon = false

  constructor(seats: Seats) {
    this.#seats = seats
  }

  add(wait: LoopWait): void {
    this.#waits.add(wait)
    this.#listening ??= this.#seats.listen(() => this.#look())
    this.#again ??= every(LOOK_AGAIN, () => this.#lookAgain(), { keepAlive: false })
  }

  /** It need not hear of anything for a while. Only where another waits here, for whom the bell goes on. */
  rest(wait: LoopWait): void {
    this.#waits.delete(wait)
  }

  /** The others look again: a ring may have been meant for one of them. */
  leave(wait: LoopWait): void {
    this.#waits.delete(wait)
    if (this.#waits.size > 0) return this.nudge()
    this.#listening?.close()
    this.#listening = undefined
  }

  /** Lets everybody look at the next opportunity: what one of them did may matter to the others. */
  nudge(): void {
    if (this.#soon || this.#waits.size === 0) return
    this.#soon = true
    afterThis(() => {
      this.#soon = false
      this.#look()
    })
  }

  #look(): void {
    for (const wait of [...this.#waits]) if (this.#waits.has(wait)) wait.look()
  }

  #lookAgain(): void {
    this.#look()
    if (this.#waits.size > 0) return
    this.#again?.cancel()
    this.#again = undefined
  }
}

const bells = new WeakMap<Seats, Bell>()

/** The bell of this thread for things of these seats. */
export function bellOf(seats: Seats): Bell {
  let bell = bells.get(seats)
  if (!bell) bells.set(seats, (bell = new Bell(seats)))
  return bell
}

/** Why a wait gave up; `undefined` while it didn't. */
export type Why = 'timeout' | 'signal' | undefined

/**
 * Waits on the event loop. `settled` is called once, with what the waiting gave and why it had been told to give up,
 * if it had: it may have got what it wanted all the same.
 */
export class AsyncWait<T> implements LoopWait {
  readonly #waiting: Waiting<T>
  readonly #bells: readonly Bell[]
  readonly #settled: (value: T, why: Why) => void
  readonly #failed: (error: unknown) => void
  #timer: Timer | undefined
  #forget: (() => void) | undefined
  #why: Why
  #told = false
  #ended = false

  /**
   * @param seats  whose rings it has to hear
   * @param failed  called instead of `settled` when the memory is gone
   */
  constructor(
    waiting: Waiting<T>,
    seats: Seats | readonly Seats[],
    settled: (value: T, why: Why) => void,
    failed: (error: unknown) => void,
  ) {
    this.#waiting = waiting
    this.#bells = 'me' in seats ? [bellOf(seats)] : [...new Set(seats)].map(bellOf)
    this.#settled = settled
    this.#failed = failed
  }

  start({ timeout, signal }: WaitOptions): void {
    // Listens before it looks, so that no ring is missed.
    for (const bell of this.#bells) bell.add(this)
    if (this.#step()) return
    if (signal?.aborted) return this.#giveUp('signal')
    if (timeout !== undefined && timeout <= 0) return this.#giveUp('timeout')
    if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY) {
      this.#timer = after(timeout, () => this.#giveUp('timeout'))
    }
    if (signal) this.#forget = listenToAbort(signal, () => this.#giveUp('signal'))
  }

  look(): void {
    this.#step()
  }

  #giveUp(why: Why): void {
    if (this.#why || this.#ended) return
    this.#why = why
    this.#unlimit()
    this.#step()
  }

  #unlimit(): void {
    this.#timer?.cancel()
    this.#forget?.()
  }

  #end(): void {
    this.#ended = true
    this.#unlimit()
    for (const bell of this.#bells) bell.leave(this)
  }

  /** Hears nothing until it is the first of its line. */
  #rest({ place }: Park): false {
    if (!place || place.wake) return false
    for (const bell of this.#bells) bell.rest(this)
    place.wake = () => {
      if (this.#ended) return
      for (const bell of this.#bells) {
        bell.add(this)
        bell.nudge()
      }
    }
    return false
  }

  /** One look. True when the wait is over. */
  #step(): boolean {
    if (this.#ended) return true
    const giveUp = this.#why !== undefined && !this.#told
    if (giveUp) this.#told = true
    let step: IteratorResult<Park, T>
    try {
      step = this.#waiting.next(giveUp)
    } catch (error) {
      this.#end()
      this.#failed(error)
      return true
    }
    if (!step.done) return this.#rest(step.value)
    this.#end()
    this.#settled(step.value, this.#why)
    return true
  }
}
