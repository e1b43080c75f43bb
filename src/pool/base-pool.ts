import {
  createError,
  deferred,
  type Deferred,
  describe,
  quiet,
  TIMED_OUT,
  type WaitOptions,
} from '../base/index.ts'
import { capture, type Portable } from '../capture/index.ts'
import { type Abilities, arePrimitive, pack } from '../codec/index.ts'
import type { CallSite, Starter } from '../worker/index.ts'
import { callSite, shownAtCall } from './call-site.ts'
import { AsyncResult } from './async-result.ts'
import { Crew, type Initializer } from './crew.ts'
import { Imap } from './imap.ts'
import { inputsOf } from './inputs.ts'
import { MapJob } from './map-job.ts'
import {
  type ApplyOptions,
  type CallOptions,
  checkCallOptions,
  checkPoolOptions,
  type ImapOptions,
  type MapOptions,
  type PoolOptions,
} from './options.ts'
import { SingleTask } from './single-task.ts'
import type { PoolStats } from './stats.ts'
import type { TaskLimits } from './task.ts'

/** Anything that can be mapped over. */
export type Items<T> = Iterable<T> | AsyncIterable<T>
type Fn<A extends readonly unknown[], R> = (...args: A) => R

const counters = { process: 0, thread: 0 }
const NO_OPTIONS: ApplyOptions = {}

/** A pool that nobody can close any more is closed, which ends its workers after what it has. Python: `ResourceWarning`. */
const dropped = new FinalizationRegistry<{ readonly name: string; readonly crew: Crew }>(({ name, crew }) => {
  if (crew.broken) return
  process.emitWarning(
    `${name} was dropped without close() or terminate(); it is closed now`,
    'ManycoreWarning',
  )
  crew.close()
})

/**
 * What `Pool` and `ThreadPool` share: a crew of workers, and the many ways of giving it work.
 * Python: `multiprocessing.pool.Pool`, `ThreadPool`.
 */
export abstract class BasePool {
  readonly name: string
  readonly #options: PoolOptions
  readonly #can: Abilities
  readonly #crew: Crew
  /** Functions whose portable form can never change. */
  readonly #portables = new WeakMap<Function, Portable>()
  readonly #limits: TaskLimits
  #state: 'open' | 'closed' | 'terminated' = 'open'

  constructor(starter: Starter, noun: string, given: number | 'auto' | PoolOptions<never> = {}) {
    const options = (
      typeof given === 'number' || given === 'auto' ? { processes: given } : given
    ) as PoolOptions
    checkPoolOptions(noun, options as PoolOptions<never>)
    this.name = options.name ?? `${noun}-${++counters[starter.kind]}`
    this.#options = options
    this.#can =
      starter.kind === 'thread' ? { transfer: true, share: true } : { transfer: false, share: false }
    this.#limits = {
      timeout: options.timeout,
      retries: options.retries ?? 0,
      priority: 0,
      transfer: undefined,
      reportBegin: options.timeout !== undefined && (options.concurrency ?? 1) !== 1,
    }
    this.#crew = new Crew(starter, this.name, options, this.#initializer(noun))
    dropped.register(this, { name: this.name, crew: this.#crew }, this)
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
        this.#submit('apply', fn, args ?? [], options, undefined, resolve as (value: unknown) => void, reject)
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
    const [own, cancel] = cancellable(options)
    const site = callSite(this.applyAsync)
    const promise = new Promise<Awaited<R>>((resolve, reject) => {
      try {
        this.#submit('applyAsync', fn, args ?? [], own, site, resolve as (value: unknown) => void, reject)
      } catch (error) {
        reject(shownAtCall(error, this.applyAsync))
      }
    })
    return new AsyncResult(quiet(promise), nameOf(fn), cancel)
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
    return this.#map('map', fn, items, options, false) as Promise<Awaited<R>[]>
  }

  /** As `map`, with a result that can be asked and cancelled. Python: `map_async`. */
  mapAsync<T, R>(
    fn: (item: T) => R,
    items: Items<T>,
    options: MapOptions = NO_OPTIONS,
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapAsync('mapAsync', fn, items, options, false) as AsyncResult<Awaited<R>[]>
  }

  /** As `map`, each item being an array of arguments. Python: `starmap`. */
  starmap<A extends readonly unknown[], R>(
    fn: Fn<A, R>,
    items: Items<Readonly<A>>,
    options: MapOptions = NO_OPTIONS,
  ): Promise<Awaited<R>[]> {
    return this.#map('starmap', fn, items, options, true) as Promise<Awaited<R>[]>
  }

  /** As `starmap`, with a result that can be asked and cancelled. Python: `starmap_async`. */
  starmapAsync<A extends readonly unknown[], R>(
    fn: Fn<A, R>,
    items: Items<Readonly<A>>,
    options: MapOptions = NO_OPTIONS,
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapAsync('starmapAsync', fn, items, options, true) as AsyncResult<Awaited<R>[]>
  }

  /**
   * As `map`, but results come one by one as an async iterable, in the items' order, and the input is read only a
   * little ahead of them: endless inputs are fine. `next()` rejects for an item that failed; the following call
   * goes on behind it. Python: `imap`.
   */
  imap<T, R>(fn: (item: T) => R, items: Items<T>, options: ImapOptions = NO_OPTIONS): Imap<Awaited<R>> {
    return this.#imap('imap', fn, items, options, true)
  }

  /** As `imap`, in the order in which they are done. Python: `imap_unordered`. */
  imapUnordered<T, R>(
    fn: (item: T) => R,
    items: Items<T>,
    options: ImapOptions = NO_OPTIONS,
  ): Imap<Awaited<R>> {
    return this.#imap('imapUnordered', fn, items, options, false)
  }

  // ── its own life ───────────────────────────────────────────────────────────────────────────────────────

  /** Takes no more work; what it has is done. Python: `close`. */
  close(): void {
    if (this.#state !== 'open') return
    this.#state = 'closed'
    dropped.unregister(this)
    this.#crew.close()
  }

  /** Stops at once: everything unfinished rejects with `TASK_CANCELLED`. Settles when the workers are gone. Python: `terminate`. */
  terminate(): Promise<void> {
    this.#state = 'terminated'
    dropped.unregister(this)
    return this.#crew.terminate()
  }

  /**
   * Waits until everything is done and all workers are gone; false when the timeout came first. Python: `join`.
   * Errors: `POOL_STILL_OPEN`, `WAIT_ABORTED`.
   */
  async join(options: WaitOptions = {}): Promise<boolean> {
    if (this.#state === 'open' && !this.#crew.broken)
      throw createError('POOL_STILL_OPEN', { pool: this.name })
    return (await this.#crew.join(options, `the end of ${this.name}`)) !== TIMED_OUT
  }

  /** How things are: workers, queue, counts. Beyond Python. */
  stats(): PoolStats {
    return this.#crew.stats(this.#state)
  }

  /** `await using pool = …`: leaving the scope finishes what was submitted. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.join()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { workers, waiting, running } = this.stats()
    return `<${this.constructor.name} ${this.name} ${this.#state} workers=${workers.total} waiting=${waiting} running=${running}>`
  }

  // ── how ────────────────────────────────────────────────────────────────────────────────────────────────

  #submit(
    call: string,
    fn: Function,
    args: readonly unknown[],
    options: ApplyOptions,
    site: CallSite | undefined,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ): void {
    if (options !== NO_OPTIONS) checkCallOptions(`${this.name}.${call}`, options, 'apply')
    if (!Array.isArray(args))
      throw createError('WRONG_OPTION', {
        where: `${this.name}.${call}`,
        option: 'args',
        got: describe(args),
        expected: 'an array',
      })
    this.#admit(call)
    const portable = this.#portable(call, fn)
    const graph = arePrimitive(args)
      ? undefined
      : pack(args, { path: 'args', can: this.#can, transfer: options.transfer })
    const limits = options === NO_OPTIONS ? this.#limits : this.#limitsOf(options)
    this.#crew.submit(new SingleTask(portable, args, graph, limits, site, resolve, reject), options.signal)
  }

  #map(
    call: string,
    fn: Function,
    items: Items<unknown>,
    options: MapOptions,
    star: boolean,
  ): Promise<unknown[]> {
    const results = deferred<unknown[]>()
    try {
      this.#job(call, fn, items, options, star, { mode: 'list', results })
    } catch (error) {
      results.reject(shownAtCall(error, this.#map))
    }
    return results.promise
  }

  #mapAsync(
    call: string,
    fn: Function,
    items: Items<unknown>,
    options: MapOptions,
    star: boolean,
  ): AsyncResult<unknown[]> {
    const [own, cancel] = cancellable(options)
    const promise = this.#map(call, fn, items, own, star)
    return new AsyncResult(quiet(promise), `${call}(${nameOf(fn)})`, cancel)
  }

  #imap<R>(
    call: string,
    fn: Function,
    items: Items<unknown>,
    options: ImapOptions,
    ordered: boolean,
  ): Imap<R> {
    const imap = new Imap<R>(ordered)
    try {
      imap.attach(
        this.#job(call, fn, items, options, false, { mode: 'stream', stream: imap as Imap<unknown> }),
      )
    } catch (error) {
      throw shownAtCall(error, this.#imap)
    }
    return imap
  }

  #job(
    call: string,
    fn: Function,
    items: Items<unknown>,
    options: ImapOptions,
    star: boolean,
    out: { mode: 'list'; results: Deferred<unknown[]> } | { mode: 'stream'; stream: Imap<unknown> },
  ): MapJob {
    const where = `${this.name}.${call}`
    checkCallOptions(where, options, out.mode === 'list' ? 'map' : 'imap')
    const inputs = inputsOf(where, items)
    this.#admit(call)
    const portable = this.#portable(call, fn)
    const job = new MapJob(this.#crew, {
      inputs,
      star,
      can: this.#can,
      limits: this.#limitsOf(options),
      chunksize: options.chunksize ?? (this.#options.maxTasksPerChild === undefined ? undefined : 1),
      signal: options.signal,
      progress: options.progress,
      site: callSite(this.#job),
      bufferSize: options.bufferSize,
      ...(out.mode === 'list' ? { results: out.results } : { stream: out.stream }),
    })
    job.start(portable)
    return job
  }

  /** Refuses what comes too late or is too much. */
  #admit(call: string): void {
    if (this.#state !== 'open') throw createError('POOL_CLOSED', { pool: this.name, state: this.#state })
    const { broken } = this.#crew
    if (broken) throw broken
    const { maxPending } = this.#options
    if (maxPending !== undefined && !call.includes('map') && this.#crew.waiting >= maxPending) {
      throw createError('TOO_MANY_PENDING', { pool: this.name, maxPending })
    }
  }

  /** The function, ready to travel. Captured once if nothing in it can change, else at each call. */
  #portable(call: string, fn: Function): Portable {
    if (typeof fn !== 'function') {
      throw createError('NOT_A_FUNCTION', { where: `${this.name}.${call}`, got: describe(fn) })
    }
    const known = this.#portables.get(fn)
    if (known) return known
    const portable = capture(fn, `${this.name}.${call}`, this.#can)
    if (portable.stable) this.#portables.set(fn, portable)
    return portable
  }

  #limitsOf(options: CallOptions): TaskLimits {
    const timeout = options.timeout ?? this.#limits.timeout
    return {
      timeout,
      reportBegin: timeout !== undefined && this.#crew.isShared,
      retries: options.retries ?? this.#limits.retries,
      priority: options.priority ?? 0,
      transfer: this.#can.transfer ? (options as ApplyOptions).transfer : undefined,
    }
  }

  /** The initializer, captured once; workers get it with their boot message. */
  #initializer(noun: string): Initializer | undefined {
    const { initializer, initargs = [] } = this.#options
    if (!initializer) return undefined
    const graph = pack(initargs, { path: 'initargs', can: this.#can })
    return {
      fn: capture(initializer, `${noun}'s initializer`, this.#can),
      args: graph ?? initargs,
      packed: graph !== undefined,
    }
  }
}

function nameOf(fn: unknown): string {
  return typeof fn === 'function' && fn.name !== '' ? fn.name : '(anonymous)'
}

/** Options with a signal of their own beside the caller's, and what fires it. */
function cancellable<O extends CallOptions>(options: O): [own: O, cancel: (reason: unknown) => void] {
  const { signal: given } = options ?? {}
  const controller = new AbortController()
  const cancel = (reason: unknown): void => controller.abort(reason)
  // What is wrong with them is for the call itself to tell.
  if (given !== undefined && !(given instanceof AbortSignal)) return [options, cancel]
  if (typeof options !== 'object' || options === null) return [options, cancel]
  const signal = given ? AbortSignal.any([given, controller.signal]) : controller.signal
  return [{ ...options, signal }, cancel]
}
