import {
  checkFunction,
  checkLimits,
  createError,
  describe,
  NO_LIMITS,
  type WaitOptions,
} from '../base/index.ts'
import { allocateCell, type Cell } from '../memory/index.ts'
import { type BlockingOptions, checkBlocking } from './blocking.ts'
import { nameFrom } from './names.ts'
import { AsyncWait, bellOf, waitSync, type Why } from './drive.ts'
import { Guard, type Guarded } from './guard.ts'
import { Line } from './line.ts'
import { Units } from './units.ts'
import { GAVE_UP, type GaveUp } from './waiting.ts'
import { BELL, LOW, SLEEP, STATE } from './words.ts'

/** What `new Semaphore` and `new BoundedSemaphore` take. */
export interface SemaphoreOptions {
  /** What errors call it. Default: `Semaphore` and a number. */
  readonly name?: string | undefined
}

/**
 * A number of units: `acquire` takes one and waits while there is none, `release` gives one back, whoever took it.
 * Python: `Semaphore`. It may be captured, passed, sent and stored, and arrives as the same semaphore.
 * @example
 * const places = new Semaphore(2)
 * places.tryAcquire() !== null   // true
 * places.value   // 1
 */
export class Semaphore implements Guarded {
  /** What errors call it. */
  readonly name: string
  /** @internal */
  readonly cell: Cell
  /** @internal */
  protected readonly units: Units
  /** The tasks of this thread that wait. */
  readonly #line: Line

  /** @param value  how many units there are at first, from 0. Default 1. */
  constructor(value = 1, options: SemaphoreOptions = {}, cell?: Cell) {
    this.name = nameFrom(this, options)
    this.cell = cell ?? allocateCell(64)
    this.#line = new Line(this.cell.cells)
    if (!cell) {
      if (!Number.isSafeInteger(value) || value < 0 || value > LOW) {
        throw createError('WRONG_OPTION', {
          where: this.constructor.name,
          option: 'value',
          got: describe(value),
          expected: `a whole number from 0 to ${LOW}`,
        })
      }
    }
    this.units = this.make(this.cell, cell ? undefined : value)
  }

  /** @internal The units in the cell; new ones when `value` says how many. */
  protected make(cell: Cell, value: number | undefined): Units {
    if (value !== undefined) cell.cells.store(STATE, value)
    return new Units(cell)
  }

  /** How many units are left. Python: `get_value()`. */
  get value(): number {
    return this.units.left()
  }

  /** @internal The most units there may be. */
  protected get bound(): number {
    return LOW
  }

  /** Takes a unit if one is left, else gives `null`. Python: `acquire(blocking=False)`. */
  tryAcquire(): Guard | null {
    return this.units.take() || this.units.look() !== undefined ? new Guard(this, false) : null
  }

  /**
   * Waits until a unit is left and takes it. Python: `acquire`.
   * @param options.timeout  milliseconds; zero or less does not wait; default: for ever
   * @param options.signal  ends the wait
   * Rejects with `TimeoutError` (`LOCK_TIMEOUT`) or `CancelledError` (`WAIT_ABORTED`).
   */
  acquire(options: WaitOptions = NO_LIMITS): Promise<Guard> {
    try {
      if (options !== NO_LIMITS) checkLimits(`${this.constructor.name}.acquire()`, options)
      if (options.signal?.aborted) throw this.#refusal('signal', options)
      if (this.#line.isEmpty && this.units.take()) return Promise.resolve(new Guard(this, false))
      return this.#wait(options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * The same, blocking this thread: for workers. Throws the same errors, and `UsageError` (`BLOCKS_EVENT_LOOP`) on
   * the main thread of a program unless `blockMainThread` is given.
   */
  acquireSync(options: BlockingOptions = NO_LIMITS): Guard {
    checkBlocking(this, 'acquireSync', options)
    if (this.units.take()) return new Guard(this, false)
    if (waitSync(this.units.enter(SLEEP), options.timeout) === GAVE_UP) {
      throw this.#refusal('timeout', options)
    }
    return new Guard(this, false)
  }

  /**
   * Takes a unit, calls `fn`, and gives it back whatever happens. Gives what `fn` gives. Beyond Python: its `with`.
   * @example
   * await new Semaphore(3).run(() => 'in')   // 'in'
   */
  async run<R>(fn: () => R, options: WaitOptions = NO_LIMITS): Promise<Awaited<R>> {
    checkFunction(`${this.constructor.name}.run()`, fn)
    const guard = await this.acquire(options)
    try {
      return await fn()
    } finally {
      guard.release()
    }
  }

  /**
   * Gives back `count` units, or adds them: who releases need not have acquired. Python: `release(n)`.
   * Throws `UsageError`: `WRONG_OPTION` unless it is a whole number from 1; `RELEASED_TOO_OFTEN` beyond what there may be,
   * 268,435,455 units, of a bounded one as many as at first.
   */
  release(count = 1): void {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw createError('WRONG_OPTION', {
        where: `${this.constructor.name}.release()`,
        option: 'count',
        got: describe(count),
        expected: 'a whole number from 1',
      })
    }
    const { bound } = this
    if (!this.units.leave(count, bound)) {
      throw createError('RELEASED_TOO_OFTEN', { semaphore: this.name, value: this.value + count, bound })
    }
    if (!this.#line.isEmpty) bellOf(this.cell.seats).nudge()
  }

  /** @internal */
  releaseGuard(): void {
    this.release()
  }

  /** `<Semaphore Semaphore-1 value=2>`. */
  toString(): string {
    return `<${this.constructor.name} ${this.name} value=${this.value}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #wait(options: WaitOptions): Promise<Guard> {
    return new Promise((resolve, reject) => {
      const settled = (before: number | GaveUp, why: Why): void => {
        if (before === GAVE_UP) reject(this.#refusal(why, options))
        else resolve(new Guard(this, false))
      }
      const waiting = this.#line.wait(() => this.units.enter(BELL))
      new AsyncWait(waiting, this.cell.seats, settled, reject).start(options)
    })
  }

  #refusal(why: Why, { timeout = 0, signal }: WaitOptions): Error {
    if (why === 'signal') return createError('WAIT_ABORTED', { what: this.name, reason: signal?.reason })
    return createError('LOCK_TIMEOUT', { lock: this.name, timeout })
  }
}
