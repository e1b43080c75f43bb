import type { Portable } from '../capture/index.ts'
import type { ManycoreError } from '../base/index.ts'
import { type Starter, startWorker, type Worker } from '../worker/index.ts'
import type { CrewStyle } from './crew-words.ts'
import type { Member } from './member.ts'
import type { PoolOptions } from './options.ts'
import type { Task } from './task.ts'

/** A pool's initializer, ready to travel. */
export interface Initializer {
  readonly fn: Portable
  readonly args: unknown
  readonly packed: boolean
}

/** Starts the workers of a pool, and says so when the pool has to do without one. */
export class Recruiter {
  readonly #starter: Starter
  readonly #pool: string
  readonly #style: CrewStyle
  readonly #options: PoolOptions
  readonly #initializer: Initializer | undefined
  /** Why the last one could not be started, while none has been ready since. */
  #failure: ManycoreError | undefined

  constructor(
    starter: Starter,
    pool: string,
    style: CrewStyle,
    options: PoolOptions,
    initializer: Initializer | undefined,
  ) {
    this.#starter = starter
    this.#pool = pool
    this.#style = style
    this.#options = options
    this.#initializer = initializer
  }

  /**
   * Starts a worker that runs so many asynchronous tasks at once and has so many siblings. Throws when it can't be
   * started here and now.
   */
  start(member: Member, concurrency: number, siblings: number): Worker<Task> {
    const { env, execArgv, resourceLimits, labelOutput = false, context } = this.#options
    const initializer = this.#initializer
    const worker = startWorker(
      this.#starter,
      { env, execArgv, resourceLimits: this.#starter.kind === 'thread' ? resourceLimits : undefined },
      {
        role: 'pool',
        name: this.#style.nameOf(member.plan.id),
        daemon: true,
        concurrency,
        concurrencyVaries: this.#options.concurrency === 'auto',
        pulse: member.gauge.interval,
        labelOutput,
        siblings,
        standby: member.plan.standby,
        startMethod: context,
        initializer: initializer
          ? { fn: initializer.fn.graph, args: initializer.args, packed: initializer.packed }
          : null,
      },
      member,
    )
    worker.link.unref()
    return worker
  }

  /** One that was to serve could not be started: said once, until one is ready again. */
  failed(error: ManycoreError): void {
    if (!this.#failure)
      process.emitWarning(
        `${this.#pool} does without a worker and will try again: ${error.message}`,
        'ManycoreWarning',
      )
    this.#failure = error
  }

  succeeded(): void {
    this.#failure = undefined
  }

  get failure(): ManycoreError | undefined {
    return this.#failure
  }
}
