import type { Portable } from '../capture/index.ts'
import type { Graph } from '../codec/index.ts'
import type { Future, FutureOwner } from '../future/index.ts'
import { type CallSite, unpackFor } from '../worker/index.ts'
import type { Crew } from './crew.ts'
import { isCancel } from './failures.ts'
import { SingleTask } from './single-task.ts'
import type { TaskLimits } from './task.ts'

/** A call with a future, which it owns. */
export class FutureTask extends SingleTask implements FutureOwner {
  readonly #crew: Crew
  readonly #future: Future<unknown>

  constructor(
    crew: Crew,
    fn: Portable,
    args: readonly unknown[],
    packed: unknown,
    limits: TaskLimits,
    site: CallSite,
    future: Future<unknown>,
  ) {
    // Whoever settles an executor's future by hand has the last word.
    const resolve = (value: unknown): unknown => future.done() || future.setResult(value)
    const reject = (error: unknown): unknown => future.done() || future.setException(error)
    super(fn, args, packed, limits, site, resolve, reject)
    this.#crew = crew
    this.#future = future
    future.attach(this)
  }

  // ── for the crew ───────────────────────────────────────────────────────────────────────────────────────

  override reported(packed: boolean, payload: unknown): void {
    report(this.#future, packed, payload)
  }

  override reject(error: unknown): void {
    this.#future.abandon(error, { cancelled: isCancel(error), lingers: this.lingers })
  }

  override stopped(): void {
    this.#future.letGo()
  }

  // ── for the future ─────────────────────────────────────────────────────────────────────────────────────

  running(): boolean {
    return this.#crew.isRunning(this)
  }

  cancel(reason: unknown): void {
    this.#crew.cancel(this, this.#crew.verdicts.ofCancelled(this, reason))
  }
}

/** Hands a progress report to a future, if somebody listens there. */
export function report(future: Future<unknown>, packed: boolean, payload: unknown): void {
  if (!future.followed) return
  const tell = (value: unknown): void => future.report(value)
  if (packed) unpackFor(payload as Graph, tell, error => process.emitWarning(error as Error))
  else tell(payload)
}
