import { BrokenPoolError, Pool, type PoolOptions, ThreadPool } from 'manycore'
import type { Target } from '../target.ts'
import { WrongUsage } from '../wrong-usage.ts'
import { failureOf, type Outcome } from './outcome.ts'
import type { MapRequest } from './request.ts'
import { prepareWorker, timed } from './timed.ts'

/** How often an item is begun whose worker is stopped because of other items. */
const MOST_RUNS = 5

const LOOK_EVERY_MS = 50

interface Numbers {
  readonly workers: number
  readonly concurrency: number
}

/** The pool that runs the user's function. */
export class Workers {
  readonly #pool: Pool | ThreadPool
  readonly #module: string
  /** How many, and how many tasks at once in each: as asked for. */
  readonly #fixed: Numbers | undefined
  /** The same, as the pool has chosen, looked up now and then. */
  #chosen: Numbers | undefined
  #lookedAt = 0
  #isTerminated = false

  constructor(
    { threads, timeout, retries, trace }: MapRequest,
    target: Target,
    processes: number | 'auto',
    concurrency: number | 'auto',
  ) {
    this.#module = target.module
    if (processes !== 'auto' && concurrency !== 'auto') this.#fixed = { workers: processes, concurrency }
    const options: PoolOptions<[Target]> = {
      processes,
      concurrency,
      timeout,
      retries,
      trace,
      initializer: prepareWorker,
      initargs: [target],
    }
    try {
      this.#pool = threads ? new ThreadPool(options) : new Pool(options)
    } catch (error) {
      if (Reflect.get(error as Error, 'code') !== 'TRACE_NOT_WRITTEN') throw error
      throw new WrongUsage((error as Error).message, { cause: error })
    }
    // Errors name the function by this: `describeFile('a.txt') ran longer than …`.
    Object.defineProperty(timed, 'name', { value: target.name })
  }

  /** How many workers, and how many tasks at once in each. */
  get numbers(): Numbers {
    if (this.#fixed) return this.#fixed
    const time = performance.now()
    if (!this.#chosen || time - this.#lookedAt > LOOK_EVERY_MS) {
      const { tuning } = this.#pool.stats()
      this.#chosen = { workers: tuning?.workers ?? 1, concurrency: tuning?.concurrency ?? 1 }
      this.#lookedAt = time
    }
    return this.#chosen
  }

  /** Runs the function over one input. Rejects only when the workers can't go on at all. */
  async run(input: string): Promise<Outcome> {
    for (let runs = 1; ; runs++) {
      try {
        const { json, ms } = await this.#pool.apply(timed, [input])
        return { state: 'done', input, json, ms, recorded: false }
      } catch (error) {
        if (this.#isTerminated) return { state: 'stopped', input }
        if (error instanceof BrokenPoolError) throw this.#broken(error)
        const failure = failureOf(error)
        // It did nothing wrong: its worker had to be stopped because of another item.
        if (failure.code === 'WORKER_STOPPED' && runs < MOST_RUNS) continue
        return { state: 'failed', input, failure }
      }
    }
  }

  /** The initializer is ours, and loads the user's module: that is what failed. */
  #broken(error: BrokenPoolError): Error {
    if (error.code !== 'INITIALIZER_FAILED' || !(error.cause instanceof Error)) return error
    return new Error(`${this.#module} loads here, but not in a worker: ${error.cause.message}`, {
      cause: error,
    })
  }

  /** Lets them end by themselves: what they do at their exit is done. */
  async close(): Promise<void> {
    this.#pool.close()
    await this.#pool.join()
  }

  /** Ends them at once; what they had not finished comes out as stopped. */
  async terminate(): Promise<void> {
    this.#isTerminated = true
    await this.#pool.terminate()
  }
}
