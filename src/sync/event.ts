import { checkLimits, createError, NO_LIMITS, type WaitOptions } from '../base/index.ts'
import { allocateCell, type Cell } from '../memory/index.ts'
import { type BlockingOptions, checkBlocking } from './blocking.ts'
import { nameFrom } from './names.ts'
import { AsyncWait, bellOf, waitSync } from './drive.ts'
import { Flag } from './flag.ts'
import { BELL, SLEEP } from './words.ts'

/** What `new Event` takes. */
export interface EventOptions {
  /** What errors call it. Default: `Event` and a number. */
  readonly name?: string | undefined
}

/**
 * A flag to wait for. Python: `Event`. It may be captured, passed, sent and stored, and arrives as the same event.
 * @example
 * const ready = new Event()
 * await ready.wait({ timeout: 0 })   // false
 * ready.set()
 * await ready.wait()   // true
 */
export class Event {
  /** What errors call it. */
  readonly name: string
  /** @internal */
  readonly cell: Cell
  readonly #flag: Flag

  constructor(options: EventOptions = {}, cell?: Cell) {
    this.name = nameFrom(this, options)
    this.cell = cell ?? allocateCell()
    this.#flag = new Flag(this.cell)
  }

  /** Sets it and wakes everybody who waits. */
  set(): void {
    this.#flag.set()
    bellOf(this.cell.seats).nudge()
  }

  /** Takes it back. Who waited when it was set has been woken all the same. */
  clear(): void {
    this.#flag.clear()
  }

  /** Whether it is set. */
  isSet(): boolean {
    return this.#flag.isSet()
  }

  /**
   * Waits until it is set. Gives `true`, or `false` when the time came first.
   * @param options.timeout  milliseconds; zero or less does not wait; default: for ever
   * @param options.signal  ends the wait: rejects with `CancelledError` (`WAIT_ABORTED`)
   */
  async wait(options: WaitOptions = NO_LIMITS): Promise<boolean> {
    checkLimits('Event.wait()', options)
    const { signal } = options
    if (signal?.aborted) throw this.#aborted(signal)
    if (this.#flag.isSet()) return true
    return new Promise((resolve, reject) => {
      const settled = (set: boolean, why: unknown): void => {
        if (!set && why === 'signal') reject(this.#aborted(signal))
        else resolve(set)
      }
      new AsyncWait(this.#flag.wait(BELL), this.cell.seats, settled, reject).start(options)
    })
  }

  /**
   * The same, blocking this thread: for workers. Throws `UsageError` (`BLOCKS_EVENT_LOOP`) on the main thread of a
   * program unless `blockMainThread` is given.
   */
  waitSync(options: BlockingOptions = NO_LIMITS): boolean {
    checkBlocking(this, 'waitSync', options)
    return waitSync(this.#flag.wait(SLEEP), options.timeout)
  }

  /** `<Event Event-1 set>`. */
  toString(): string {
    return `<${this.constructor.name} ${this.name} ${this.isSet() ? 'set' : 'unset'}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #aborted(signal: AbortSignal | undefined): Error {
    return createError('WAIT_ABORTED', { what: this.name, reason: signal?.reason })
  }
}
