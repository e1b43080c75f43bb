import {
  checkFunction,
  checkKnown,
  checkLimits,
  checkTimeout,
  createError,
  describe,
  NO_LIMITS,
  type WaitOptions,
} from '../base/index.ts'
import { allocateCell, type Cell } from '../memory/index.ts'
import { type BlockingOptions, checkBlocking } from './blocking.ts'
import { givenOrNext } from './names.ts'
import { AsyncWait, bellOf, waitSync, type Why } from './drive.ts'
import { type Arrival, type Broken, Rounds } from './rounds.ts'
import type { Waiting } from './waiting.ts'
import { BELL, LOW, SLEEP } from './words.ts'

/** What `new Barrier` takes. */
export interface BarrierOptions {
  /** Called by the one that comes last, before the others go on. If it throws, the barrier is broken. */
  readonly action?: (() => unknown) | undefined
  /** How long each `wait` may take that says nothing else, in milliseconds. Default: for ever. */
  readonly timeout?: number | undefined
  /** What errors call it. Default: `Barrier` and a number. */
  readonly name?: string | undefined
}

const OPTIONS = ['action', 'timeout', 'name'] satisfies (keyof BarrierOptions)[]

/** Room for the 100 threads of which the death is noticed. */
const MOST_CELLS = 5

const BECAUSE: Readonly<Record<Broken, string>> = {
  aborted: 'it was aborted or reset, or its action failed',
  late: 'one of the parties did not wait long enough',
  died: 'one of the parties died',
}

/**
 * Lets nobody go on before a number of parties has come. Python: `Barrier`. It may be captured, passed, sent and
 * stored, and arrives as the same barrier.
 *
 * It is broken when a party is killed that waits, or that came to the round before and is missed in this one. (Of more
 * than 100 threads at a time, the death of the later ones goes unnoticed.)
 * @example
 * const barrier = new Barrier(2)
 * const places = await Promise.all([barrier.wait(), barrier.wait()])
 * places.toSorted()   // [0, 1]
 */
export class Barrier {
  /** What errors call it. */
  readonly name: string
  /** @internal */
  readonly cells: readonly Cell[]
  /** @internal */
  readonly options: BarrierOptions
  readonly #rounds: Rounds
  readonly #seats: readonly Cell['seats'][]

  /** @param parties  how many have to come, from 1 */
  constructor(parties: number, options: BarrierOptions = {}, cells?: readonly Cell[]) {
    checkKnown('Barrier', options, OPTIONS, '{ timeout: 5000 }')
    checkTimeout('Barrier', options.timeout)
    if (options.action !== undefined) checkFunction("Barrier's action", options.action)
    if (!cells) checkParties(parties)
    this.options = options
    this.cells = cells ?? [
      allocateCell(16),
      ...Array.from({ length: cellsFor(parties) }, () => allocateCell(64)),
    ]
    const [lock, state, ...more] = this.cells as [Cell, Cell, ...Cell[]]
    this.#rounds = new Rounds(lock, state, more)
    this.#seats = [lock.seats, state.seats]
    this.name = givenOrNext(this.constructor.name, options.name)
    if (!cells) this.#rounds.begin(parties)
  }

  /** How many have to come. */
  get parties(): number {
    return this.#rounds.parties
  }

  /** How many have come to this round and wait. */
  get nWaiting(): number {
    this.#rounds.look()
    return this.#rounds.waiting
  }

  /** Whether it is broken. */
  get broken(): boolean {
    this.#rounds.look()
    return this.#rounds.broken !== undefined
  }

  /**
   * Waits until all have come. Gives this one's place, from 0: each place once in a round.
   * @param options.timeout  milliseconds; default: the barrier's own
   * @param options.signal  breaks the barrier, as being late does
   * Rejects with `BrokenBarrierError` (`BARRIER_BROKEN`), `CancelledError` (`WAIT_ABORTED`) for who gave the signal,
   * or what the action threw.
   */
  async wait(options: WaitOptions = NO_LIMITS): Promise<number> {
    checkLimits('Barrier.wait()', options)
    const { timeout = this.options.timeout, signal } = options
    const late = signal?.aborted ?? false
    rememberToForget(this.#rounds)
    const [arrival, why] = await this.#drive(this.#rounds.arrive(BELL, late), { timeout, signal })
    if (typeof arrival === 'string' || !arrival.last) {
      return this.#place(arrival, late ? 'signal' : why, signal)
    }
    try {
      await this.options.action?.()
    } catch (error) {
      await this.#drive(this.#rounds.finish(BELL, false))
      throw error
    }
    const [broken] = await this.#drive(this.#rounds.finish(BELL, true))
    return this.#place(broken ?? arrival, undefined)
  }

  /**
   * The same, blocking this thread: for workers. Throws `UsageError` (`BLOCKS_EVENT_LOOP`) on the main thread of a
   * program unless `blockMainThread` is given. The action must not be asynchronous.
   */
  waitSync(options: BlockingOptions = NO_LIMITS): number {
    checkBlocking(this, 'waitSync', options)
    const { timeout = this.options.timeout } = options
    rememberToForget(this.#rounds)
    const arrival = waitSync(this.#rounds.arrive(SLEEP), timeout)
    if (typeof arrival === 'string' || !arrival.last) return this.#place(arrival, undefined)
    try {
      this.options.action?.()
    } catch (error) {
      waitSync(this.#rounds.finish(SLEEP, false))
      throw error
    }
    return this.#place(waitSync(this.#rounds.finish(SLEEP, true)) ?? arrival, undefined)
  }

  /** Makes it as new; whoever waits gets `BrokenBarrierError`. */
  async reset(): Promise<void> {
    await this.#drive(this.#rounds.reset(BELL))
  }

  /** Breaks it: whoever waits or comes gets `BrokenBarrierError`, until `reset`. */
  async abort(): Promise<void> {
    await this.#drive(this.#rounds.abort(BELL))
  }

  /** `<Barrier Barrier-1 waiting=2/3>`. */
  toString(): string {
    const state = this.broken ? 'broken' : `waiting=${this.nWaiting}/${this.parties}`
    return `<${this.constructor.name} ${this.name} ${state}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #drive<T>(waiting: Waiting<T>, limits: WaitOptions = NO_LIMITS): Promise<[T, Why]> {
    return new Promise((resolve, reject) => {
      const settled = (value: T, why: Why): void => {
        for (const seats of this.#seats) bellOf(seats).nudge()
        resolve([value, why])
      }
      new AsyncWait(waiting, this.#seats, settled, reject).start(limits)
    })
  }

  #place(arrival: Arrival, why: Why, signal?: AbortSignal): number {
    if (typeof arrival !== 'string') return arrival.index
    if (why === 'signal') throw createError('WAIT_ABORTED', { what: this.name, reason: signal?.reason })
    throw createError('BARRIER_BROKEN', { barrier: this.name, because: BECAUSE[arrival] })
  }
}

function checkParties(parties: number): void {
  if (Number.isSafeInteger(parties) && parties >= 1 && parties <= LOW) return
  const [got, expected] = [describe(parties), 'a whole number from 1']
  throw createError('WRONG_OPTION', { where: 'Barrier', option: 'parties', got, expected })
}

/** How many large cells: the first has room for 16 members beside its state, each further one for 21. */
function cellsFor(parties: number): number {
  return Math.min(MOST_CELLS, 1 + Math.ceil(Math.max(0, parties - 16) / 21))
}

const taken = new Set<Rounds>()

/** A program that ends by itself has left its barriers; one that fails or is killed is missed. */
function rememberToForget(rounds: Rounds): void {
  if (taken.size === 0) {
    process.once('exit', code => {
      if (code === 0) for (const each of taken) forget(each)
    })
  }
  taken.add(rounds)
}

function forget(rounds: Rounds): void {
  try {
    rounds.forget()
  } catch {
    // Its memory has ended before this program, and nobody is there to miss it.
  }
}
