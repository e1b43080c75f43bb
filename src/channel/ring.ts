import { createError } from '../base/index.ts'
import type { Cells, Seats } from '../memory/index.ts'
import {
  CAPACITY,
  DROPPED,
  GAPS,
  GET_LANES,
  GETTERS,
  HEAD,
  HEAD_LOCK,
  MAXSIZE,
  MOVING,
  MOVING_HEAD,
  MOVING_ORDINAL,
  MOVING_TAIL,
  OPEN,
  PUT_LANES,
  PUTTERS,
  SHUT,
  STATE,
  TAIL,
  TAIL_LOCK,
  UNIT,
} from './layout.ts'
import type { Ledger } from './ledger.ts'
import type { Header } from './message.ts'
import { type Side, tryLock, unlock } from './ring-lock.ts'
import type { RingMemory } from './ring-memory.ts'

/** How an attempt went. */
export const DONE = 0
/** Nothing there (get), or no room (put). */
export const NOT_NOW = 1
/** Somebody else is at it. */
export const BUSY = 2
/** The ring was shut down. */
export const CLOSED = 3
/** There is room only if the ring grows a great deal; who can wait a little should. */
export const CROWDED = 4

/** Which one to take depends on a message whose modules are being loaded. */
export const LOADING = 5

export type Attempt =
  | typeof DONE
  | typeof NOT_NOW
  | typeof BUSY
  | typeof CLOSED
  | typeof CROWDED
  | typeof LOADING

export interface RingOptions {
  /** `always`: a ring without room grows. `to-fit`: it grows for what would never fit, else its users wait. */
  readonly growth: 'always' | 'to-fit'
  /** Messages are taken out of their turn, so that there are gaps. */
  readonly outOfTurn?: boolean
  /** What it is called in errors. */
  readonly name: string
}

export const GET: Side = { lock: HEAD_LOCK, waiting: GETTERS, lanes: GET_LANES, moves: TAIL }
export const PUT: Side = { lock: TAIL_LOCK, waiting: PUTTERS, lanes: PUT_LANES, moves: HEAD }

/** What stands after the newest message. */
export const END: Header = { tag: 0xff, aux: 0, length: 0 }

/**
 * What the two sides of a ring have in common. Who puts holds the lock of the tail, who gets holds that of the head,
 * who changes the size holds both, the tail's first. `TAIL` moves after the whole message is there, `HEAD` after it
 * was read, so that a thread that dies in between leaves no trace. Nothing here waits.
 */
export class Ring {
  readonly cells: Cells
  readonly seats: Seats
  readonly memory: RingMemory
  readonly options: RingOptions
  readonly ledger: Ledger | undefined
  readonly #me: number
  #capacity = 0

  constructor(cells: Cells, seats: Seats, memory: RingMemory, options: RingOptions, ledger?: Ledger) {
    this.cells = cells
    this.seats = seats
    this.memory = memory
    this.options = options
    this.ledger = ledger
    this.#me = seats.me
  }

  /** Makes the words of a new ring of `capacity` bytes. Nobody else knows it yet. */
  static init(cells: Cells, memory: RingMemory, capacity: number, maxsize: number): void {
    memory.writeHeader(0, capacity, END, 0)
    cells.store(MAXSIZE, maxsize)
    cells.store(CAPACITY, capacity / UNIT)
  }

  get isEmpty(): boolean {
    return this.cells.load(TAIL) === this.cells.load(HEAD)
  }

  /** How many messages it may hold; 0: any number. */
  get maxsize(): number {
    return this.cells.load(MAXSIZE)
  }

  /** As many as it may hold? */
  get isFull(): boolean {
    const { maxsize } = this
    return maxsize > 0 && this.count() >= maxsize
  }

  get isOpen(): boolean {
    return this.cells.load(STATE) === OPEN
  }

  tryLock(side: Side): boolean {
    return tryLock(this.cells, this.seats, side.lock, this.#me)
  }

  unlock(side: Side): void {
    unlock(this.cells, this.seats, side)
  }

  /** Calls `body` with the lock of that side, or answers `BUSY`. */
  locked(side: Side, body: () => Attempt): Attempt {
    if (!this.tryLock(side)) return BUSY
    try {
      if (side === GET) this.ledger?.recover(this)
      return body()
    } finally {
      this.unlock(side)
    }
  }

  /** Moves both ends of a ring with gaps. `ordinal`: of the next message. Whoever calls holds both locks. */
  move(head: number, tail: number, ordinal: number): void {
    const { cells } = this
    cells.store(MOVING_HEAD, head)
    cells.store(MOVING_TAIL, tail)
    cells.store(MOVING_ORDINAL, ordinal)
    // From here on it is finished by others if this thread dies.
    cells.store(MOVING, 1)
    this.#finishMove()
  }

  /** Finishes what a thread that died in `move` has left. Whoever calls holds one lock. False: the other is taken. */
  settle(other: Side): boolean {
    if (this.options.outOfTurn !== true || this.cells.load(MOVING) === 0) return true
    return this.locked(other, () => this.#finishMove()) === DONE
  }

  #finishMove(): Attempt {
    const { cells } = this
    const tail = cells.load(MOVING_TAIL)
    this.memory.writeHeader(tail, this.load(), END, cells.load(MOVING_ORDINAL))
    // The tail first: in between are messages, if some twice.
    cells.store(TAIL, tail)
    cells.store(HEAD, cells.load(MOVING_HEAD))
    cells.store(MOVING, 0)
    return DONE
  }

  /** The bytes of the ring at this moment. */
  load(): number {
    const capacity = this.cells.load(CAPACITY) * UNIT
    if (capacity === this.#capacity) return capacity
    if (!isPowerOfTwo(capacity / UNIT) || capacity > this.memory.largest) throw this.damaged('its size')
    this.#capacity = capacity
    return capacity
  }

  /** Units in use, without the header after the newest message. */
  used(head: number, tail: number, capacity: number): number {
    const used = (tail - head) >>> 0
    if ((used + 1) * UNIT > capacity) throw this.damaged('its positions')
    return used
  }

  countBetween(head: number, tail: number, capacity: number): number {
    const between = (this.memory.ordinal(tail, capacity) - this.memory.ordinal(head, capacity)) >>> 0
    return Math.max(0, between - this.cells.load(GAPS))
  }

  /** How many messages are there: exact at some moment during the call. */
  count(): number {
    const { cells } = this
    for (let look = 0; look < MANY_LOOKS; look++) {
      const capacity = this.load()
      const tail = cells.load(TAIL)
      const head = cells.load(HEAD)
      if (tail === head) return 0
      const count = this.countBetween(head, tail, capacity)
      // Unless one of them moved meanwhile, nobody wrote over the two ordinals.
      const same = cells.load(HEAD) === head && cells.load(TAIL) === tail
      if (same && cells.load(CAPACITY) * UNIT === capacity) return count
    }
    return 1
  }

  /** How many were ever taken, modulo 2 ** 32. Under the lock of the head. */
  ordinalAtHead(): number {
    return this.memory.ordinal(this.cells.load(HEAD), this.load())
  }

  /** How many were ever put, modulo 2 ** 32. */
  puts(): number {
    const { cells } = this
    for (let look = 0; look < MANY_LOOKS; look++) {
      const capacity = this.load()
      const tail = cells.load(TAIL)
      const ordinal = this.memory.ordinal(tail, capacity)
      if (cells.load(TAIL) === tail && cells.load(CAPACITY) * UNIT === capacity) return ordinal
    }
    throw this.damaged('its positions')
  }

  /** Nothing more may be put. `drop`: what is there goes too, and `dropped` is told how many that were. */
  shutDown(drop: boolean, dropped: (count: number) => void): Attempt {
    return this.locked(PUT, () => {
      this.cells.store(STATE, drop ? DROPPED : Math.max(this.cells.load(STATE), SHUT))
      return drop ? this.locked(GET, () => this.#dropAll(dropped)) : DONE
    })
  }

  #dropAll(dropped: (count: number) => void): Attempt {
    const { cells } = this
    if (cells.load(MOVING) !== 0) this.#finishMove()
    const tail = cells.load(TAIL)
    const count = this.countBetween(cells.load(HEAD), tail, this.load())
    cells.store(HEAD, tail)
    cells.store(GAPS, 0)
    dropped(count)
    return DONE
  }

  /** Lets go of the memory that a large message, or a crowd of them, took, if all is quiet. */
  shrinkTo(capacity: number): void {
    const { cells } = this
    if (cells.load(CAPACITY) * UNIT <= capacity || !this.isEmpty) return
    this.locked(PUT, () => this.locked(GET, () => this.#shrink(capacity)))
  }

  #shrink(capacity: number): Attempt {
    if (!this.isEmpty) return NOT_NOW
    const tail = this.cells.load(TAIL)
    this.memory.writeHeader(tail, capacity, END, this.memory.ordinal(tail, this.load()))
    this.cells.store(CAPACITY, capacity / UNIT)
    this.memory.shrink(capacity)
    return DONE
  }

  damaged(what: string): Error {
    return createError('CHANNEL_DAMAGED', { channel: this.options.name, what })
  }
}

/** A look that others always come between is given up after so many. */
const MANY_LOOKS = 10_000

export function unitsOf(length: number): number {
  return 1 + Math.ceil(length / UNIT)
}

function isPowerOfTwo(size: number): boolean {
  return size > 0 && (size & (size - 1)) === 0
}
