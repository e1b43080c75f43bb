import { createError, type WaitOptions } from '../base/index.ts'
import { BaseLock } from './base-lock.ts'
import { Guard } from './guard.ts'
import { enterHold, type Hold, holdOf, runInHold } from './holds.ts'

/** What `suspend` keeps. */
interface Suspended {
  readonly hold: Hold
  readonly guards: Guard[]
}

/**
 * A lock that its holder may acquire again: it is free when released as often. Python: `RLock`.
 *
 * The holder is a task: the code that acquired it and all that it calls. Other tasks of the same thread wait like
 * other threads. `run` is the surest way to say where a task begins and ends; with `acquire` it is the rest of the
 * asynchronous function that calls it, and what that one started before it stood still.
 * @example
 * const lock = new RLock()
 * await lock.run(() => lock.run(() => 'twice'))   // 'twice'
 */
export class RLock extends BaseLock {
  // All of this belongs to the thread that holds it: nobody else asks how often.
  #hold: Hold | undefined
  #guards: Guard[] = []

  /** Releases it once. Throws `UsageError`: `NOT_LOCKED`, or `NOT_OWNER` where another thread or task holds it. */
  release(): void {
    const hold = this.#hold
    if (!hold) {
      const code = this.locked() ? 'NOT_OWNER' : 'NOT_LOCKED'
      throw createError(code, { lock: this.name, call: 'release()' })
    }
    if (!hold.sync && holdOf(this) !== hold) {
      throw createError('NOT_OWNER', { lock: this.name, call: 'release()' })
    }
    this.#guards.pop()
    this.#releaseOne()
  }

  /** @internal */
  releaseGuard(guard: Guard): void {
    const at = this.#guards.lastIndexOf(guard)
    if (at < 0) return
    this.#guards.splice(at, 1)
    this.#releaseOne()
  }

  override acquire(options: WaitOptions = {}): Promise<Guard> {
    const again = this.reenter(true)
    if (again) return Promise.resolve(again)
    const hold = this.ask(true)
    const acquired = this.acquireAs(hold, options)
    // This comes before the task goes on, as it was asked for first.
    acquired.then(
      () => (hold.pending = false),
      () => (hold.over = true),
    )
    return acquired
  }

  override run<R>(fn: () => R, options: WaitOptions = {}): Promise<Awaited<R>> {
    if (this.#hold && holdOf(this) === this.#hold) return super.run(fn, options)
    // A context of its own, which ends with it.
    const hold: Hold = { pending: false, over: false, sync: false }
    return runInHold(this, hold, async () => {
      const guard = await this.acquireAs(hold, options)
      try {
        return await fn()
      } finally {
        guard.release()
      }
    }) as Promise<Awaited<R>>
  }

  protected reenter(asynchronous: boolean): Guard | undefined {
    const hold = this.#hold
    if (!hold) return undefined
    // A call that does not wait can only come from the code that runs, so the thread tells who it is.
    if (holdOf(this) !== hold && (asynchronous || !hold.sync)) return undefined
    const guard = new Guard(this, false)
    this.#guards.push(guard)
    return guard
  }

  protected ask(asynchronous: boolean): Hold {
    const hold: Hold = { pending: asynchronous, over: false, sync: !asynchronous }
    enterHold(this, hold)
    return hold
  }

  protected hold(asked: unknown, abandoned: boolean): Guard {
    const hold = asked as Hold
    const guard = new Guard(this, abandoned)
    this.#hold = hold
    this.#guards = [guard]
    return guard
  }

  /** @internal */
  isMine(): boolean {
    return this.#hold !== undefined
  }

  /** @internal */
  suspend(): Suspended {
    const suspended = { hold: this.#hold as Hold, guards: this.#guards }
    this.#free()
    return suspended
  }

  protected restore(suspended: unknown): void {
    const { hold, guards } = suspended as Suspended
    this.#hold = hold
    this.#guards = guards
  }

  #releaseOne(): void {
    if (this.#guards.length > 0) return
    if (this.#hold) this.#hold.over = true
    this.#free()
  }

  #free(): void {
    this.#hold = undefined
    this.#guards = []
    this.mutex.leave()
    this.next()
  }
}
