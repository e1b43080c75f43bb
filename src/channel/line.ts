import {
  after,
  afterTurn,
  createError,
  type Deferred,
  deferred,
  listenToAbort,
  type Timer,
  type WaitOptions,
} from '../base/index.ts'
import { PUT, type Ring } from './ring.ts'
import { enlist, resign, ringOne, type Side } from './ring-lock.ts'
import { hasTurn, withoutTurns } from './turn.ts'
import { watch } from './watch.ts'

/** Answered by a try: it has to wait for the others. */
export const WAIT: unique symbol = Symbol('wait')
/** Answered by a try: it is at it, and goes on in the next turn. Nothing can end it any more. */
export const AGAIN: unique symbol = Symbol('again')

/** One attempt at what is waited for. Throws what it fails with for good. */
export type Try<T> = () => T | typeof WAIT | typeof AGAIN

interface Waiter {
  readonly attempt: Try<unknown>
  readonly done: Deferred<unknown>
  /** It was begun and has to be finished. */
  begun: boolean
  timer: Timer | undefined
  unsubscribe: (() => void) | undefined
}

/** Nobody is shown it: see `until`. */
const LATE = new Error('the time came first')

/** What a wait is called, and what it fails with when its time is over. */
export interface Wish extends WaitOptions {
  readonly what: string
  late(): Error
}

/**
 * Those of this thread that wait at one side of a ring, in the order in which they came. The first one tries whenever
 * the bell rings or some time has passed, so that a death, or a ring that went to somebody dead, costs a moment only.
 */
export class Line {
  readonly #ring: Ring
  readonly #side: Side
  readonly #lane: number
  #waiters: Waiter[] = []
  #stopWatching: (() => void) | undefined
  #planned = false
  #enlisted = false

  constructor(ring: Ring, side: Side) {
    this.#ring = ring
    this.#side = side
    this.#lane = ring.seats.lane(ring.seats.me)
  }

  /** Does anybody wait? Then who comes has to stand behind. */
  get isEmpty(): boolean {
    return this.#waiters.length === 0
  }

  /** Waits until `attempt` succeeds. */
  wait<T>(attempt: Try<T>, wish: Wish): Promise<T> {
    const { timeout, signal, what } = wish
    if (signal?.aborted) return Promise.reject(createError('WAIT_ABORTED', { what, reason: signal.reason }))
    const done = deferred<unknown>()
    const waiter: Waiter = { attempt, done, begun: false, timer: undefined, unsubscribe: undefined }
    if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY) {
      waiter.timer = after(timeout, () => this.#giveUp(waiter, wish.late))
    }
    if (signal) {
      const abort = (): void =>
        this.#giveUp(waiter, () => createError('WAIT_ABORTED', { what, reason: signal.reason }))
      waiter.unsubscribe = listenToAbort(signal, abort)
    }
    this.#waiters.push(waiter)
    if (this.#waiters.length === 1) this.#start()
    return done.promise as Promise<T>
  }

  /** Waits until `isSo` says yes; false when the time came first. */
  async until(isSo: () => boolean, wish: Omit<Wish, 'late'>): Promise<boolean> {
    try {
      return await this.wait(() => isSo() || WAIT, { ...wish, late: () => LATE })
    } catch (error) {
      if (error === LATE) return false
      throw error
    }
  }

  /** Ends what is begun, now: this thread wants to block, and nobody else could end it. */
  finish(): void {
    const first = this.#waiters[0]
    if (first?.begun) withoutTurns(() => void this.#try(first))
  }

  /** Lets them all try: something changed in this thread. */
  poke(): void {
    if (!this.isEmpty && !this.#planned) this.#go()
  }

  #start(): void {
    // It may watch still: what was there was finished outside its turn.
    this.#stopWatching ??= watch(this.#ring.seats, () => this.poke())
    this.#go()
  }

  #go(): void {
    this.#planned = false
    for (let first = this.#waiters[0]; first; first = this.#waiters[0]) {
      if (!hasTurn()) return this.#planNextTurn()
      if (this.#try(first)) continue
      if (first.begun) return this.#planNextTurn()
      // Somebody may have moved just before the lane was on the list.
      this.#enlisted = true
      this.#enlist()
      if (this.#try(first)) continue
      if (first.begun) return this.#planNextTurn()
      return
    }
    this.#leave()
  }

  #enlist(): void {
    try {
      enlist(this.#ring.cells, this.#side, this.#lane)
    } catch {
      // The memory is gone: the attempt that follows fails.
    }
  }

  #planNextTurn(): void {
    if (this.#planned) return
    this.#planned = true
    afterTurn(() => this.#go())
  }

  /** True: it is settled and out of the line. */
  #try(waiter: Waiter): boolean {
    let result: unknown
    try {
      result = waiter.attempt()
    } catch (error) {
      this.#remove(waiter)
      waiter.done.reject(error)
      return true
    }
    if (result === WAIT) return false
    if (result === AGAIN) {
      waiter.begun = true
      return false
    }
    this.#remove(waiter)
    waiter.done.resolve(result)
    return true
  }

  #remove(waiter: Waiter): void {
    waiter.timer?.cancel()
    waiter.unsubscribe?.()
    const at = this.#waiters.indexOf(waiter)
    if (at === 0) this.#waiters.shift()
    else if (at > 0) this.#waiters.splice(at, 1)
  }

  #giveUp(waiter: Waiter, why: () => Error): void {
    if (waiter.begun || !this.#waiters.includes(waiter)) return
    this.#remove(waiter)
    waiter.done.reject(why())
    if (this.isEmpty) this.#leave()
  }

  #leave(): void {
    if (!this.#stopWatching) return
    this.#stopWatching()
    this.#stopWatching = undefined
    if (!this.#enlisted) return
    this.#enlisted = false
    const { cells, seats } = this.#ring
    try {
      const rung = resign(cells, this.#side, this.#lane)
      // It was rung and may leave something for the next one.
      if (rung && (this.#side === PUT || !this.#ring.isEmpty)) ringOne(cells, seats, this.#side)
    } catch {
      // The memory is gone, and whoever waited has been told.
    }
  }
}
