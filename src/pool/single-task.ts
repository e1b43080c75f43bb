import type { Portable } from '../capture/index.ts'
import { type Graph, takeBackUnsent } from '../codec/index.ts'
import { PACKED, THROWN } from '../wire/index.ts'
import { type CallSite, settle, thrownWhereAwaited, unpackFor } from '../worker/index.ts'
import { Task, type TaskLimits } from './task.ts'
import { titleOf } from './title.ts'

/** A call with one promise. */
export class SingleTask extends Task {
  readonly #resolve: (value: unknown) => void
  readonly #reject: (error: unknown) => void
  /** Where it was called, if V8 can't tell who awaits it. */
  readonly #site: CallSite | undefined

  constructor(
    fn: Portable,
    args: readonly unknown[],
    packed: unknown,
    limits: TaskLimits,
    site: CallSite | undefined,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    super(fn, packed ? PACKED : 0, packed ?? args, limits)
    this.#site = site
    this.#resolve = resolve
    this.#reject = reject
  }

  override takeBack(): void {
    super.takeBack()
    // The tasks of a job share theirs.
    if (this.fn.carries) takeBackUnsent(this.fn.graph)
  }

  get title(): string {
    return titleOf(this.fn.name, this.mode & PACKED ? undefined : (this.payload as unknown[]))
  }

  succeed(how: number, payload: unknown, worker: string): void {
    const site = this.#site
    if (how !== THROWN || site) return settle(how, payload, worker, site, this.#resolve, this.#reject)
    const tell = (thrown: unknown): void => this.#resolve(thrownWhereAwaited(thrown, worker))
    unpackFor(payload as Graph, tell, this.#reject)
  }

  reject(error: unknown): void {
    this.#reject(error)
  }
}
