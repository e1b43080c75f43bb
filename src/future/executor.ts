import type { Future } from './future.ts'

/** What a submitted function gives, its promise awaited. */
type Returned<R> = Future<Awaited<R>>
/** Anything that can be mapped over. */
type Inputs<T> = Iterable<T> | AsyncIterable<T>

/** Options of `submitWith`. */
export interface SubmitOptions {
  /** Milliseconds that the call may run, from its start; then it is stopped, alone. Default: the executor's. */
  readonly timeout?: number | undefined
  /** Cancels it, whether it waits or runs. */
  readonly signal?: AbortSignal | undefined
  /** How often it is run again if it failed or died with its worker. Default: the executor's. */
  readonly retries?: number | undefined
  /** Higher goes first. Default: 0. */
  readonly priority?: number | undefined
  /** Objects of the arguments that are handed over instead of copied (threads). Such a call has no retries. */
  readonly transfer?: readonly unknown[] | undefined
}

/** Is told now and then, and at the end: how many are done, of how many (if known), and how many of them failed. */
export type ProgressListener = (done: number, total: number | undefined, failed: number) => void

/** Options of an executor's `map`, after the iterables. */
export interface ExecutorMapOptions {
  /**
   * Milliseconds from the call of `map` to the last result. What is not there by then is cancelled, whether somebody
   * reads or not; reading gives what is there, and then rejects.
   */
  readonly timeout?: number | undefined
  /** Items per task. Default: chosen by measurement. */
  readonly chunksize?: number | undefined
  /**
   * How many items may be taken from the input beyond those whose results were read. Default: all of an input whose
   * length is known; of another, four per worker and more only while items take less than a few milliseconds.
   */
  readonly bufferSize?: number | undefined
  /** Cancels what has not finished. */
  readonly signal?: AbortSignal | undefined
  /** How often an item that failed or died with its worker is run again. Default: the executor's. */
  readonly retries?: number | undefined
  /** Higher goes first. Default: 0. */
  readonly priority?: number | undefined
  /**
   * `true` draws a bar on a terminal: done, rate, time left, failures. A function is told how many of how many (if
   * known) are done, and how many of them failed.
   */
  readonly progress?: boolean | ProgressListener | undefined
}

/** Options of `shutdown`. */
export interface ShutdownOptions {
  /** `false`: settle at once, while the work goes on. Default: `true`. */
  readonly wait?: boolean | undefined
  /** Cancel what no worker has begun. Default: `false`. */
  readonly cancelFutures?: boolean | undefined
}

/** The results of an executor's `map`, in the order of its input. Leaving a loop over them early cancels the rest. */
export interface MapResults<R> extends AsyncIterableIterator<R> {
  /** All of them that were not read yet. Rejects with the first error. */
  toArray(): Promise<R[]>
}

/** Whatever carries out calls and gives futures for them. Python: `concurrent.futures.Executor`. */
export interface Executor {
  /** Runs `fn(...args)` in some worker. */
  submit<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: A): Returned<R>
  /** As `submit`, with options for this call. */
  submitWith<A extends readonly unknown[], R>(
    options: SubmitOptions,
    fn: (...args: A) => R,
    ...args: A
  ): Returned<R>
  /** Calls `fn` with the items of one or several iterables side by side, until the shortest ends. */
  map<T, R>(fn: (item: T) => R, items: Inputs<T>, options?: ExecutorMapOptions): MapResults<Awaited<R>>
  /** `map` over two iterables. */
  map<T, U, R>(
    fn: (first: T, second: U) => R,
    first: Inputs<T>,
    second: Inputs<U>,
    options?: ExecutorMapOptions,
  ): MapResults<Awaited<R>>
  /** `map` over three iterables. */
  map<T, U, V, R>(
    fn: (first: T, second: U, third: V) => R,
    first: Inputs<T>,
    second: Inputs<U>,
    third: Inputs<V>,
    options?: ExecutorMapOptions,
  ): MapResults<Awaited<R>>
  /** `map` over any number of iterables. */
  map<A extends readonly unknown[], R>(
    fn: (...items: A) => R,
    ...iterables: { readonly [K in keyof A]: Inputs<A[K]> }
  ): MapResults<Awaited<R>>
  /** `map` over any number of iterables, with options behind them. */
  map<A extends readonly unknown[], R>(
    fn: (...items: A) => R,
    ...given: [...iterables: { readonly [K in keyof A]: Inputs<A[K]> }, options: ExecutorMapOptions]
  ): MapResults<Awaited<R>>
  /** Takes no more work; what it has is done, then the workers end. */
  shutdown(options?: ShutdownOptions): Promise<void>
  /** `await using executor = …`: leaving the scope is a `shutdown()`. */
  [Symbol.asyncDispose](): Promise<void>
}
