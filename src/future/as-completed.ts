import {
  checkLimits,
  createError,
  type Deferred,
  deferred,
  NO_LIMITS,
  now,
  TIMED_OUT,
  waitFor,
  type WaitOptions,
} from '../base/index.ts'
import { checkedFutures } from './checked.ts'
import type { Future } from './future.ts'

/**
 * Futures as they get done: an async iterator. (The type of the library for those would have the compiler believe that
 * a loop over it awaits each future, for a future is a promise.)
 */
export interface CompletedFutures<F> {
  /** The next one that is done; `done` behind the last. Errors: `FUTURES_UNFINISHED`, `WAIT_ABORTED`. */
  next(): Promise<IteratorResult<F, undefined>>
  /** Leaves the rest alone. */
  return(): Promise<IteratorResult<F, undefined>>
  /** Itself, for `for await`. */
  [Symbol.asyncIterator](): CompletedFutures<F>
}

/**
 * The futures one by one as they get done, those that are done already first. Each comes once, and nothing of it runs
 * any more. Python: `concurrent.futures.as_completed`.
 * @param futures any iterable of futures
 * @param options `timeout` in milliseconds from this call until the last one; `signal`
 * Errors: `NOT_ITERABLE`, `WRONG_OPTION` at the call; `FUTURES_UNFINISHED`, `WAIT_ABORTED` while it is read. What the
 * futures failed with is theirs to tell.
 * @example
 * import { asCompleted, ThreadPoolExecutor } from 'manycore'
 * const executor = new ThreadPoolExecutor({ maxWorkers: 2 })
 * const futures = [3, 2, 1].map(n => executor.submit(m => m * m, n))
 * let sum = 0
 * for await (const future of asCompleted(futures)) sum += await future
 * sum   // 14
 * await executor.shutdown()
 */
export function asCompleted<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitOptions = NO_LIMITS,
): CompletedFutures<F> {
  checkLimits('asCompleted', options)
  return new Completions(checkedFutures('asCompleted', futures), options)
}

/** Not a generator: those await what they yield, and a future is a promise. */
class Completions<F extends Future<unknown>> implements CompletedFutures<F> {
  readonly #options: WaitOptions
  readonly #called = now()
  readonly #total: number
  /** Done and not handed out. Who has got a future is the only one to keep it. */
  #ready: (F | undefined)[] = []
  /** How many of these are handed out. */
  #out = 0
  /** Those that are not done, and how to stop hearing of them. */
  readonly #open = new Map<F, () => void>()
  #wake: Deferred<void> | undefined

  constructor(futures: ReadonlySet<F>, options: WaitOptions) {
    this.#options = options
    this.#total = futures.size
    for (const future of futures) {
      if (future.over) this.#ready.push(future)
      else
        this.#open.set(
          future,
          future.onOver(() => this.#completed(future)),
        )
    }
  }

  async next(): Promise<IteratorResult<F, undefined>> {
    while (this.#out === this.#ready.length && this.#open.size > 0) await this.#more()
    const value = this.#ready[this.#out]
    if (!value) return { done: true, value: undefined }
    this.#ready[this.#out++] = undefined
    return { done: false, value }
  }

  async return(): Promise<IteratorResult<F, undefined>> {
    this.#ready = []
    this.#out = 0
    for (const forget of this.#open.values()) forget()
    this.#open.clear()
    this.#wake?.resolve()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** `<CompletedFutures ready=1 open=2>`. */
  toString(): string {
    return `<CompletedFutures ready=${this.#ready.length - this.#out} open=${this.#open.size}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #completed(future: F): void {
    this.#open.delete(future)
    this.#ready.push(future)
    this.#wake?.resolve()
    this.#wake = undefined
  }

  async #more(): Promise<void> {
    const { timeout, signal } = this.#options
    const left = timeout === undefined ? undefined : this.#called + timeout - now()
    this.#wake ??= deferred()
    let unfinished = 0
    try {
      const woken = await waitFor(this.#wake.promise, 'the next future', { timeout: left, signal })
      if (woken !== TIMED_OUT) return
      unfinished = this.#open.size
    } catch (error) {
      await this.return()
      throw error
    }
    await this.return()
    throw createError('FUTURES_UNFINISHED', { unfinished, total: this.#total, timeout: timeout as number })
  }
}
