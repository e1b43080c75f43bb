import {
  after,
  afterTurn,
  checkLimits,
  createError,
  type Deferred,
  deferred,
  NO_LIMITS,
  refuseIfAborted,
  TIMED_OUT,
  type Timer,
  waitFor,
  type WaitOptions,
} from '../base/index.ts'
import type { MapJob } from './map-job.ts'

/** What came of one item. */
export type Step<R> = { readonly value: R } | { readonly error: unknown }

type Waiter<R> = Deferred<IteratorResult<R>>

/**
 * The results of `imap` and `imapUnordered`: an async iterator.
 *
 * `next()` rejects for an item that failed, and goes on behind it when called again; `for await` ends there, as
 * it does with every rejection. Leaving the loop early cancels what has not been done. Python: `IMapIterator`.
 */
export class Imap<R> implements AsyncIterableIterator<R> {
  readonly #ordered: boolean
  readonly #endsAtFailure: boolean
  #job: MapJob | undefined
  /** Results that came before those in front of them (ordered), or are next (unordered). */
  readonly #ready = new Map<number, Step<R>>()
  readonly #waiting: Waiter<R>[] = []
  #next = 0
  /** How many results there are in all, once it is known. */
  #total: number | undefined
  /** What the input ended with. */
  #inputError: { readonly error: unknown } | undefined
  #arrived = 0
  /** Nothing more is taken: its reader has left, or its time is over. */
  #left = false
  #clock: Timer | undefined

  /** `endsAtFailure`: behind an item that failed there is nothing more. @internal */
  constructor(ordered: boolean, endsAtFailure = false) {
    this.#ordered = ordered
    this.#endsAtFailure = endsAtFailure
  }

  /** Called by the pool. @internal */
  attach(job: MapJob): void {
    this.#job = job
  }

  /**
   * What is not there in so many milliseconds never comes: the work is ended then, whether somebody reads or not. Behind
   * what is there stands this error. @internal
   */
  endWithin(timeout: number, error: unknown): void {
    // What has come meanwhile is read before, though this thread was busy.
    const cut = (): unknown => afterTurn(() => this.#left || this.#cut(error))
    if (this.#total === undefined) this.#clock = after(timeout, cut, { keepAlive: false })
  }

  #cut(error: unknown): void {
    let end = this.#next
    while (this.#ready.has(end)) end++
    if (end === this.#total) return
    this.#left = true
    this.#total = end
    this.#inputError = { error }
    this.#job?.cancel('its time was over')
    this.#handOut()
  }

  /** How many results lie here unread. @internal */
  get unread(): number {
    return this.#ready.size
  }

  /** Called by the job: the result of an item. @internal */
  put(item: number, step: Step<R>): void {
    if (this.#left) return
    this.#ready.set(this.#ordered ? item : this.#arrived++, step)
    this.#handOut()
  }

  /** Called by the job: that many items there were; the input may have failed after them. @internal */
  end(total: number, inputError?: { readonly error: unknown }): void {
    if (this.#left) return
    this.#clock?.cancel()
    this.#total = total
    this.#inputError = inputError
    this.#handOut()
  }

  /**
   * The next result; `done` behind the last. When `options` end the wait, nothing is lost: the result is for the next
   * call. Errors: the item's own; `WAIT_TIMEOUT`, `WAIT_ABORTED`. Python: `next(timeout)`.
   */
  next(options: WaitOptions = NO_LIMITS): Promise<IteratorResult<R>> {
    checkLimits('next()', options)
    return options.timeout === undefined && !options.signal ? this.#ask().promise : this.#within(options)
  }

  #ask(): Waiter<R> {
    const waiter = deferred<IteratorResult<R>>()
    this.#waiting.push(waiter)
    if (this.#waiting.length === 1) this.#job?.awaited(1)
    this.#handOut()
    return waiter
  }

  async #within(options: WaitOptions): Promise<IteratorResult<R>> {
    const what = 'the next result'
    refuseIfAborted(options, what)
    const waiter = this.#ask()
    try {
      const result = await waitFor(waiter.promise, what, options)
      if (result !== TIMED_OUT) return result
      throw createError('WAIT_TIMEOUT', { what, timeout: options.timeout as number })
    } catch (error) {
      const place = this.#waiting.indexOf(waiter)
      // Handed out already: it came first, and nobody else will get it.
      if (place < 0) return waiter.promise
      this.#waiting.splice(place, 1)
      if (this.#waiting.length === 0) this.#job?.awaited(-1)
      throw error
    }
  }

  /** Takes what is there, in order and in one go, up to the first failure. @internal */
  drain(into: R[]): void {
    if (this.#waiting.length > 0) return
    for (;;) {
      const step = this.#ready.get(this.#next)
      if (!step || 'error' in step) break
      this.#ready.delete(this.#next++)
      into.push(step.value)
    }
    this.#job?.feed()
  }

  /** Ends the work: what has not been done is cancelled. */
  async return(): Promise<IteratorResult<R>> {
    this.#leave()
    this.#handOut()
    return { done: true, value: undefined }
  }

  #leave(): void {
    this.#left = true
    this.#clock?.cancel()
    this.#total = this.#next
    this.#inputError = undefined
    this.#ready.clear()
    this.#job?.stop()
  }

  /** Itself, for `for await`. */
  [Symbol.asyncIterator](): this {
    return this
  }

  /** `<Imap read=3 ready=1>`: how many results were read, and how many can be. */
  toString(): string {
    return `<Imap ${this.progressText}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** @internal */
  get progressText(): string {
    const isOver = this.#left || (this.#total !== undefined && this.#next >= this.#total)
    return `read=${this.#next} ready=${this.#ready.size}${isOver ? ' over' : ''}`
  }

  #handOut(): void {
    const waited = this.#waiting.length > 0
    while (this.#waiting.length > 0 && this.#handOutOne()) {
      // The next one.
    }
    if (waited && this.#waiting.length === 0) this.#job?.awaited(-1)
    this.#job?.feed()
  }

  /** Settles the first who waits, if there is something for it. */
  #handOutOne(): boolean {
    const step = this.#ready.get(this.#next)
    const ended = !step && this.#total !== undefined && this.#next >= this.#total
    if (!step && !ended) return false
    const { resolve, reject } = this.#waiting.shift() as Waiter<R>
    if (step) {
      this.#ready.delete(this.#next++)
      if ('value' in step) resolve({ done: false, value: step.value })
      else {
        reject(step.error)
        if (this.#endsAtFailure) this.#leave()
      }
      return true
    }
    const failed = this.#inputError
    this.#inputError = undefined
    if (failed) reject(failed.error)
    else resolve({ done: true, value: undefined })
    return true
  }
}
