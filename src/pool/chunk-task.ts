import type { Graph } from '../codec/index.ts'
import { CHUNK, type ChunkOutcome, PACKED, STAR, THROWN } from '../wire/index.ts'
import type { Portable } from '../capture/index.ts'
import { settle, unpackFor, withBothStacks } from '../worker/index.ts'
import type { MapJob } from './map-job.ts'
import { Task, type TaskLimits } from './task.ts'
import { titleOf } from './title.ts'

/** A task that works off items of a job. */
abstract class JobTask extends Task {
  protected readonly job: MapJob
  /** Where its first item stands in the input. */
  readonly first: number

  constructor(job: MapJob, fn: Portable, mode: number, payload: unknown, first: number, limits: TaskLimits) {
    super(fn, mode, payload, limits)
    this.job = job
    this.first = first
  }

  override reported(packed: boolean, payload: unknown): void {
    this.job.reported(packed, payload)
  }

  override stopped(): void {
    this.job.lingering(-1)
  }
}

/** Several items of a job that cross together. */
export class ChunkTask extends JobTask {
  readonly items: readonly unknown[]
  /** How many of its items may have been begun when its worker died. */
  #begun: number

  constructor(
    job: MapJob,
    fn: Portable,
    first: number,
    items: readonly unknown[],
    packed: unknown,
    plain: ArrayLike<unknown>,
    patience: number,
    limits: TaskLimits,
  ) {
    const mode = CHUNK | (packed ? PACKED : 0) | (job.star ? STAR : 0) | patience
    super(job, fn, mode, packed ?? plain, first, limits)
    this.items = items
    this.#begun = items.length
  }

  get title(): string {
    const begun = this.#begun
    const first = titleOf(this.fn.name, [this.items[0]])
    return begun === 1 ? first : `${first} or one of the ${begun - 1} items after it`
  }

  override diedAt(item: number): void {
    this.#begun = Math.min(item + 1, this.items.length)
  }

  succeed(how: number, payload: unknown, worker: string): void {
    if (how === THROWN) {
      // The chunk as a whole: its function or one of its items could not be rebuilt there.
      if (this.items.length > 1) return this.job.chunkUnread(this)
      return settle(
        how,
        payload,
        worker,
        this.job.site,
        () => {},
        error => this.job.chunkFailed(this, error, this.#begun),
      )
    }
    this.#deliver(payload as ChunkOutcome, worker)
  }

  /** Takes apart what was packed, each for itself, and hands everything over together. */
  #deliver([values, packed, failures, next, took]: ChunkOutcome, worker: string): void {
    this.job.measured(took / Math.max(1, next))
    const errors = new Map<number, unknown>()
    let open = 1
    const close = (): void => {
      if (--open === 0) this.job.chunkDone(this, values, errors, next)
    }
    const takeApart = (graph: unknown, place: number, use: (value: unknown) => void): void => {
      open++
      const fail = (error: unknown): void => {
        errors.set(place, error)
        close()
      }
      const good = (value: unknown): void => {
        use(value)
        close()
      }
      unpackFor(graph as Graph, good, fail)
    }
    for (const place of packed ?? []) {
      takeApart(values[place], place, value => {
        values[place] = value
      })
    }
    for (const [place, thrown] of failures ?? []) {
      takeApart(thrown, place, error => errors.set(place, withBothStacks(error, worker, this.job.site)))
    }
    close()
  }

  reject(error: unknown): void {
    if (this.lingers) this.job.lingering(1)
    this.job.chunkFailed(this, error, this.#begun)
  }
}

/** One item of a job that crosses alone. */
export class ItemTask extends JobTask {
  constructor(
    job: MapJob,
    fn: Portable,
    first: number,
    args: readonly unknown[],
    packed: unknown,
    limits: TaskLimits,
  ) {
    super(job, fn, packed ? PACKED : 0, packed ?? args, first, limits)
  }

  get title(): string {
    return titleOf(this.fn.name, this.mode & PACKED ? undefined : (this.payload as unknown[]))
  }

  succeed(how: number, payload: unknown, worker: string): void {
    settle(
      how,
      payload,
      worker,
      this.job.site,
      value => this.job.itemDone(this, { value }),
      error => this.job.itemDone(this, { error }),
    )
  }

  reject(error: unknown): void {
    if (this.lingers) this.job.lingering(1)
    this.job.itemDone(this, { error })
  }
}
