import { isSound } from './decode.ts'
import { HEAD, PUTTERS, TAIL } from './layout.ts'
import type { Header } from './message.ts'
import { type Attempt, BUSY, CLOSED, DONE, END, GET, NOT_NOW, PUT, type Ring, unitsOf } from './ring.ts'
import { announce } from './ring-lock.ts'

/** The side of a ring that gets. */
export class RingReader {
  /** Of the oldest message, after `begin`. */
  header: Header = END
  readonly #ring: Ring
  // Of the get under way, while this thread holds the lock.
  #position = 0
  #capacity = 0
  #ordinal = 0
  #units = 0

  constructor(ring: Ring) {
    this.#ring = ring
  }

  /** Takes the lock and finds the oldest message. After `DONE`: read it, then `commit`, or `cancel`. */
  begin(): Attempt {
    const ring = this.#ring
    if (ring.isEmpty) return this.#nothing()
    if (!ring.tryLock(GET)) return BUSY
    let attempt: Attempt = NOT_NOW
    try {
      attempt = this.#findOldest()
    } finally {
      if (attempt !== DONE) ring.unlock(GET)
    }
    return attempt
  }

  /** Where the message lies in one piece: good until `commit`. */
  whole(): { readonly bytes: Buffer; readonly start: number } {
    return this.#ring.memory.whole(this.#position, this.#capacity, this.header.length)
  }

  read(target: Uint8Array, offset: number, count: number): void {
    this.#ring.memory.read(this.#position, this.#capacity, target, offset, count)
  }

  commit(): void {
    const ring = this.#ring
    const { cells, ledger } = ring
    ledger?.take(ring, this.#ordinal)
    cells.store(HEAD, (this.#position + this.#units) | 0)
    ledger?.taken(ring)
    ring.unlock(GET)
    // After the unlocking: who waits for room may need this lock too.
    if (cells.load(PUTTERS) !== 0) announce(cells, ring.seats, PUT)
  }

  cancel(): void {
    this.#ring.unlock(GET)
  }

  #nothing(): Attempt {
    // What was put before the end is still to be had: after looking at the end, look again.
    return this.#ring.isOpen || !this.#ring.isEmpty ? NOT_NOW : CLOSED
  }

  #findOldest(): Attempt {
    const ring = this.#ring
    const { cells, memory } = ring
    ring.ledger?.recover(ring)
    const tail = cells.load(TAIL)
    const head = cells.load(HEAD)
    if (tail === head) return this.#nothing()
    const capacity = ring.load()
    const used = ring.used(head, tail, capacity)
    const header = memory.readHeader(head, capacity)
    if (!header || !isSound(header)) throw ring.damaged('the header of a message')
    const units = unitsOf(header.length)
    if (units > used) throw ring.damaged('the length of a message')
    const ordinal = memory.ordinal(head, capacity)
    if (memory.ordinal((head + units) | 0, capacity) !== ((ordinal + 1) | 0)) {
      throw ring.damaged('the number of a message')
    }
    this.header = header
    this.#position = head
    this.#capacity = capacity
    this.#ordinal = ordinal
    this.#units = units
    return DONE
  }
}
