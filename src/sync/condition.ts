import {
  checkFunction,
  checkLimits,
  createError,
  describe,
  NO_LIMITS,
  now,
  refuseIfAborted,
  type WaitOptions,
} from '../base/index.ts'
import { allocateCell, type Cell } from '../memory/index.ts'
import { BaseLock } from './base-lock.ts'
import { BLOCKING_LIMITS, type BlockingOptions, checkBlocking } from './blocking.ts'
import { nameFrom } from './names.ts'
import { AsyncWait, bellOf, waitSync } from './drive.ts'
import type { Guard } from './guard.ts'
import { RLock } from './rlock.ts'
import { Notices } from './notices.ts'
import { BELL, type How, SLEEP } from './words.ts'
import type { Waiting } from './waiting.ts'

/** What `new Condition` takes. */
export interface ConditionOptions {
  /** What errors call it. Default: `Condition` and a number. */
  readonly name?: string | undefined
}

const CELLS = 3

/**
 * Waiting, with a lock in hand, for something that the others do with it in hand. Python: `Condition`.
 * It may be captured, passed, sent and stored with its lock, and arrives as the same condition.
 * @example
 * const items = []
 * const filled = new Condition()
 * const taken = filled.run(async () => {
 *   await filled.waitFor(() => items.length > 0)
 *   return items.pop()
 * })
 * await filled.run(() => { items.push('apple'); filled.notify() })
 * await taken   // 'apple'
 */
export class Condition {
  /** What errors call it. */
  readonly name: string
  /** The lock that is held while its state is looked at and changed. */
  readonly lock: BaseLock
  /** @internal */
  readonly cells: readonly Cell[]
  readonly #notices: Notices
  /** The lock and the condition may have been made by different programs. */
  readonly #seats: readonly Cell['seats'][]

  /** @param lock  a `Lock` or an `RLock`. Default: a new `RLock`. */
  constructor(lock: BaseLock = new RLock(), options: ConditionOptions = {}, cells?: readonly Cell[]) {
    if (!(lock instanceof BaseLock)) {
      throw createError('WRONG_OPTION', {
        where: 'Condition',
        option: 'lock',
        got: describe(lock),
        expected: 'a Lock or an RLock',
      })
    }
    this.name = nameFrom(this, options)
    this.lock = lock
    this.cells = cells ?? Array.from({ length: CELLS }, () => allocateCell(64))
    this.#notices = new Notices(this.cells)
    this.#seats = [lock.cell.seats, ...this.cells.map(({ seats }) => seats)]
  }

  /** Acquires the lock. */
  acquire(options: WaitOptions = NO_LIMITS): Promise<Guard> {
    return this.lock.acquire(options)
  }

  /** Acquires the lock if that needs no waiting. */
  tryAcquire(): Guard | null {
    return this.lock.tryAcquire()
  }

  /** Acquires the lock, blocking this thread. */
  acquireSync(options: BlockingOptions = NO_LIMITS): Guard {
    return this.lock.acquireSync(options)
  }

  /** Releases the lock. */
  release(): void {
    this.lock.release()
  }

  /** Calls `fn` with the lock held. */
  run<R>(fn: () => R, options: WaitOptions = NO_LIMITS): Promise<Awaited<R>> {
    return this.lock.run(fn, options)
  }

  /**
   * Releases the lock, waits to be notified, and takes the lock again. Gives `true`, or `false` when the time came
   * first; the lock is held again in any case, also when the signal came first.
   * @param options.timeout  milliseconds; zero or less lets the others have the lock once; default: for ever
   * @param options.signal  ends the wait: rejects with `CancelledError` (`WAIT_ABORTED`)
   * Rejects with `UsageError` (`NOT_LOCKED`) without the lock.
   */
  wait(options: WaitOptions = NO_LIMITS): Promise<boolean> {
    return new Promise((resolve, reject) => {
      checkLimits('Condition.wait()', options)
      this.#check('wait()')
      const settled = (notified: boolean, why: unknown): void => {
        if (notified || why !== 'signal') resolve(notified)
        else reject(createError('WAIT_ABORTED', { what: this.name, reason: options.signal?.reason }))
      }
      new AsyncWait(this.#wait(BELL), this.#seats, settled, reject).start(options)
    })
  }

  /**
   * Waits until `predicate`, called with the lock held, gives something true, and gives that; or what it gave last
   * when the time came first. Python: `wait_for`.
   */
  async waitFor<T>(
    predicate: () => T | PromiseLike<T>,
    options: WaitOptions = NO_LIMITS,
  ): Promise<Awaited<T>> {
    checkFunction('Condition.waitFor()', predicate)
    checkLimits('Condition.waitFor()', options)
    const { timeout, signal } = options
    this.#check('waitFor()')
    refuseIfAborted(options, this.name)
    const end = timeout === undefined ? undefined : now() + timeout
    for (;;) {
      this.#check('waitFor()')
      const value = await predicate()
      if (value) return value
      const left = end === undefined ? undefined : end - now()
      if (left !== undefined && left <= 0) return value
      await this.wait({ timeout: left, signal })
    }
  }

  /**
   * The same as `wait`, blocking this thread: for workers. Throws `UsageError` (`BLOCKS_EVENT_LOOP`) on the main
   * thread of a program unless `blockMainThread` is given.
   */
  waitSync(options: BlockingOptions = NO_LIMITS): boolean {
    checkBlocking(this, 'waitSync', options)
    this.#check('waitSync()')
    return waitSync(this.#wait(SLEEP), options.timeout)
  }

  /** The same as `waitFor`, blocking this thread. */
  waitForSync<T>(predicate: () => T, options: BlockingOptions = NO_LIMITS): T {
    checkFunction('Condition.waitForSync()', predicate)
    checkLimits('Condition.waitForSync()', options, BLOCKING_LIMITS)
    const end = options.timeout === undefined ? undefined : now() + options.timeout
    for (;;) {
      const value = predicate()
      const left = end === undefined ? undefined : end - now()
      if (value || (left !== undefined && left <= 0)) return value
      this.waitSync({ ...options, timeout: left })
    }
  }

  /**
   * Wakes up to `count` of those who wait; they go on when the lock is free. Throws `UsageError` (`NOT_LOCKED`)
   * without the lock, and `WRONG_OPTION` unless it is a whole number from 0. Python: `notify(n)`.
   */
  notify(count = 1): void {
    if (!Number.isSafeInteger(count) || count < 0) {
      const [got, expected] = [describe(count), 'a whole number from 0']
      throw createError('WRONG_OPTION', { where: 'Condition.notify()', option: 'count', got, expected })
    }
    this.#notify('notify()', count)
  }

  /** Wakes everybody who waits. Python: `notify_all()`. */
  notifyAll(): void {
    this.#notify('notifyAll()', Number.MAX_SAFE_INTEGER)
  }

  /** `<Condition Condition-1 <RLock RLock-1 locked> waiting=2>`. */
  toString(): string {
    const waiting = this.#notices.waiting()
    return `<${this.constructor.name} ${this.name} ${String(this.lock)} waiting=${waiting}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #notify(call: string, count: number): void {
    this.#check(call)
    this.#notices.give(count)
    for (const seats of this.#seats) bellOf(seats).nudge()
  }

  #check(call: string): void {
    if (this.lock.isMine()) return
    const code = this.lock.locked() ? 'NOT_OWNER' : 'NOT_LOCKED'
    throw createError(code, { lock: this.lock.name, call: `Condition.${call}` })
  }

  *#wait(how: How): Waiting<boolean> {
    const notice = this.#notices.ask()
    if (!notice) throw createError('TOO_MANY_WAITING', { what: this.name, most: this.#notices.most })
    const suspended = this.lock.suspend()
    const heard = yield* this.#notices.wait(notice)
    yield* this.lock.resume(how, suspended)
    return heard || this.#notices.drop(notice)
  }
}
