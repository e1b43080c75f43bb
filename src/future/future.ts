import {
  callBack,
  checkFunction,
  createError,
  deferred,
  KeepAlive,
  NO_LIMITS,
  quiet,
  TIMED_OUT,
  waitFor,
  type WaitOptions,
} from '../base/index.ts'

/**
 * Where a future stands. Python's five: `cancelledAndNotified` is a cancelled one of which nothing runs any more.
 * `running` is one that `setRunningOrNotifyCancel` was called for; where an executor runs it, that is asked instead.
 *
 *     pending ─► running ─► finished
 *        └──────────┴─► cancelled ─► cancelledAndNotified
 */
export type FutureState = 'pending' | 'running' | 'cancelled' | 'cancelledAndNotified' | 'finished'

/** Who carries out what a future stands for. */
export interface FutureOwner {
  /** For messages: `resize('a.png')`. */
  readonly title: string
  /** Has it begun? */
  running(): boolean
  /** Stops it. If it can still be stopped, the future is told by `abandon` before this returns. */
  cancel(reason: unknown): void
}

/**
 * What becomes of a call: a promise that can also be asked and cancelled. An executor's `submit` makes them.
 * Python: `concurrent.futures.Future`, whose `cancel` does nothing once the call runs; here it stops it.
 * @example
 * import { ThreadPoolExecutor } from 'manycore'
 * const executor = new ThreadPoolExecutor({ maxWorkers: 1 })
 * const future = executor.submit((a, b) => a ** b, 2, 10)
 * await future                       // 1024
 * future.done()                      // true
 * await future.exception()           // null
 * await executor.shutdown()
 */
export class Future<R> implements PromiseLike<R> {
  /** Written by the methods of this class alone. */
  #state: FutureState = 'pending'
  #owner: FutureOwner | undefined
  #outcome: { readonly value: R } | { readonly error: unknown } | undefined
  readonly #settling: Settling<R> = deferred<R>()
  /** Settled, but its worker has not let go of it yet. */
  #lingers = false
  #callbacks: (() => void)[] = NONE
  #listeners: ((value: unknown) => unknown)[] = NONE
  /** Who waits until nothing of it runs. While they wait for a worker to let go, the program stays alive. */
  #watchers: Set<() => void> | undefined
  #end: Promise<void> | undefined
  #hold: KeepAlive | undefined

  constructor() {
    quiet(this.#settling.promise)
  }

  // ── as a promise ───────────────────────────────────────────────────────────────────────────────────────

  /** As that of a promise. */
  // biome-ignore lint/suspicious/noThenProperty: it is a promise on purpose
  then<A = R, B = never>(
    onValue?: ((value: R) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#settling.promise.then(onValue, onError)
  }

  /** As that of a promise. */
  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<R | B> {
    return this.#settling.promise.catch(onError)
  }

  /** As that of a promise. */
  finally(onEnd?: (() => void) | null): Promise<R> {
    return this.#settling.promise.finally(onEnd)
  }

  // ── asking ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Where it stands. Beyond Python, which shows it in the text form only. */
  get state(): FutureState {
    return this.running() ? 'running' : this.#state
  }

  /** Was it cancelled? Python: `cancelled`. */
  cancelled(): boolean {
    return this.#state === 'cancelled' || this.#state === 'cancelledAndNotified'
  }

  /** Has a worker begun it, and not ended it? Python: `running`. */
  running(): boolean {
    return this.#state === 'running' || (this.#state === 'pending' && this.#owner?.running() === true)
  }

  /** Is it finished, well or badly, or cancelled? Python: `done`. */
  done(): boolean {
    return this.#state !== 'pending' && this.#state !== 'running'
  }

  /**
   * The value, or the call's error.
   * @param options `timeout` in milliseconds, `signal`; the call goes on when they end the wait
   * Errors: the call's own; `TASK_CANCELLED`, `WAIT_TIMEOUT`, `WAIT_ABORTED`. Python: `result`.
   */
  async result(options: WaitOptions = NO_LIMITS): Promise<R> {
    if (options !== NO_LIMITS) await this.#within(options)
    return this.#settling.promise
  }

  /**
   * What the call threw, or `null`.
   * @param options as for `result`
   * Errors: `TASK_CANCELLED` when it was cancelled; `WAIT_TIMEOUT`, `WAIT_ABORTED`. Python: `exception`.
   */
  async exception(options: WaitOptions = NO_LIMITS): Promise<unknown> {
    if (options !== NO_LIMITS) await this.#within(options)
    try {
      await this.#settling.promise
      return null
    } catch (error) {
      if (this.cancelled()) throw error
      return error
    }
  }

  /**
   * Calls `fn` with this future when it is done; at once if it is. Several are called in the order they were added.
   * What one throws is shown as a warning, and stops nobody. Python: `add_done_callback`.
   */
  addDoneCallback(fn: (future: this) => unknown): void {
    checkFunction('addDoneCallback', fn)
    const callback = (): void => this.#call(fn, this, 'a done callback')
    if (this.done()) callback()
    else if (this.#callbacks === NONE) this.#callbacks = [callback]
    else this.#callbacks.push(callback)
  }

  /**
   * Calls `fn` with what the call reports of itself from now on, by `currentTask().progress(value)`. All of it comes
   * before the result. Beyond Python.
   */
  onProgress(fn: (value: unknown) => unknown): void {
    checkFunction('onProgress', fn)
    if (!this.done()) this.#listeners = [...this.#listeners, fn]
  }

  // ── cancelling ─────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Cancels it, whether it waits or runs: it rejects with `TASK_CANCELLED` at once. One that runs hears of it by
   * `currentTask().signal`, and is stopped with its worker if it goes on for 100 ms more. (A future without an
   * executor is cancelled only while it is pending.)
   * @returns whether it is cancelled now: `false` if it was finished before. Python: `cancel`.
   */
  cancel(reason: unknown = 'cancel() was called'): boolean {
    if (this.done()) return this.cancelled()
    if (this.#owner) this.#owner.cancel(reason)
    else if (this.#state === 'pending')
      this.#settle('cancelled', { error: createError('TASK_CANCELLED', { task: this.title, reason }) })
    return this.cancelled()
  }

  // ── for executors and tests ────────────────────────────────────────────────────────────────────────────

  /**
   * To be called before the work is begun: `false` says that it was cancelled and must not be.
   * Errors: `INVALID_STATE`. For executors and tests. Python: `set_running_or_notify_cancel`.
   */
  setRunningOrNotifyCancel(): boolean {
    if (this.#state === 'cancelled') {
      this.letGo()
      return false
    }
    if (this.#state !== 'pending') throw this.#invalid('setRunningOrNotifyCancel')
    this.#state = 'running'
    return true
  }

  /** Errors: `INVALID_STATE` when it is done. For executors and tests. Python: `set_result`. */
  setResult(value: R): void {
    if (this.done()) throw this.#invalid('setResult')
    this.#settle('finished', { value })
  }

  /** Errors: `INVALID_STATE` when it is done. For executors and tests. Python: `set_exception`. */
  setException(error: unknown): void {
    if (this.done()) throw this.#invalid('setException')
    this.#settle('finished', { error })
  }

  /** For messages. @internal */
  get title(): string {
    return this.#owner?.title ?? 'a future'
  }

  /** Who carries it out; nobody else settles it then. @internal */
  attach(owner: FutureOwner): void {
    this.#owner = owner
  }

  /**
   * Its owner gives it up: cancelled, or failed before or beside its call. `lingers`: something of it still runs, and
   * `letGo` will follow. @internal
   */
  abandon(error: unknown, how: { readonly cancelled: boolean; readonly lingers: boolean }): void {
    if (this.done()) return
    this.#lingers = how.lingers
    this.#settle(how.cancelled ? 'cancelled' : 'finished', { error })
    if (how.cancelled && !how.lingers) this.letGo()
  }

  /** Nothing of it runs any more. @internal */
  letGo(): void {
    this.#lingers = false
    if (this.#state === 'cancelled') this.#state = 'cancelledAndNotified'
    this.#tellWatchers()
  }

  /** Is it done, and does nothing of it run any more? @internal */
  get over(): boolean {
    return !this.#lingers && (this.#state === 'finished' || this.#state === 'cancelledAndNotified')
  }

  /** What it failed with, not by being cancelled. @internal */
  get failure(): { readonly error: unknown } | undefined {
    return this.#state === 'finished' && this.#outcome && 'error' in this.#outcome ? this.#outcome : undefined
  }

  /** Settles when it does, and never badly. One for all who wait within limits. @internal */
  get end(): Promise<void> {
    this.#end ??= this.#settling.promise.then(noMatter, noMatter)
    return this.#end
  }

  /** Calls back when it is over; what is returned takes that back. Only for one that is not. @internal */
  onOver(fn: () => void): () => void {
    this.#watchers ??= new Set()
    this.#watchers.add(fn)
    this.#holdWhileWatched()
    return () => {
      this.#watchers?.delete(fn)
      this.#holdWhileWatched()
    }
  }

  /** Does anybody want to hear of its progress? @internal */
  get followed(): boolean {
    return this.#listeners.length > 0
  }

  /** What its call reports. @internal */
  report(value: unknown): void {
    for (const listener of this.#listeners) this.#call(listener, value, 'a progress listener')
  }

  /** `Future`. */
  get [Symbol.toStringTag](): string {
    return 'Future'
  }

  /** `<Future square(3) running>`, `<Future finished returned number>`. */
  toString(): string {
    const title = this.#owner ? ` ${this.#owner.title}` : ''
    return `<${this[Symbol.toStringTag]}${title} ${this.state}${this.#state === 'finished' ? outcomeText(this.#outcome) : ''}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  // ── how ────────────────────────────────────────────────────────────────────────────────────────────────

  #settle(state: FutureState, outcome: { readonly value: R } | { readonly error: unknown }): void {
    this.#state = state
    this.#outcome = outcome
    // The call and all that hangs on it may go; what waits for it is told by the promise.
    this.#owner = undefined
    if ('error' in outcome) this.#settling.reject(outcome.error)
    else this.#settling.resolve(outcome.value)
    const callbacks = this.#callbacks
    this.#callbacks = NONE
    this.#listeners = NONE
    for (const callback of callbacks) callback()
    if (this.over) this.#tellWatchers()
    else this.#holdWhileWatched()
  }

  #tellWatchers(): void {
    const watchers = this.#watchers
    this.#watchers = undefined
    this.#holdWhileWatched()
    if (watchers) for (const watcher of watchers) watcher()
  }

  #holdWhileWatched(): void {
    const wanted = this.#lingers && this.#watchers !== undefined && this.#watchers.size > 0
    if (wanted === (this.#hold !== undefined)) return
    this.#hold ??= new KeepAlive()
    this.#hold.expect(wanted ? 1 : -1)
    if (!wanted) this.#hold = undefined
  }

  /** Waits until it is done. */
  async #within(options: WaitOptions): Promise<void> {
    const what = `the result of ${this.title}`
    if ((await waitFor(this.end, what, options)) === TIMED_OUT)
      throw createError('WAIT_TIMEOUT', { what, timeout: options.timeout as number })
  }

  #call<T>(fn: (argument: T) => unknown, argument: T, what: string): void {
    callBack(() => `${what} of ${this.toString()}`, fn, argument)
  }

  #invalid(call: string): Error {
    return createError('INVALID_STATE', { call, state: this.#state })
  }
}

/** Methods, so that a future of a number is a future of anything. */
interface Settling<R> {
  readonly promise: Promise<R>
  resolve(value: R): void
  reject(error: unknown): void
}

function noMatter(): void {}

/** Most futures have no callbacks: one empty list serves them all. */
const NONE: never[] = []

function outcomeText(outcome: { readonly value: unknown } | { readonly error: unknown } | undefined): string {
  if (!outcome) return ''
  return 'error' in outcome ? ` raised ${typeName(outcome.error)}` : ` returned ${typeName(outcome.value)}`
}

function typeName(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  const name: unknown = (Object.getPrototypeOf(value) as object | null)?.constructor?.name
  return typeof name === 'string' && name !== '' ? name : 'object'
}
