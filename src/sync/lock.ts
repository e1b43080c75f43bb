import { createError } from '../base/index.ts'
import { BaseLock } from './base-lock.ts'
import { Guard } from './guard.ts'
import type { Hold } from './holds.ts'

/** What `suspend` keeps. */
interface Suspended {
  readonly guard: Guard | undefined
  readonly hold: Hold | undefined
}

/**
 * Lets one in at a time, of all threads and processes that have it: two tasks of one thread too. Python: `Lock`.
 *
 * It may be captured, passed, sent and stored like any value, and arrives as the same lock. Any thread may release
 * it. When a holder dies, the next one gets it and is told by `guard.abandoned`.
 * @example
 * const lock = new Lock()
 * let balance = 0
 * const worker = new Thread({ target: () => lock.run(() => 1) }).start()
 * await lock.run(() => { balance += 1 })
 * await worker.result()   // 1
 */
export class Lock extends BaseLock {
  #guard: Guard | undefined
  /** Only where deadlocks are watched for. */
  #hold: Hold | undefined

  /** Acquires it if that needs no waiting, else gives `null`. Python: `acquire(blocking=False)`. */
  // The same as the base does, in fewer steps: the road that is taken most.
  override tryAcquire(): Guard | null {
    if (this.watch || !this.mutex.take()) return super.tryAcquire()
    return (this.#guard = new Guard(this, false))
  }

  /** Releases it, whoever acquired it. Throws `UsageError` (`NOT_LOCKED`) when nobody has. Python: `release`. */
  release(): void {
    this.#guard = undefined
    if (this.#hold) this.#end(this.#hold)
    if (!this.mutex.leave()) throw createError('NOT_LOCKED', { lock: this.name, call: 'release()' })
    this.next()
  }

  /** @internal */
  releaseGuard(guard: Guard): void {
    // Another thread may have released it, and a third may hold it by now.
    if (this.#guard !== guard || !this.isMine()) return
    this.release()
  }

  /** @internal */
  protected reenter(): undefined {
    return undefined
  }

  /** @internal */
  protected ask(asynchronous: boolean): Hold | undefined {
    return this.watch ? this.askAs(asynchronous) : undefined
  }

  /** @internal */
  protected hold(asked: unknown, abandoned: boolean): Guard {
    if (this.watch) this.watch.held((this.#hold = asked as Hold))
    return (this.#guard = new Guard(this, abandoned))
  }

  #end(hold: Hold): void {
    hold.over = true
    this.#hold = undefined
    this.watch?.released()
  }

  /** @internal */
  isMine(): boolean {
    return this.mutex.holder() === this.mutex.me
  }

  /** @internal */
  suspend(): Suspended {
    const suspended = { guard: this.#guard, hold: this.#hold }
    this.release()
    return suspended
  }

  /** @internal */
  protected restore(suspended: unknown): void {
    const { guard, hold } = suspended as Suspended
    this.#guard = guard
    if (!hold) return
    hold.over = false
    this.watch?.held((this.#hold = hold))
  }
}
