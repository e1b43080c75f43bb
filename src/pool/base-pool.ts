import { NO_LIMITS, TIMED_OUT, type WaitOptions } from '../base/index.ts'
import { Future } from '../future/index.ts'
import type { Starter } from '../worker/index.ts'
import { AsyncResult } from './async-result.ts'
import { shownAtCall } from './call-site.ts'
import { Dispatcher, type Face, NO_OPTIONS } from './dispatcher.ts'
import { Imap } from './imap.ts'
import {
  type ApplyOptions,
  checkPoolOptions,
  type ImapOptions,
  type MapOptions,
  type PoolOptions,
} from './options.ts'
import type { PoolStats } from './stats.ts'

/** Anything that can be mapped over. */
export type Items<T> = Iterable<T> | AsyncIterable<T>
type Fn<A extends readonly unknown[], R> = (...args: A) => R

const counters = { process: 0, thread: 0 }
const WORKERS = { process: 'PoolWorker', thread: 'PoolThread' }

/**
 * What `Pool` and `ThreadPool` share: a crew of workers, and the many ways of giving it work.
 * Python: `multiprocessing.pool.Pool`, `ThreadPool`.
 */
export abstract class BasePool {
  /** For messages: the option `name`, or `Pool-1`, … */
  readonly name: string
  readonly #dispatcher: Dispatcher

  constructor(
    starter: Starter,
    noun: string,
    given: number | 'auto' | PoolOptions<never> = {},
    more: readonly never[] = [],
  ) {
    const options = (
      typeof given === 'number' || given === 'auto' ? { processes: given } : given
    ) as PoolOptions
    checkPoolOptions(starter.kind, noun, options as PoolOptions<never>, more)
    this.name = options.name ?? `${noun}-${++counters[starter.kind]}`
    const face: Face = {
      noun,
      name: this.name,
      ending: 'close() or terminate()',
      nameOf: worker => `${WORKERS[starter.kind]}-${worker}`,
      onDemand: false,
    }
    this.#dispatcher = new Dispatcher(this, starter, face, options)
  }

  // ── one call ───────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Runs one call in some worker. Python: `apply`, which blocks; here you `await` it, or don't.
   * @param fn any function, with what it closes over
   * @param args its arguments. They are copied when the call is sent: don't change them before it is done.
   * @param options `timeout` (ms, from its start), `signal`, `retries`, `priority`, `transfer`
   * @returns what it returned
   * Errors: its own; `TASK_TIMEOUT`, `TASK_CANCELLED`, `WORKER_DIED`, `CANNOT_CAPTURE`, `CANNOT_CLONE`, `POOL_CLOSED`, `TOO_MANY_PENDING`.
   */
  apply<A extends readonly unknown[], R>(
    fn: Fn<A, R>,
    args?: readonly [...A],
    options: ApplyOptions = NO_OPTIONS,
  ): Promise<Awaited<R>> {
    return new Promise((resolve, reject) => {
      try {
        const settle = resolve as (value: unknown) => void
        this.#dispatcher.call('apply', fn, args ?? [], options, this.apply, settle, reject)
      } catch (error) {
        reject(shownAtCall(error, this.apply))
      }
    })
  }

  /** As `apply`, with a result that can be asked and cancelled. Python: `apply_async`. */
  applyAsync<A extends readonly unknown[], R>(
    fn: Fn<A, R>,
    args?: readonly [...A],
    options: ApplyOptions = NO_OPTIONS,
  ): AsyncResult<Awaited<R>> {
    const result = new AsyncResult<Awaited<R>>()
    try {
      this.#dispatcher.submit('applyAsync', fn, args ?? [], options, result, this.applyAsync)
    } catch (error) {
      result.setException(shownAtCall(error, this.applyAsync))
    }
    return result
  }

  // ── many calls ─────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Calls `fn` with each item; the results in the items' order. All items are tried even if one fails; then the
   * error of the first that failed is thrown. Python: `map`.
   * @param items an iterable or async iterable, read as workers get to it
   * @param options `chunksize` (default: by measurement), `timeout` (ms per item), `signal`, `retries`, `priority`, `progress`
   * Errors: as `apply`; those of the items' iterator; `NOT_ITERABLE`.
   */
  map<T, R>(fn: (item: T) => R, items: Items<T>, options: MapOptions = NO_OPTIONS): Promise<Awaited<R>[]> {
    return this.#list('map', fn, items, options, new Future<Awaited<R>[]>()).result()
  }

  /** As `map`, with a result that can be asked and cancelled. Python: `map_async`. */
  mapAsync<T, R>(
    fn: (item: T) => R,
    items: Items<T>,
    options: MapOptions = NO_OPTIONS,
  ): AsyncResult<Awaited<R>[]> {
    return this.#list('mapAsync', fn, items, options, new AsyncResult<Awaited<R>[]>())
  }

  /** As `map`, each item being an array of arguments. Python: `starmap`. */
  starmap<A extends readonly unknown[], R>(
    fn: Fn<A, R>,
    items: Items<Readonly<A>>,
    options: MapOptions = NO_OPTIONS,
  ): Promise<Awaited<R>[]> {
    return this.#list('starmap', fn, items, options, new Future<Awaited<R>[]>()).result()
  }

  /** As `starmap`, with a result that can be asked and cancelled. Python: `starmap_async`. */
  starmapAsync<A extends readonly unknown[], R>(
    fn: Fn<A, R>,
    items: Items<Readonly<A>>,
    options: MapOptions = NO_OPTIONS,
  ): AsyncResult<Awaited<R>[]> {
    return this.#list('starmapAsync', fn, items, options, new AsyncResult<Awaited<R>[]>())
  }

  /**
   * As `map`, but results come one by one as an async iterable, in the items' order, and the input is read only a
   * little ahead of them: endless inputs are fine. `next()` rejects for an item that failed; the following call
   * goes on behind it. Python: `imap`.
   */
  imap<T, R>(fn: (item: T) => R, items: Items<T>, options: ImapOptions = NO_OPTIONS): Imap<Awaited<R>> {
    return this.#stream('imap', fn, items, options, true)
  }

  /** As `imap`, in the order in which they are done. Python: `imap_unordered`. */
  imapUnordered<T, R>(
    fn: (item: T) => R,
    items: Items<T>,
    options: ImapOptions = NO_OPTIONS,
  ): Imap<Awaited<R>> {
    return this.#stream('imapUnordered', fn, items, options, false)
  }

  // ── its own life ───────────────────────────────────────────────────────────────────────────────────────

  /** Takes no more work; what it has is done. Python: `close`. */
  close(): void {
    this.#dispatcher.close()
  }

  /** Stops at once: everything unfinished rejects with `TASK_CANCELLED`. Settles when the workers are gone. Python: `terminate`. */
  terminate(): Promise<void> {
    return this.#dispatcher.terminate()
  }

  /**
   * Waits until everything is done and all workers are gone; false when the timeout came first. Python: `join`.
   * Errors: `POOL_STILL_OPEN`, `WAIT_ABORTED`.
   */
  async join(options: WaitOptions = NO_LIMITS): Promise<boolean> {
    return (await this.#dispatcher.join(options)) !== TIMED_OUT
  }

  /** How things are: workers, queue, counts. Beyond Python. */
  stats(): PoolStats {
    return this.#dispatcher.stats()
  }

  /** `await using pool = …`: leaving the scope finishes what was submitted. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.join()
  }

  /** `<ThreadPool ThreadPool-1 open workers=2 waiting=0 running=1>`. */
  toString(): string {
    return this.#dispatcher.text()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  // ── how ────────────────────────────────────────────────────────────────────────────────────────────────

  /** All at the end: a future that the job settles. */
  #list<F extends Future<unknown[]>>(
    call: 'map' | 'mapAsync' | 'starmap' | 'starmapAsync',
    fn: Function,
    items: Items<unknown>,
    options: MapOptions,
    results: F,
  ): F {
    const input = { items, star: call.startsWith('star'), eager: false }
    const above: Function = this[call]
    try {
      this.#dispatcher.job(call, fn, input, options, { results }, above)
    } catch (error) {
      results.setException(shownAtCall(error, above))
    }
    return results
  }

  #stream<R>(
    call: 'imap' | 'imapUnordered',
    fn: Function,
    items: Items<unknown>,
    options: ImapOptions,
    ordered: boolean,
  ): Imap<R> {
    const stream = new Imap<unknown>(ordered)
    const input = { items, star: false, eager: false }
    const above: Function = this[call]
    try {
      stream.attach(this.#dispatcher.job(call, fn, input, options, { stream }, above))
    } catch (error) {
      throw shownAtCall(error, above)
    }
    return stream as Imap<R>
  }
}
