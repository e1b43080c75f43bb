import {
  checkFunction,
  createError,
  describe,
  NO_LIMITS,
  type TIMED_OUT,
  type WaitOptions,
} from '../base/index.ts'
import { capture, packAs, type Portable } from '../capture/index.ts'
import { type Abilities, arePrimitive, type Graph, takeBackUnsent } from '../codec/index.ts'
import type { Future } from '../future/index.ts'
import { isExiting, type Starter } from '../worker/index.ts'
import { CallSites, callSite, shownAtCall } from './call-site.ts'
import { Crew } from './crew.ts'
import type { CrewStyle } from './crew-words.ts'
import type { Initializer } from './recruiter.ts'
import { copyOf } from './failures.ts'
import { FutureTask } from './future-task.ts'
import type { Imap } from './imap.ts'
import { inputsOf } from './inputs.ts'
import { MapJob } from './map-job.ts'
import {
  type ApplyOptions,
  type CallOptions,
  checkCallOptions,
  type ImapOptions,
  type PoolOptions,
} from './options.ts'
import { SingleTask } from './single-task.ts'
import type { PoolStats } from './stats.ts'
import { modeOf, type TaskLimits } from './task.ts'

/** Shared by all calls without options, so that those need not be looked at. */
export const NO_OPTIONS: ApplyOptions = {}

/** What a face of a crew is called, and calls things. */
export interface Face extends CrewStyle {
  /** `Pool`, `ThreadPoolExecutor`. */
  readonly noun: string
  /** `Pool-1`. */
  readonly name: string
  /** What one should have called before losing it. */
  readonly ending: string
}

/** Where the results of a job go: all at the end, or one by one. */
export type Output = { readonly results: Future<unknown[]> } | { readonly stream: Imap<unknown> }

/** How a job gets its work. */
export interface JobInput {
  readonly items: unknown
  /** Each item is an array of arguments. */
  readonly star: boolean
  /** Don't wait for a reader. */
  readonly eager: boolean
}

/** A face that nobody can reach any more is closed, which ends its workers after what they have. Python: `ResourceWarning`. */
const dropped = new FinalizationRegistry<{ readonly face: Face; readonly crew: Crew }>(({ face, crew }) => {
  if (crew.broken) return
  process.emitWarning(`${face.name} was dropped without ${face.ending}; it is closed now`, 'ManycoreWarning')
  crew.close()
})

/**
 * What is behind every pool and executor: looks at what is asked for, makes it ready to travel, and gives it to the
 * crew as tasks.
 *
 *     face (Pool, executor) ─► checks ─► capture, pack ─► SingleTask, FutureTask, MapJob ─► Crew
 */
export class Dispatcher {
  readonly face: Face
  readonly #options: PoolOptions
  readonly #can: Abilities
  readonly #crew: Crew
  /** Functions whose portable form can never change. */
  readonly #portables = new WeakMap<Function, Portable>()
  readonly #limits: TaskLimits
  readonly #sites = new CallSites()
  #state: 'open' | 'closed' | 'terminated' = 'open'

  /** `options` are checked already; `owner` is whom the user holds. */
  constructor(owner: object, starter: Starter, face: Face, options: PoolOptions) {
    this.face = face
    this.#options = options
    this.#can = starter.can
    this.#limits = {
      timeout: options.timeout,
      retries: options.retries ?? 0,
      priority: 0,
      transfer: undefined,
      mode: modeOf(options.timeout, (options.concurrency ?? 1) !== 1),
    }
    this.#crew = new Crew(starter, face.name, face, options, this.#initializer())
    dropped.register(owner, { face, crew: this.#crew }, this)
  }

  get state(): 'open' | 'closed' | 'terminated' {
    return this.#state
  }

  // ── giving work ────────────────────────────────────────────────────────────────────────────────────────

  /** One call with a promise. Throws what refuses it. */
  call(
    call: string,
    fn: Function,
    args: readonly unknown[],
    options: ApplyOptions,
    above: Function,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ): void {
    const where = `${this.face.name}.${call}`
    this.#checkCall(where, fn, args, options)
    const portable = this.#portable(where, fn, above)
    const graph = this.#packed(portable, args, options)
    const task = new SingleTask(portable, args, graph, this.#limitsOf(options), undefined, resolve, reject)
    this.#crew.submit(task, options.signal)
  }

  /** One call with a future. Throws what is wrong with the call; what can't travel fails the future. */
  submit(
    call: string,
    fn: Function,
    args: readonly unknown[],
    options: ApplyOptions,
    future: Future<unknown>,
    above: Function,
  ): void {
    const where = `${this.face.name}.${call}`
    this.#checkCall(where, fn, args, options)
    let portable: Portable
    let graph: Graph | undefined
    try {
      portable = this.#portable(where, fn, above)
      graph = this.#packed(portable, args, options)
    } catch (error) {
      return future.setException(shownAtCall(error, above))
    }
    const site = this.#sites.of(fn, above)
    const task = new FutureTask(this.#crew, portable, args, graph, this.#limitsOf(options), site, future)
    this.#crew.submit(task, options.signal)
  }

  /** Many calls. Throws what refuses them. */
  job(
    call: string,
    fn: Function,
    input: JobInput,
    options: ImapOptions,
    out: Output,
    above: Function,
  ): MapJob {
    const where = `${this.face.name}.${call}`
    checkCallOptions(where, options, 'results' in out ? 'map' : 'imap')
    const inputs = inputsOf(where, input.items)
    this.#admit()
    checkFunction(where, fn)
    const job = new MapJob(this.#crew, {
      fn: this.#portable(where, fn, above),
      inputs,
      star: input.star,
      eager: input.eager,
      can: this.#can,
      strict: this.#options.strict,
      title: `${call}(${fn.name || '(anonymous)'})`,
      limits: this.#limitsOf(options),
      chunksize: options.chunksize ?? (this.#options.maxTasksPerChild === undefined ? undefined : 1),
      signal: options.signal,
      progress: options.progress,
      site: callSite(above),
      bufferSize: options.bufferSize,
      ...out,
    })
    job.start()
    return job
  }

  // ── the end ────────────────────────────────────────────────────────────────────────────────────────────

  close(): void {
    if (this.#state !== 'open') return
    this.#state = 'closed'
    dropped.unregister(this)
    this.#crew.close()
  }

  /** After `close`: what no worker has begun is cancelled. */
  dropWaiting(reason: string): void {
    this.#crew.dropWaiting(reason)
  }

  terminate(): Promise<void> {
    this.#state = 'terminated'
    dropped.unregister(this)
    return this.#crew.terminate()
  }

  async join(options: WaitOptions = NO_LIMITS): Promise<void | typeof TIMED_OUT> {
    if (this.#state === 'open' && !this.#crew.broken)
      throw createError('POOL_STILL_OPEN', { pool: this.face.name })
    return this.#crew.join(options, `the end of ${this.face.name}`)
  }

  stats(): PoolStats {
    return this.#crew.stats(this.#state)
  }

  /** `<Pool Pool-1 open workers=2 waiting=0 running=1>`. */
  text(): string {
    const { workers, waiting, running } = this.stats()
    const { noun, name } = this.face
    return `<${noun} ${name} ${this.#state} workers=${workers.total} waiting=${waiting} running=${running}>`
  }

  // ── how ────────────────────────────────────────────────────────────────────────────────────────────────

  #checkCall(where: string, fn: unknown, args: readonly unknown[], options: ApplyOptions): void {
    if (options !== NO_OPTIONS) checkCallOptions(where, options, 'apply')
    if (!Array.isArray(args))
      throw createError('WRONG_OPTION', { where, option: 'args', got: describe(args), expected: 'an array' })
    this.#admit()
    const { maxPending } = this.#options
    if (maxPending !== undefined && this.#crew.waiting >= maxPending)
      throw createError('TOO_MANY_PENDING', { pool: this.face.name, maxPending })
    checkFunction(where, fn)
  }

  /** Refuses what comes too late. */
  #admit(): void {
    const { name: pool } = this.face
    if (this.#state !== 'open') throw createError('POOL_CLOSED', { pool, state: this.#state })
    if (this.#crew.broken) throw copyOf(this.#crew.broken)
    if (isExiting()) throw createError('PROGRAM_EXITING', { what: `${pool} got work` })
  }

  /** The function, ready to travel. Captured once if nothing in it can change, else at each call. */
  #portable(where: string, fn: Function, above: Function): Portable {
    const known = this.#portables.get(fn)
    if (known) return known
    const { strict } = this.#options
    const portable = capture(fn, where, this.#can, { strict, above })
    if (portable.stable) this.#portables.set(fn, portable)
    return portable
  }

  /** The arguments, ready to travel. Where they can't, their function is not sent either. */
  #packed(fn: Portable, args: readonly unknown[], { transfer }: ApplyOptions): Graph | undefined {
    if (arePrimitive(args)) return undefined
    try {
      return packAs(this.#options.strict, args, { path: 'args', can: this.#can, transfer })
    } catch (error) {
      if (fn.carries) takeBackUnsent(fn.graph)
      throw error
    }
  }

  #limitsOf(options: CallOptions): TaskLimits {
    if (options === NO_OPTIONS) return this.#limits
    const timeout = options.timeout ?? this.#limits.timeout
    return {
      timeout,
      mode: modeOf(timeout, this.#crew.isShared),
      retries: options.retries ?? this.#limits.retries,
      priority: options.priority ?? 0,
      transfer: this.#can.transfer ? (options as ApplyOptions).transfer : undefined,
    }
  }

  /** The initializer, captured once; workers get it with their boot message. */
  #initializer(): Initializer | undefined {
    const { initializer, initargs = [], strict } = this.#options
    if (!initializer) return undefined
    const graph = packAs(strict, initargs, { path: 'initargs', can: this.#can })
    return {
      fn: capture(initializer, `${this.face.noun}'s initializer`, this.#can, { strict }),
      args: graph ?? initargs,
      packed: graph !== undefined,
    }
  }
}
