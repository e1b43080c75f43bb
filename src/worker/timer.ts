import {
  after,
  checkTimeout,
  createError,
  deferred,
  NO_LIMITS,
  TIMED_OUT,
  type Timer as Clock,
  waitFor,
  type WaitOptions,
} from '../base/index.ts'
import { Thread } from './thread.ts'

/**
 * A thread that starts later, unless it is cancelled before. Python: `threading.Timer`.
 * @example
 * import { Timer } from 'manycore'
 * const timer = new Timer(50, name => `hello ${name}`, ['bob']).start()
 * await timer.join()
 * timer.cancelled   // false
 */
export class Timer<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  readonly #interval: number
  readonly #thread: Thread<A, R>
  readonly #over = deferred()
  #clock: Clock | undefined
  #started = false
  #cancelled = false

  /**
   * @param interval milliseconds from `start()` to the call
   * @param fn any function, with what it closes over
   * @param args its arguments, of which the timer keeps its own list. Default: none
   * Errors: `NOT_A_FUNCTION`, `WRONG_OPTION`.
   */
  constructor(interval: number, fn: (...args: A) => R, args?: readonly [...A]) {
    checkTimeout('Timer', interval)
    this.#interval = interval
    this.#thread = new Thread<A, R>({ target: fn, args: [...(args ?? [])] as never })
  }

  /** Begins to count. Errors: `ALREADY_STARTED`. */
  start(): this {
    if (this.#started) throw createError('ALREADY_STARTED', { worker: 'the Timer' })
    this.#started = true
    if (!this.#cancelled) this.#clock = after(this.#interval, () => this.#fire())
    return this
  }

  /** Calls nothing any more, if it has not begun to. Python: `cancel()`. */
  cancel(): void {
    if (this.#thread.pid !== undefined) return
    this.#cancelled = true
    this.#clock?.cancel()
    this.#over.resolve()
  }

  /** Was it cancelled before it called? */
  get cancelled(): boolean {
    return this.#cancelled
  }

  /** Waits until the call is over, or cancelled; false when the timeout came first. Errors: `WAIT_ABORTED`. */
  async join(options: WaitOptions = NO_LIMITS): Promise<boolean> {
    return (await waitFor(this.#over.promise, 'the end of the Timer', options)) !== TIMED_OUT
  }

  #fire(): void {
    void this.#thread
      .start()
      .join()
      .then(() => this.#over.resolve())
  }
}
