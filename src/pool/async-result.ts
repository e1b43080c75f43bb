import { createError, TIMED_OUT, type WaitOptions, waitFor } from '../base/index.ts'

/**
 * What `applyAsync` and its kin give at once: a promise that can also be asked. Python: `AsyncResult`.
 * @example
 * import { ThreadPool } from 'manycore'
 * const pool = new ThreadPool(1)
 * const result = pool.applyAsync((a, b) => a + b, [1, 2])
 * await result.get({ timeout: 10_000 })   // 3
 * result.successful()                     // true
 * await pool.terminate()
 */
export class AsyncResult<R> implements PromiseLike<R> {
  readonly #promise: Promise<R>
  readonly #cancel: (reason: unknown) => void
  readonly #title: string
  #outcome: 'pending' | 'good' | 'bad' = 'pending'

  /** Made by a pool. @internal */
  constructor(promise: Promise<R>, title: string, cancel: (reason: unknown) => void) {
    this.#promise = promise
    this.#title = title
    this.#cancel = cancel
    promise.then(
      () => {
        this.#outcome = 'good'
      },
      () => {
        this.#outcome = 'bad'
      },
    )
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise on purpose
  then<A = R, B = never>(
    onValue?: ((value: R) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onValue, onError)
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<R | B> {
    return this.#promise.catch(onError)
  }

  finally(onEnd?: (() => void) | null): Promise<R> {
    return this.#promise.finally(onEnd)
  }

  /**
   * The value, or the task's error.
   * @param options `timeout` in milliseconds, `signal`; the task goes on when they end the wait
   * Errors: the task's own; `WAIT_TIMEOUT`, `WAIT_ABORTED`. Python: `get`.
   */
  async get(options: WaitOptions = {}): Promise<R> {
    const what = `the result of ${this.#title}`
    const value = await waitFor(this.#promise, what, options)
    if (value === TIMED_OUT) throw createError('WAIT_TIMEOUT', { what, timeout: options.timeout as number })
    return value
  }

  /** Waits until it is there, good or bad; false when the timeout came first. Python: `wait`. */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    const ended = this.#promise.then(noMatter, noMatter)
    return (await waitFor(ended, `the result of ${this.#title}`, options)) !== TIMED_OUT
  }

  /** Is it there, good or bad? Python: `ready`. */
  ready(): boolean {
    return this.#outcome !== 'pending'
  }

  /** Did it end without an error? Errors: `RESULT_NOT_READY`. Python: `successful`. */
  successful(): boolean {
    if (this.#outcome === 'pending') throw createError('RESULT_NOT_READY', { task: this.#title })
    return this.#outcome === 'good'
  }

  /** Cancels what has not finished, running tasks too: they reject with `TASK_CANCELLED`. Beyond Python. */
  cancel(reason: unknown = 'cancel() was called'): void {
    this.#cancel(reason)
  }

  get [Symbol.toStringTag](): string {
    return 'AsyncResult'
  }
}

function noMatter(): void {}
