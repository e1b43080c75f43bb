import {
  after,
  checkIterable,
  checkLimits,
  checkTimeout,
  createError,
  deferred,
  NO_LIMITS,
  TIMED_OUT,
  type Timer as Clock,
  waitFor,
  type WaitOptions,
} from '../base/index.ts'
import { capture, TOO_EARLY } from '../capture/index.ts'
import { pack, takeBack } from '../codec/index.ts'
import { threadStarter } from './start.ts'
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
  /** What the thread is to call. */
  readonly #what: readonly [fn: Function, args: readonly unknown[]]
  readonly #thread: Thread<A, R>
  readonly #over = deferred()
  #clock: Clock | undefined
  #started = false
  #cancelled = false

  /**
   * @param interval milliseconds from `start()` to the call
   * @param fn any function, with what it closes over
   * @param args its arguments, of which the timer keeps its own list. Default: none
   * Errors: `NOT_A_FUNCTION`, `NOT_ITERABLE`, `WRONG_OPTION`.
   */
  constructor(interval: number, fn: (...args: A) => R, args?: readonly [...A]) {
    checkTimeout('Timer', interval)
    checkIterable('Timer', args ?? [])
    this.#interval = interval
    this.#what = [fn, [...(args ?? [])]]
    this.#thread = new Thread<A, R>({ target: fn, args: this.#what[1] as never })
  }

  /** Begins to count. Errors: `ALREADY_STARTED`, `CANNOT_CAPTURE`, `CANNOT_CLONE`. */
  start(): this {
    if (this.#started) throw createError('ALREADY_STARTED', { worker: 'the Timer' })
    checkTravels(...this.#what)
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

  /**
   * Waits until the call is over, or cancelled; false when the timeout came first. Errors: `NOT_STARTED`,
   * `WRONG_OPTION`, `WAIT_ABORTED`; those of `Thread.start`, if the thread could not be started when it was time.
   */
  async join(options: WaitOptions = NO_LIMITS): Promise<boolean> {
    checkLimits('Timer.join()', options)
    if (!this.#started && !this.#cancelled)
      throw createError('NOT_STARTED', { worker: 'the Timer', call: 'join()' })
    return (await waitFor(this.#over.promise, 'the end of the Timer', options)) !== TIMED_OUT
  }

  /** `<Timer 1000 ms started>`. */
  toString(): string {
    const state = this.#thread.pid === undefined ? (this.#started ? 'started' : 'initial') : 'called'
    return `<Timer ${this.#interval} ms ${this.#cancelled ? 'cancelled' : state}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #fire(): void {
    void this.#call().then(this.#over.resolve, this.#over.reject)
  }

  async #call(): Promise<void> {
    await this.#thread.start().join()
  }
}

/** Refused now, not when it is time: it is sent as it is then. */
function checkTravels(fn: Function, args: readonly unknown[]): void {
  const { can } = threadStarter
  takeBack(pack(args, { path: 'args', can }))
  try {
    takeBack(capture(fn, 'Timer.start', can).graph)
  } catch (error) {
    // By then it may have its value.
    if ((error as { readonly kind?: unknown }).kind !== TOO_EARLY) throw error
  }
}
