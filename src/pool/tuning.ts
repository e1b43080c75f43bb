import { every, now, type Timer } from '../base/index.ts'
import { CHUNK_OUTCOME, type ChunkOutcome } from '../wire/index.ts'
import { cpuShare } from '../worker/index.ts'
import type { CrewStyle } from './crew-words.ts'
import type { Member } from './member.ts'
import type { PoolOptions } from './options.ts'
import type { PlanOptions } from './plan-words.ts'
import { type Choice, Tuner, type TunerOptions } from './tuner.ts'

/** How often to look, in milliseconds. */
const LOOK_EVERY = 50

/** What it looks at, and what it changes. */
export interface Tuned {
  readonly members: ReadonlyMap<unknown, Member>
  /** Tasks that no worker has begun. */
  readonly waiting: number
  /** Is anything with a worker, or waiting? */
  readonly isBusy: boolean
  resize(choice: Choice): void
}

/** What tunes a pool, if its options leave something to be chosen. */
export function tuningOf({ processes, concurrency }: PoolOptions, tuned: Tuned): Tuning | undefined {
  if (processes !== 'auto' && concurrency !== 'auto') return undefined
  const [workers, tasks] = [processes ?? cpuShare(), concurrency ?? 1]
  return new Tuning({ workers, concurrency: tasks, mostWorkers: cpuShare }, tuned)
}

/** How a plan begins: with the numbers given, or chosen for a start. */
export function planOptions(options: PoolOptions, { onDemand }: CrewStyle, choice?: Choice): PlanOptions {
  const { maxTasksPerChild, idleTimeout } = options
  // Who is replaced for its number of tasks is known beforehand: its successor is there before.
  const { spares = maxTasksPerChild === undefined ? 0 : 1 } = options
  const given = { workers: options.processes ?? cpuShare(), concurrency: options.concurrency ?? 1 }
  const { workers, concurrency } = { ...given, ...choice } as Choice
  return { workers, concurrency, maxTasksPerChild, spares, onDemand, shrinks: idleTimeout !== undefined }
}

/** Shows a pool to its `Tuner` while there is work, and does what that chooses. */
export class Tuning {
  readonly #tuner: Tuner
  readonly #tuned: Tuned
  readonly #sums = { done: 0, tasks: 0, taskTime: 0, idle: 0, active: 0 }
  #timer: Timer | undefined

  constructor(options: TunerOptions, tuned: Tuned) {
    this.#tuner = new Tuner(options)
    this.#tuned = tuned
  }

  get choice(): Choice {
    return this.#tuner.choice
  }

  /** There is work. */
  wake(): void {
    this.#timer ??= every(LOOK_EVERY, () => this.#look(), { keepAlive: false })
  }

  /** A task has ended, in this way. */
  ended(how: number, payload: unknown): void {
    this.#sums.done += how === CHUNK_OUTCOME ? (payload as ChunkOutcome)[3] : 1
  }

  /** Tasks have ended, so many, in so much time. */
  took(ms: number, tasks: number): void {
    this.#sums.taskTime += ms
    this.#sums.tasks += tasks
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #look(): void {
    let workers = 0
    for (const { plan, gauge } of this.#tuned.members.values()) {
      const { idle, active } = gauge.take(plan.load > 0)
      this.#sums.idle += idle
      this.#sums.active += active
      if (plan.state === 'serving') workers++
    }
    const backlog = this.#tuned.waiting > 0
    const choice = this.#tuner.observe({ time: now(), workers, backlog, ...this.#sums })
    if (choice) this.#tuned.resize(choice)
    if (!this.#tuned.isBusy) this.stop()
  }
}
