import { createError } from '../base/index.ts'
import { CAPACITY, GETTERS, HEAD, MAXSIZE, TAIL, UNIT } from './layout.ts'
import type { Message } from './message.ts'
import {
  type Attempt,
  BUSY,
  CLOSED,
  CROWDED,
  DONE,
  END,
  GET,
  NOT_NOW,
  PUT,
  type Ring,
  unitsOf,
} from './ring.ts'
import { announce } from './ring-lock.ts'

/** Up to here every ring grows when it is full. */
export const SMALL = 1024 * 1024
/** Up to here, or to so many times the message, a ring grows without ado. What is larger falls out of the caches. */
const LARGE = 4 * SMALL
const LARGE_TIMES = 3
/** A header has 32 bits for the length. */
const LONGEST = 2 ** 32 - UNIT

/** The side of a ring that puts. */
export class RingWriter {
  readonly #ring: Ring
  // Of the put under way, while this thread holds the lock.
  #position = 0
  #capacity = 0
  #ordinal = 0
  #units = 0

  constructor(ring: Ring) {
    this.#ring = ring
  }

  /**
   * Takes the lock and finds room. After `DONE`: `write` all of it, then `commit`, or `cancel`. `patient`: `CROWDED`
   * where it would take a large ring.
   */
  begin(message: Message, patient = false): Attempt {
    const ring = this.#ring
    if (!ring.isOpen) return CLOSED
    if (!ring.tryLock(PUT)) return BUSY
    let attempt: Attempt = NOT_NOW
    try {
      attempt = ring.isOpen ? this.#findRoom(message, patient) : CLOSED
    } finally {
      if (attempt !== DONE) ring.unlock(PUT)
    }
    return attempt
  }

  write(message: Message, offset: number, count: number): void {
    this.#ring.memory.write(this.#position, this.#capacity, message, offset, count)
  }

  commit(message: Message): void {
    const ring = this.#ring
    const { cells, memory } = ring
    const end = (this.#position + this.#units) | 0
    memory.writeHeader(end, this.#capacity, END, (this.#ordinal + 1) | 0)
    memory.writeHeader(this.#position, this.#capacity, message, this.#ordinal)
    cells.store(TAIL, end)
    ring.unlock(PUT)
    if (cells.load(GETTERS) !== 0) announce(cells, ring.seats, GET)
  }

  cancel(): void {
    this.#ring.unlock(PUT)
  }

  #findRoom(message: Message, patient: boolean): Attempt {
    const ring = this.#ring
    if (!ring.settle(GET)) return BUSY
    const { cells } = ring
    const tail = cells.load(TAIL)
    // Who gets may go on meanwhile: that only makes more room.
    const head = cells.load(HEAD)
    const capacity = ring.load()
    const used = ring.used(head, tail, capacity)
    const maxsize = cells.load(MAXSIZE)
    if (maxsize > 0 && ring.countBetween(head, tail, capacity) >= maxsize) return NOT_NOW
    this.#position = tail
    this.#capacity = capacity
    this.#units = unitsOf(message.length)
    this.#ordinal = ring.memory.ordinal(tail, capacity)
    // One unit more, for the header that tells the next ordinal.
    const wanted = (used + this.#units + 1) * UNIT
    return wanted <= capacity ? DONE : this.#growTo(wanted, patient)
  }

  #growTo(wanted: number, patient: boolean): Attempt {
    const { growth, name } = this.#ring.options
    const { largest } = this.#ring.memory
    const alone = (this.#units + 1) * UNIT
    if (alone > Math.min(largest, LONGEST)) {
      throw createError('MESSAGE_TOO_LARGE', { channel: name, size: this.#units * UNIT, largest })
    }
    const mayWait = growth === 'to-fit' && wanted > SMALL && alone <= this.#capacity
    if (mayWait || wanted > largest) return NOT_NOW
    if (patient && wanted > Math.max(LARGE, alone * LARGE_TIMES)) return CROWDED
    return this.#ring.locked(GET, () => this.#grow(wanted))
  }

  /** All that is there keeps its place or is copied to new memory, so that it is whole at any moment. */
  #grow(wanted: number): Attempt {
    const { cells, memory } = this.#ring
    let capacity = this.#capacity
    while (capacity < wanted) capacity *= 2
    if (capacity > memory.largest) return NOT_NOW
    const head = cells.load(HEAD)
    const used = this.#ring.used(head, this.#position, this.#capacity)
    memory.commit(capacity)
    memory.unfold(head, used + 1, this.#capacity, capacity)
    cells.store(CAPACITY, capacity / UNIT)
    this.#capacity = this.#ring.load()
    return DONE
  }
}
