import type { Portable } from '../capture/index.ts'
import { PACKED } from '../wire/index.ts'
import { type CallSite, settle } from '../worker/index.ts'
import { Task, type TaskLimits } from './task.ts'
import { titleOf } from './title.ts'

/** A call with one promise. */
export class SingleTask extends Task {
  readonly #resolve: (value: never) => void
  readonly #reject: (error: unknown) => void
  readonly site: CallSite | undefined

  constructor(
    fn: Portable,
    args: readonly unknown[],
    packed: unknown,
    limits: TaskLimits,
    site: CallSite | undefined,
    resolve: (value: never) => void,
    reject: (error: unknown) => void,
  ) {
    super(fn, packed ? PACKED : 0, packed ?? args, limits)
    this.site = site
    this.#resolve = resolve
    this.#reject = reject
  }

  get title(): string {
    return titleOf(this.fn.name, this.mode & PACKED ? undefined : (this.payload as unknown[]))
  }

  succeed(how: number, payload: unknown, worker: string): void {
    settle(how, payload, worker, this.site, this.#resolve as (value: unknown) => void, this.#reject)
  }

  reject(error: unknown): void {
    this.#reject(error)
  }
}
