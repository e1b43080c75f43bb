import { checkTimeout, quiet } from '../base/index.ts'
import {
  type Executor,
  type ExecutorMapOptions,
  Future,
  type MapResults,
  type ShutdownOptions,
  type SubmitOptions,
} from '../future/index.ts'
import type { Starter } from '../worker/index.ts'
import type { Items } from './base-pool.ts'
import { shownAtCall } from './call-site.ts'
import { Dispatcher, type Face, NO_OPTIONS } from './dispatcher.ts'
import { ExecutorMap } from './executor-map.ts'
import { Imap } from './imap.ts'
import {
  checkExecutorOptions,
  checkShutdownOptions,
  type ExecutorOptions,
  type PoolOptions,
} from './options.ts'
import type { PoolStats } from './stats.ts'
import { isIterable, zip } from './zip.ts'

const counters = { process: 0, thread: 0 }

/**
 * What `ThreadPoolExecutor` and `ProcessPoolExecutor` share: the executor's face of a crew of workers.
 * Python: `concurrent.futures.Executor`.
 */
export abstract class BaseExecutor implements Executor {
  /** For messages: the option `name`, or `ThreadPoolExecutor-1`, … */
  readonly name: string
  readonly #dispatcher: Dispatcher

  constructor(starter: Starter, noun: string, given: ExecutorOptions<never> = {}) {
    checkExecutorOptions(starter.kind, noun, given)
    const { maxWorkers, threadNamePrefix, ...shared } = given
    this.name = given.name ?? `${noun}-${++counters[starter.kind]}`
    const prefix = threadNamePrefix ?? this.name
    const face: Face = {
      noun,
      name: this.name,
      ending: 'shutdown()',
      nameOf: worker => `${prefix}_${worker - 1}`,
      onDemand: true,
    }
    const options = { ...shared, processes: maxWorkers } as unknown as PoolOptions
    this.#dispatcher = new Dispatcher(this, starter, face, options)
  }

  /**
   * Runs `fn(...args)` in some worker. Python: `submit`.
   * @param fn any function, with what it closes over
   * @param args its arguments. They are copied when the call is sent: don't change them before it is done.
   * @returns a future for what it returns
   * Errors: thrown are `NOT_A_FUNCTION`, `POOL_CLOSED`, `TOO_MANY_PENDING`, `PROGRAM_EXITING` and those of a broken pool; the future
   * has the call's own, `CANNOT_CAPTURE`, `CANNOT_CLONE`, `TASK_CANCELLED`, `TASK_TIMEOUT`, `WORKER_DIED`.
   */
  submit<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: A): Future<Awaited<R>> {
    return this.#submit('submit', fn, args, NO_OPTIONS, this.submit)
  }

  /**
   * As `submit`, with options for this call. Beyond Python.
   * @param options `timeout` (ms, from its start), `signal`, `retries`, `priority`, `transfer`
   */
  submitWith<A extends readonly unknown[], R>(
    options: SubmitOptions,
    fn: (...args: A) => R,
    ...args: A
  ): Future<Awaited<R>> {
    return this.#submit('submitWith', fn, args, options, this.submitWith)
  }

  /**
   * Calls `fn` with the items of one or several iterables side by side, until the shortest ends. It begins at once;
   * the results come in order, one by one or by `toArray()`. The first that failed ends them with its error, and
   * cancels the rest, as leaving the loop does. Python: `map`.
   *
   * An input whose length is known is worked off whether you read or not; one that may be endless, only a little
   * ahead of you; `shutdown()` has all of it done, or with `bufferSize` what was taken of it, and then `POOL_CLOSED`.
   * @param iterables iterables or async iterables; after them, options: `timeout` (ms, from this call to the last
   * result), `chunksize` (default: by measurement), `bufferSize` (items read ahead), `signal`, `retries`, `priority`, `progress`
   * Errors: at the call `NOT_A_FUNCTION`, `NOT_ITERABLE`, `CANNOT_CAPTURE`, `POOL_CLOSED`; while it is read those of
   * items, of their iterator, `DEADLINE_PASSED`, `POOL_CLOSED`.
   */
  map<T, R>(fn: (item: T) => R, items: Items<T>, options?: ExecutorMapOptions): MapResults<Awaited<R>>
  /** `map` over two iterables. */
  map<T, U, R>(
    fn: (first: T, second: U) => R,
    first: Items<T>,
    second: Items<U>,
    options?: ExecutorMapOptions,
  ): MapResults<Awaited<R>>
  /** `map` over three iterables. */
  map<T, U, V, R>(
    fn: (first: T, second: U, third: V) => R,
    first: Items<T>,
    second: Items<U>,
    third: Items<V>,
    options?: ExecutorMapOptions,
  ): MapResults<Awaited<R>>
  /** `map` over any number of iterables. */
  map<A extends readonly unknown[], R>(
    fn: (...items: A) => R,
    ...iterables: { readonly [K in keyof A]: Items<A[K]> }
  ): MapResults<Awaited<R>>
  /** `map` over any number of iterables, with options behind them. */
  map<A extends readonly unknown[], R>(
    fn: (...items: A) => R,
    ...given: [...iterables: { readonly [K in keyof A]: Items<A[K]> }, options: ExecutorMapOptions]
  ): MapResults<Awaited<R>>
  map<R>(fn: (...items: never[]) => R, ...given: readonly unknown[]): MapResults<Awaited<R>> {
    const [iterables, { timeout, ...options }] = apart(given)
    const where = `${this.name}.map`
    const stream = new Imap<unknown>(true, true)
    try {
      checkTimeout(where, timeout)
      const { items, star, sized } = zip(where, iterables)
      const input = { items, star, eager: sized && options.bufferSize === undefined }
      const job = this.#dispatcher.job('map', fn, input, options, { stream }, this.map)
      stream.attach(job)
      return new ExecutorMap(stream as Imap<Awaited<R>>, job.title, timeout)
    } catch (error) {
      throw shownAtCall(error, this.map)
    }
  }

  /**
   * Takes no more work; what it has is done, then the workers end. Python: `shutdown`.
   * @param options `wait: false` settles at once while the work goes on (and keeps the program alive);
   * `cancelFutures: true` cancels what no worker has begun
   * Errors: `WRONG_OPTION`, `UNKNOWN_OPTION`.
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkShutdownOptions(`${this.name}.shutdown`, options)
    const { wait = true, cancelFutures = false } = options
    this.#dispatcher.close()
    if (cancelFutures) this.#dispatcher.dropWaiting(`${this.name} was shut down`)
    // Waited for or not: what was submitted is done, and keeps the program alive until then.
    const over = this.#dispatcher.join()
    if (wait) await over
    else quiet(over)
  }

  /** Stops at once: what is unfinished is cancelled. Settles when the workers are gone. Python: `terminate_workers`. */
  terminateWorkers(): Promise<void> {
    return this.#dispatcher.terminate()
  }

  /** As `terminateWorkers`: no worker here can refuse to go. Python: `kill_workers`. */
  killWorkers(): Promise<void> {
    return this.#dispatcher.terminate()
  }

  /** How things are: workers, queue, counts. Beyond Python. */
  stats(): PoolStats {
    return this.#dispatcher.stats()
  }

  /** `await using executor = …`: leaving the scope finishes what was submitted. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown()
  }

  /** `<ThreadPoolExecutor ThreadPoolExecutor-1 open workers=2 waiting=0 running=1>`. */
  toString(): string {
    return this.#dispatcher.text()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #submit<R>(
    call: string,
    fn: Function,
    args: readonly unknown[],
    options: SubmitOptions,
    above: Function,
  ): Future<Awaited<R>> {
    const future = new Future<Awaited<R>>()
    try {
      this.#dispatcher.submit(call, fn, args, options, future as Future<unknown>, above)
    } catch (error) {
      throw shownAtCall(error, above)
    }
    return future
  }
}

/** The iterables, and the options behind them if there are any. */
function apart(given: readonly unknown[]): [iterables: readonly unknown[], options: ExecutorMapOptions] {
  const last = given.at(-1)
  if (last === undefined && given.length > 1) return [given.slice(0, -1), {}]
  if (typeof last !== 'object' || last === null || isIterable(last)) return [given, {}]
  return [given.slice(0, -1), last]
}
