import {
  checkFunction,
  checkKnown,
  checkLimits,
  checkOneOf,
  createError,
  NO_LIMITS,
  type WaitOptions,
} from '../base/index.ts'
import { allocateCell, type Cell } from '../memory/index.ts'
import { type BlockingOptions, checkBlocking } from './blocking.ts'
import { deadlocks, Watch, watchesByDefault } from './deadlocks.ts'
import { AsyncWait, bellOf, waitSync, type Why } from './drive.ts'
import type { Guard, Guarded } from './guard.ts'
import { enterHold, type Hold, holdsHere, holdsOfTask, newHold } from './holds.ts'
import { Line } from './line.ts'
import { Mutex } from './mutex.ts'
import { givenOrNext } from './names.ts'
import { GAVE_UP, type GaveUp, type Waiting } from './waiting.ts'
import { BELL, type How, OWN, SLEEP } from './words.ts'

/** What `new Lock` and `new RLock` take. */
export interface LockOptions {
  /** What errors call it. Default: `Lock` and a number. */
  readonly name?: string | undefined
  /**
   * What the next one gets when a holder died: `'report'` a guard whose `abandoned` is true, `'throw'` an
   * `OwnerDiedError` (`OWNER_DIED`), and the lock stays free. Default `'report'`.
   */
  readonly onOwnerDeath?: 'report' | 'throw' | undefined
  /**
   * Watches for rings of waiters: an acquisition that would close one throws `DeadlockError` (`DEADLOCK`) with the
   * locks in the ring and who holds them. For finding a fault; each acquisition costs a few microseconds more.
   * Default: whether the environment says `MANYCORE_DETECT_DEADLOCKS=1`.
   */
  readonly detectDeadlocks?: boolean | undefined
}

const OPTIONS = ['name', 'onOwnerDeath', 'detectDeadlocks'] satisfies (keyof LockOptions)[]

/**
 * What `Lock` and `RLock` have in common: one algorithm, two answers to the question who may come in. To be used for its
 * type, as what `Condition` takes; it is made as one of the two.
 */
export abstract class BaseLock implements Guarded {
  /** What errors call it. */
  readonly name: string
  /** @internal */
  protected readonly mutex: Mutex
  /** @internal Where deadlocks are watched for. */
  protected readonly watch: Watch | undefined
  readonly #cell: Cell
  readonly #options: LockOptions
  /** The tasks of this thread that wait. */
  readonly #line: Line

  constructor(options: LockOptions = {}, parts?: readonly Cell[]) {
    checkKnown(this.constructor.name, options, OPTIONS, "{ name: 'mine' }")
    checkOneOf(this.constructor.name, 'onOwnerDeath', options.onOwnerDeath, ['report', 'throw'])
    checkOneOf(this.constructor.name, 'detectDeadlocks', options.detectDeadlocks, [true, false])
    const [cell = allocateCell(), ...records] = parts ?? []
    this.#cell = cell
    this.#options = options
    this.mutex = new Mutex(cell)
    this.#line = new Line(cell.cells)
    this.name = givenOrNext(this.constructor.name, options.name)
    this.watch = this.#watchFor(options, !parts, records)
  }

  /** @internal Lets the holder in again, where it may come in again. */
  protected abstract reenter(): Guard | undefined
  /** @internal Called when somebody begins to ask; what it gives comes back in `hold`. */
  protected abstract ask(asynchronous: boolean): unknown
  /** @internal Called as soon as this thread has the lock. */
  protected abstract hold(asked: unknown, abandoned: boolean): Guard
  /**
   * Releases it. Throws `UsageError`: `NOT_LOCKED` when nobody has it, `NOT_OWNER` where only its holder may.
   * Python: `release`.
   */
  abstract release(): void
  /** @internal */
  abstract releaseGuard(guard: Guard): void

  /**
   * Acquires it if that needs no waiting, else gives `null`. Python: `acquire(block=False)`.
   * @example
   * const lock = new Lock()
   * using(lock.tryAcquire())
   * lock.tryAcquire()   // null
   * function using(guard) { return guard }
   */
  tryAcquire(): Guard | null {
    const again = this.reenter()
    if (again) return again
    const before = this.mutex.take() ? 0 : this.mutex.look()
    return before === undefined ? null : this.#granted(before, this.ask(false))
  }

  /**
   * Waits until it is free and takes it. Python: `acquire`.
   * @param options.timeout  milliseconds; zero or less does not wait; default: for ever
   * @param options.signal  ends the wait
   * Rejects with `TimeoutError` (`LOCK_TIMEOUT`), `CancelledError` (`WAIT_ABORTED`), `OwnerDiedError` (`OWNER_DIED`,
   * only with `onOwnerDeath: 'throw'`).
   * @example
   * const lock = new Lock()
   * const guard = await lock.acquire({ timeout: 1000 })
   * guard.release()
   */
  acquire(options: WaitOptions = NO_LIMITS): Promise<Guard> {
    const holds = this.watch ? holdsOfTask() : []
    const asked = this.ask(true)
    const acquired = this.acquireAs(asked, options, holds)
    if (this.watch) settle(acquired, asked as Hold)
    return acquired
  }

  /** @internal */
  protected acquireAs(asked: unknown, options: WaitOptions, holds: readonly Hold[]): Promise<Guard> {
    try {
      this.checkAsked(options)
      if (this.#line.isEmpty && this.mutex.take()) return Promise.resolve(this.hold(asked, false))
      return this.#wait(asked, options, holds)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** @internal */
  protected checkAsked(options: WaitOptions): void {
    if (options === NO_LIMITS) return
    checkLimits(`${this.constructor.name}.acquire()`, options)
    if (options.signal?.aborted) throw this.#refusal('signal', options)
  }

  /**
   * The same, blocking this thread: for workers, whose event loop may stand still. Throws the same errors, and
   * `UsageError` (`BLOCKS_EVENT_LOOP`) on the main thread of a program.
   * @param options.timeout  milliseconds; zero or less does not wait; default: for ever
   * @param options.blockMainThread  allows it on the main thread too
   */
  acquireSync(options: BlockingOptions = NO_LIMITS): Guard {
    checkBlocking(this, 'acquireSync', options)
    const again = this.reenter()
    if (again) return again
    // A thread that sleeps blocks all that it holds.
    const holds = this.watch ? [...holdsHere] : []
    const asked = this.ask(false)
    const before = this.mutex.take()
      ? 0
      : waitSync(this.#watched(this.mutex.enter(SLEEP), holds), options.timeout)
    if (before instanceof Error) throw before
    if (before === GAVE_UP) throw this.#refusal('timeout', options)
    return this.#granted(before, asked)
  }

  /**
   * Acquires it, calls `fn`, and releases it whatever happens. Gives what `fn` gives. Beyond Python: its `with`.
   * @example
   * const lock = new Lock()
   * await lock.run(() => 6 * 7)   // 42
   */
  async run<R>(fn: () => R, options: WaitOptions = NO_LIMITS): Promise<Awaited<R>> {
    checkFunction(`${this.constructor.name}.run()`, fn)
    const guard = await this.acquire(options)
    try {
      return await fn()
    } finally {
      guard.release()
    }
  }

  /** Whether anybody holds it. Python: `locked()`. */
  locked(): boolean {
    const holder = this.mutex.holder()
    return holder !== 0 && this.#cell.seats.isAlive(holder)
  }

  /** Whether a holder died with it and nobody has called `markConsistent()` since. Beyond Python. */
  get abandoned(): boolean {
    return this.mutex.isAbandoned()
  }

  /** Says that what it guards is in order again after a holder's death. To be called by who holds it. */
  markConsistent(): void {
    this.mutex.markConsistent()
  }

  /** `<Lock Lock-1 unlocked>`. */
  toString(): string {
    const state = this.locked() ? 'locked' : 'unlocked'
    return `<${this.constructor.name} ${this.name} ${state}${this.abandoned ? ' abandoned' : ''}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  // ── for Condition ──────────────────────────────────────────────────────────────────────────────────────────

  /** @internal Whether this thread, or this task where tasks hold it, has it. */
  abstract isMine(): boolean
  /** @internal Releases it altogether; what it gives is for `resume`. */
  abstract suspend(): unknown

  /** @internal Takes it back as it was, however long that takes. */
  *resume(how: How, suspended: unknown): Waiting<void> {
    const enter = (): Waiting<number | GaveUp> => this.mutex.enter(how)
    while ((yield* how === BELL ? this.#line.wait(enter) : enter()) === GAVE_UP);
    this.restore(suspended)
  }

  /** @internal Has it again as `suspend` left it. */
  protected abstract restore(suspended: unknown): void

  /** @internal What it lives in. */
  get cell(): Cell {
    return this.#cell
  }

  /** @internal What travels with it. */
  get parts(): readonly Cell[] {
    return [this.#cell, ...(this.watch?.graph.cells ?? [])]
  }

  /** @internal */
  get options(): LockOptions {
    return this.#options
  }

  /** @internal To be called after each release: a task of this thread may be next, without a ring. */
  protected next(): void {
    if (!this.#line.isEmpty) bellOf(this.#cell.seats).nudge()
  }

  #wait(asked: unknown, options: WaitOptions, holds: readonly Hold[]): Promise<Guard> {
    return new Promise((resolve, reject) => {
      const settled = (before: number | GaveUp | Error, why: Why): void => {
        if (before instanceof Error) return reject(before)
        if (before === GAVE_UP) return reject(this.#refusal(why, options))
        try {
          resolve(this.#granted(before, asked))
        } catch (error) {
          reject(error)
        }
      }
      const waiting = this.#line.wait(() => this.mutex.enter(BELL))
      new AsyncWait(this.#watched(waiting, holds), this.#cell.seats, settled, reject).start(options)
    })
  }

  /** Looks for a ring of waiters at each stand-still: others may come to close it. */
  *#watched(waiting: Waiting<number | GaveUp>, holds: readonly Hold[]): Waiting<number | GaveUp | Error> {
    const { watch } = this
    if (!watch || holds.length === 0) return yield* waiting
    const blocked = watch.block(holds)
    try {
      for (let step = waiting.next(false); ; ) {
        if (step.done) return step.value
        const cycle = watch.ring(holds)
        if (cycle) {
          const last = waiting.next(true)
          // It may have got it in the last moment.
          if (last.done && last.value !== GAVE_UP) return last.value
          return createError('DEADLOCK', { lock: this.name, cycle })
        }
        step = waiting.next(yield { ...step.value, place: undefined })
      }
    } finally {
      for (const place of blocked) watch.graph.remove(place)
    }
  }

  /** @internal A hold that is known by its number, and that what the task does from here on is inside of. */
  protected askAs(asynchronous: boolean): Hold {
    const hold = newHold({ pending: asynchronous, byThread: !asynchronous })
    enterHold(this, hold)
    return hold
  }

  #watchFor(options: LockOptions, isNew: boolean, records: readonly Cell[]): Watch | undefined {
    const wanted = isNew ? (options.detectDeadlocks ?? watchesByDefault()) : records.length > 0
    if (!wanted) return undefined
    const graph = deadlocks(records)
    if (isNew) this.#cell.cells.store(OWN, graph.nextNumber())
    return new Watch(graph, this.#cell.cells.load(OWN), this.name)
  }

  #granted(before: number, asked: unknown): Guard {
    const abandoned = before < 0
    const guard = this.hold(asked, abandoned)
    if (!abandoned || this.#options.onOwnerDeath !== 'throw') return guard
    guard.release()
    throw createError('OWNER_DIED', { lock: this.name })
  }

  #refusal(why: Why, { timeout = 0, signal }: WaitOptions): Error {
    if (why === 'signal') return createError('WAIT_ABORTED', { what: this.name, reason: signal?.reason })
    return createError('LOCK_TIMEOUT', { lock: this.name, timeout })
  }
}

/** Before the task that asked goes on, as this was asked for first. */
export function settle(acquired: Promise<unknown>, hold: Hold): void {
  acquired.then(
    () => (hold.pending = false),
    () => (hold.over = true),
  )
}
