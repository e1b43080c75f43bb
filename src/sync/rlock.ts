import { checkFunction, createError, NO_LIMITS, type WaitOptions } from '../base/index.ts'
import { BaseLock, settle } from './base-lock.ts'
import { Guard } from './guard.ts'
import { BY_THREAD, type Hold, holdOf, holdsOfTask, newHold, runInHold } from './holds.ts'

/** What `suspend` keeps. */
interface Suspended {
  readonly hold: Hold
  readonly outer: Guard | undefined
  readonly inner: Guard[]
}

/**
 * A lock that its holder may acquire again: it is free when released as often. Python: `RLock`.
 *
 * The holder is a task: the code that acquired it and all that it calls. Other tasks of the same thread wait like
 * other threads. `run` is the surest way to say where a task begins and ends. With `acquire` the task is the rest of
 * the asynchronous function that calls it, and of those that called that one before it first stood still: JavaScript
 * can't tell them apart. With `tryAcquire` and `acquireSync` the holder is the thread, as in Python.
 * @example
 * const lock = new RLock()
 * await lock.run(() => lock.run(() => 'twice'))   // 'twice'
 */
export class RLock extends BaseLock {
  // All of this belongs to the thread that holds it: nobody else asks how often.
  #hold: Hold | undefined
  /** The guard of the outermost acquisition, and those further in. Mostly there is one. */
  #outer: Guard | undefined
  #inner: Guard[] = []

  /** Releases it once. Throws `UsageError`: `NOT_LOCKED`, or `NOT_OWNER` where another thread or task holds it. */
  release(): void {
    const hold = this.#hold
    if (!hold || !this.#mayEnter(hold)) {
      const code = this.locked() ? 'NOT_OWNER' : 'NOT_LOCKED'
      throw createError(code, { lock: this.name, call: 'release()' })
    }
    if (this.#inner.length > 0) this.#inner.pop()
    else this.#end(hold)
  }

  /** @internal */
  releaseGuard(guard: Guard): void {
    const hold = this.#hold
    if (!hold) return
    if (guard !== this.#outer) {
      const at = this.#inner.lastIndexOf(guard)
      if (at >= 0) this.#inner.splice(at, 1)
    } else if (this.#inner.length > 0) this.#outer = this.#inner.shift()
    else this.#end(hold)
  }

  /** Acquires it for this thread if that needs no waiting, else gives `null`. Python: `acquire(blocking=False)`. */
  // The same as the base does, in fewer steps.
  override tryAcquire(): Guard | null {
    if (this.watch || this.#hold || !this.mutex.take()) return super.tryAcquire()
    return this.hold(BY_THREAD, false)
  }

  /**
   * Waits until it is free, or held by this task, and takes it. Options and errors are those of `Lock`. Python: `acquire`.
   * @example
   * const lock = new RLock()
   * const outer = await lock.acquire()
   * const inner = await lock.acquire()
   * inner.release()
   * lock.locked()   // true
   * outer.release()
   */
  override acquire(options: WaitOptions = NO_LIMITS): Promise<Guard> {
    if (this.#hold && this.#mayEnter(this.#hold)) return this.#acquireAgain(options)
    const holds = this.watch ? holdsOfTask() : []
    const hold = this.askAs(true)
    const acquired = this.acquireAs(hold, options, holds)
    settle(acquired, hold)
    return acquired
  }

  /**
   * Acquires it, calls `fn` as a task of its own, in which it may be acquired again, and releases it whatever happens.
   * Gives what `fn` gives. Beyond Python: its `with`.
   */
  override run<R>(fn: () => R, options: WaitOptions = NO_LIMITS): Promise<Awaited<R>> {
    if (this.#hold && this.#mayEnter(this.#hold)) return super.run(fn, options)
    // A context of its own, which ends with it.
    const holds = this.watch ? holdsOfTask() : []
    const hold = newHold()
    return runInHold(this, hold, async () => {
      checkFunction('RLock.run()', fn)
      const guard = await this.acquireAs(hold, options, holds)
      try {
        return await fn()
      } finally {
        guard.release()
      }
    }) as Promise<Awaited<R>>
  }

  /** @internal */
  protected reenter(): Guard | undefined {
    const hold = this.#hold
    return hold && this.#mayEnter(hold) ? this.#push(false) : undefined
  }

  /** @internal */
  protected ask(): Hold {
    return this.watch ? this.askAs(false) : BY_THREAD
  }

  /** @internal */
  protected hold(asked: unknown, abandoned: boolean): Guard {
    this.#hold = asked as Hold
    this.watch?.held(this.#hold)
    return this.#push(abandoned)
  }

  /** Needs no waiting, but refuses what the first time does. */
  #acquireAgain(options: WaitOptions): Promise<Guard> {
    try {
      this.checkAsked(options)
      return Promise.resolve(this.#push(false))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #mayEnter(hold: Hold): boolean {
    return hold.byThread || holdOf(this) === hold
  }

  #push(abandoned: boolean): Guard {
    const guard = new Guard(this, abandoned)
    if (this.#outer) this.#inner.push(guard)
    else this.#outer = guard
    return guard
  }

  /** @internal */
  isMine(): boolean {
    return this.#hold !== undefined && this.#mayEnter(this.#hold)
  }

  /** @internal */
  suspend(): Suspended {
    const suspended = { hold: this.#hold as Hold, outer: this.#outer, inner: this.#inner }
    this.#inner = []
    this.#free()
    return suspended
  }

  /** @internal */
  protected restore(suspended: unknown): void {
    const { hold, outer, inner } = suspended as Suspended
    this.#hold = hold
    this.#outer = outer
    this.#inner = inner
    this.watch?.held(hold)
  }

  #end(hold: Hold): void {
    if (hold !== BY_THREAD) hold.over = true
    this.#free()
  }

  #free(): void {
    this.#hold = undefined
    this.#outer = undefined
    this.watch?.released()
    this.mutex.leave()
    this.next()
  }
}
