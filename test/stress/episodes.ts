import {
  asCompleted,
  type BaseExecutor,
  type BasePool,
  Pool,
  type PoolStats,
  ProcessPoolExecutor,
  SharedArray,
  ThreadPool,
  ThreadPoolExecutor,
} from 'manycore'
import { nothingLeft } from '../support/index.ts'
import { BAD, endOf, endsWorker, type Fate, type Fated, GOOD, judgeValue, live } from './fates.ts'
import { random } from './soak.ts'

/*
 * Short lives of pools and executors, with options, calls and ends by chance. Whatever comes together: every call ends
 * in a way that it may, no task begins more often than it may, and nothing is left. The same seed gives the same life,
 * but for what happens at the same time.
 */

export interface EpisodeOptions {
  readonly kind: 'threads' | 'processes'
  readonly seed: number
}

export interface Episode {
  /** What it was, to be read when something is wrong. */
  readonly story: string
  readonly calls: number
  readonly wrong: readonly string[]
}

/** One life of a pool or an executor, from its start to its end. */
export async function episode(options: EpisodeOptions): Promise<Episode> {
  const life = new Life(options)
  await life.live()
  await life.end()
  await nothingLeft({ within: 10_000 }).catch((error: Error) => void life.wrong.push(error.message))
  return life
}

const MOST_CALLS = 45
/** Tasks of one call. */
const MOST_AT_ONCE = 30
/** How long nothing may come of it before it counts as stuck, in milliseconds. */
const STUCK = 30_000

interface CallOptions {
  readonly timeout?: number
  readonly retries?: number
  readonly priority?: number
  readonly signal?: AbortSignal
}

class Life implements Episode {
  readonly story: string
  readonly wrong: string[] = []
  readonly #kind: EpisodeOptions['kind']
  readonly #next: () => number
  readonly #pool: BasePool | undefined
  readonly #executor: BaseExecutor | undefined
  readonly #retries: number
  /** How many tasks of a hundred end badly. */
  readonly #bad: number
  readonly #ending: 'finish' | 'drop' | 'stop'
  /** Written by the tasks. */
  readonly #begun = new SharedArray('i', MOST_CALLS * MOST_AT_ONCE, { lock: false }) as unknown as Int32Array
  /** How often each task may run again. */
  readonly #retriesOf: number[] = []
  readonly #calls: Promise<void>[] = []
  /** Some worker may be ended while others' tasks are in it. */
  #disturbed = false
  #stopping = false

  constructor({ kind, seed }: EpisodeOptions) {
    this.#kind = kind
    this.#next = random(seed)
    const size = 1 + this.#below(3)
    const options = {
      ...(this.#rarely(3) && { maxTasksPerChild: 3 + this.#below(12) }),
      ...(this.#rarely(3) && { concurrency: this.#one([2, 5, 'auto'] as const) }),
      ...(this.#rarely(4) && { spares: 1 }),
      ...(this.#rarely(4) && { idleTimeout: 1 + this.#below(30) }),
      ...(this.#rarely(4) && { retries: 1 + this.#below(2) }),
      ...(this.#rarely(5) && { initializer: () => new Promise(resolve => setTimeout(resolve, 3)) }),
    }
    this.#retries = options.retries ?? 0
    this.#bad = this.#one([0, 0, 8, 16, 24])
    this.#ending = this.#one(['finish', 'finish', 'drop', 'stop'] as const)
    const isPool = this.#rarely(2)
    const [Pools, Executors] =
      kind === 'threads' ? [ThreadPool, ThreadPoolExecutor] : [Pool, ProcessPoolExecutor]
    if (isPool) this.#pool = new Pools({ processes: size, ...options })
    else this.#executor = new Executors({ maxWorkers: size, ...options })
    const noun = (isPool ? Pools : Executors).name
    this.story = `seed ${seed}: ${noun} of ${size}, ${JSON.stringify(options)}, ${this.#bad} % bad, ${this.#ending}`
  }

  get calls(): number {
    return this.#calls.length
  }

  async live(): Promise<void> {
    const calls = 5 + this.#below(MOST_CALLS - 5)
    for (let call = 0; call < calls; call++) {
      if (this.#rarely(4)) this.#many()
      else this.#single()
      if (this.#rarely(6)) await new Promise(resolve => setTimeout(resolve, this.#below(60)))
    }
  }

  async end(): Promise<void> {
    if (this.#ending !== 'finish') {
      await new Promise(resolve => setTimeout(resolve, this.#below(50)))
      this.#stopping = true
    }
    await this.#unlessStuck(this.#close(), 'its end')
    await this.#unlessStuck(Promise.all(this.#calls), 'its calls, after its end')
    for (const [task, retries] of this.#retriesOf.entries()) {
      const begun = this.#begun[task] as number
      if (begun > 1 + retries)
        this.wrong.push(`task ${task} has begun ${begun} times and may run again ${retries} times`)
    }
  }

  #close(): Promise<unknown> {
    if (!this.#pool) {
      const executor = this.#executor as BaseExecutor
      return this.#ending === 'stop'
        ? executor.terminateWorkers()
        : executor.shutdown({ cancelFutures: this.#ending === 'drop' })
    }
    if (this.#ending !== 'finish') return this.#pool.terminate()
    this.#pool.close()
    return this.#pool.join()
  }

  /** As long as something comes of it, it may take its time: the machine may be busy. */
  async #unlessStuck(promise: Promise<unknown>, what: string): Promise<void> {
    const stats = (): PoolStats => (this.#pool ?? (this.#executor as BaseExecutor)).stats()
    const done = ({ succeeded, failed, cancelled, deaths }: PoolStats): number =>
      succeeded + failed + cancelled + deaths
    let last = done(stats())
    let look: NodeJS.Timeout | undefined
    const stuck = new Promise<never>((_, reject) => {
      look = setInterval(() => {
        const now = stats()
        if (done(now) === last) reject(new Error(`${this.story}: ${what} is stuck: ${JSON.stringify(now)}`))
        last = done(now)
      }, STUCK)
    })
    await Promise.race([promise, stuck]).finally(() => clearInterval(look))
  }

  // ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────

  #single(): void {
    const fated = this.#fated(this.#someRetries())
    const { options, cancelled } = this.#options([fated])
    let [call, mayCancel]: [PromiseLike<unknown>, boolean] = [Promise.resolve(), cancelled]
    if (this.#pool) call = this.#pool.apply(live, [this.#begun, ...fated], options)
    else {
      const future = (this.#executor as BaseExecutor).submitWith(options, live, this.#begun, ...fated)
      if (this.#rarely(15)) {
        mayCancel = true
        this.#disturbed = true
        setTimeout(() => future.cancel(), this.#below(20))
      }
      call = future
    }
    this.#follow([fated], mayCancel, async () => judgeValue(fated, await call))
  }

  /** Many at once, in one of the ways that there are. */
  #many(): void {
    const way = this.#one(
      this.#pool ? (['map', 'starmap', 'imap', 'imapUnordered'] as const) : (['map', 'asCompleted'] as const),
    )
    // An executor's map takes no options of calls.
    const isPlain = !this.#pool && way === 'map'
    const retries = isPlain ? this.#retries : this.#someRetries()
    const fates = Array.from({ length: 1 + this.#below(MOST_AT_ONCE) }, () => this.#fated(retries, !isPlain))
    const { options, cancelled } = this.#options(fates, isPlain)
    const chunks = this.#rarely(2) ? { chunksize: 1 + this.#below(8) } : {}
    const stopAfter = this.#rarely(3) ? this.#below(fates.length) : fates.length
    if (stopAfter < fates.length) this.#disturbed = true
    this.#follow(fates, cancelled, async () => {
      const values: unknown[] = []
      for await (const value of this.#results(way, fates, options, chunks)) {
        if (values.length >= stopAfter) return 'left'
        values.push(value)
      }
      if (values.length !== fates.length) return `${values.length} values`
      if (way === 'imapUnordered') return 'value'
      const verdicts = fates.map((fated, index) => judgeValue(fated, values[index]))
      return verdicts.find(verdict => verdict !== 'value') ?? 'value'
    })
  }

  async *#results(
    way: 'map' | 'starmap' | 'imap' | 'imapUnordered' | 'asCompleted',
    fates: readonly Fated[],
    options: CallOptions,
    chunks: { chunksize?: number },
  ): AsyncGenerator<unknown, void> {
    const begun = this.#begun
    const all = { ...options, ...chunks }
    const one = (fated: Fated): Promise<unknown> => live(begun, ...fated)
    const pool = this.#pool as BasePool
    const executor = this.#executor as BaseExecutor
    if (way === 'starmap')
      yield* await pool.starmap(
        live,
        fates.map(fated => [begun, ...fated] as const),
        all,
      )
    else if (way === 'imap' || way === 'imapUnordered') yield* pool[way](one, fates, all)
    else if (way === 'asCompleted') {
      const futures = fates.map(fated => executor.submitWith(options, live, begun, ...fated))
      for await (const future of asCompleted(futures)) await future
      yield* await Promise.all(futures)
    } else if (this.#pool) yield* await pool.map(one, fates, all)
    else
      yield* executor.map(
        live,
        fates.map(() => begun),
        fates.map(([task]) => task),
        fates.map(([, fate]) => fate),
        fates.map(([, , n]) => n),
        chunks,
      )
  }

  #options(fates: readonly Fated[], isPlain = false): { options: CallOptions; cancelled: boolean } {
    const cancelled = !isPlain && this.#rarely(12)
    const controller = new AbortController()
    if (cancelled) {
      this.#disturbed = true
      setTimeout(() => controller.abort(new Error('enough')), this.#below(30))
    }
    const [[first]] = fates as readonly [Fated]
    const loops = fates.some(([, fate]) => fate === 'loop')
    const timeout = loops ? 150 : this.#rarely(6) ? 60_000 : undefined
    const options = {
      retries: this.#retriesOf[first] as number,
      ...(timeout !== undefined && { timeout }),
      ...(this.#rarely(4) && { priority: this.#below(3) }),
      ...(cancelled && { signal: controller.signal }),
    }
    return { options, cancelled }
  }

  // ── how they end ─────────────────────────────────────────────────────────────────────────────────────────────

  #follow(fates: readonly Fated[], cancelled: boolean, call: () => Promise<string>): void {
    const follow = async (): Promise<void> => {
      const end = await call().catch((error: Error & { code?: string }) => String(error.code ?? error.name))
      if (end !== 'left' && !this.#may(fates, cancelled).has(end))
        this.wrong.push(`${fates.length > 5 ? fates.length : JSON.stringify(fates)} ended by ${end}`)
    }
    this.#calls.push(follow())
  }

  /** How these may end, as one call. */
  #may(fates: readonly Fated[], cancelled: boolean): ReadonlySet<string> {
    const may = new Set(fates.map(([, fate]) => endOf(fate)))
    // One that fails is enough for all of them to fail.
    if (may.size > 1) may.delete('value')
    if (cancelled) may.add('TASK_CANCELLED')
    if (this.#stopping) for (const end of ['POOL_CLOSED', 'TASK_CANCELLED', 'WORKER_STOPPED']) may.add(end)
    if (this.#disturbed) for (const end of ['WORKER_DIED', 'WORKER_STOPPED']) may.add(end)
    return may
  }

  // ── chance ───────────────────────────────────────────────────────────────────────────────────────────────────

  #fated(retries: number, mayLoop = true): Fated {
    const chosen = this.#fate()
    const fate = chosen === 'loop' && !mayLoop ? 'throw' : chosen
    if (endsWorker(fate)) this.#disturbed = true
    const fated = [this.#retriesOf.length, fate, this.#below(200)] as const
    this.#retriesOf.push(retries)
    return fated
  }

  #fate(): Fate {
    const roll = this.#below(100)
    if (roll === 99) return 'nested'
    return this.#one(roll < this.#bad ? BAD[this.#kind] : GOOD)
  }

  #someRetries(): number {
    return this.#rarely(5) ? this.#below(3) : this.#retries
  }

  #below(n: number): number {
    return Math.floor(this.#next() * n)
  }

  #one<T>(all: readonly T[]): T {
    return all[this.#below(all.length)] as T
  }

  /** One time in `n`. */
  #rarely(n: number): boolean {
    return this.#below(n) === 0
  }
}
