import type { Choice } from './choice.ts'
import { finish, isSound, lift } from './decode.ts'
import { GAPS, HEAD, PUTTERS, TAIL, UNIT } from './layout.ts'
import type { Header } from './message.ts'
import { type Attempt, BUSY, CLOSED, DONE, END, GET, NOT_NOW, PUT, type Ring, unitsOf } from './ring.ts'
import { announce } from './ring-lock.ts'
import { GONE } from './tags.ts'

/** The side of a ring that gets. */
export class RingReader {
  /** Of the oldest message, after `begin`. */
  header: Header = END
  readonly #ring: Ring
  readonly #choice: Choice | undefined
  // Of the get under way, while this thread holds the lock.
  #position = 0
  #capacity = 0
  #ordinal = 0
  #units = 0
  // Of one that chooses: where the head goes when the oldest is taken, and the gaps behind that.
  #next = 0
  #gapsLeft = 0

  constructor(ring: Ring, choice?: Choice) {
    this.#ring = ring
    this.#choice = choice
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
    this.#takeOut()
    ledger?.taken(ring)
    ring.unlock(GET)
    // After the unlocking: who waits for room may need this lock too.
    if (cells.load(PUTTERS) !== 0 && this.#isWorthTelling()) announce(cells, ring.seats, PUT)
  }

  /**
   * Who waits for room in a pipe goes on when half of it is free, and not for each message: waking costs more than
   * sending. Who needs less looks by itself in a moment.
   */
  #isWorthTelling(): boolean {
    const { cells, options } = this.#ring
    if (options.growth === 'always') return true
    return ((cells.load(TAIL) - cells.load(HEAD)) >>> 0) * UNIT * 2 <= this.#capacity
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
    const { cells } = ring
    ring.ledger?.recover(ring)
    const tail = cells.load(TAIL)
    const head = cells.load(HEAD)
    if (tail === head) return this.#nothing()
    const capacity = ring.load()
    const used = ring.used(head, tail, capacity)
    this.#capacity = capacity
    if (this.#choice) this.#choose(this.#choice, head, tail, used)
    else this.#look(head, used)
    return DONE
  }

  /** Reads the header at this position, which at most `used` units follow, and checks it. */
  #look(position: number, used: number): void {
    const ring = this.#ring
    const { memory } = ring
    const capacity = this.#capacity
    const header = memory.readHeader(position, capacity)
    const gone = this.#choice !== undefined && header?.tag === GONE
    if (!header || !(gone || isSound(header))) throw ring.damaged('the header of a message')
    const units = unitsOf(header.length)
    if (units > used) throw ring.damaged('the length of a message')
    const ordinal = memory.ordinal(position, capacity)
    if (memory.ordinal((position + units) | 0, capacity) !== ((ordinal + 1) | 0)) {
      throw ring.damaged('the number of a message')
    }
    this.header = header
    this.#position = position
    this.#ordinal = ordinal
    this.#units = units
  }

  /** Walks over all messages and settles on one. */
  #choose(choice: Choice, head: number, tail: number, used: number): void {
    choice.begin(this.#ring.memory.ordinal(head, this.#capacity))
    let [best, gaps, gapsBefore] = [head, 0, 0]
    let next = tail
    for (let at = head; at !== tail; at = (at + this.#units) | 0) {
      this.#look(at, used - ((at - head) >>> 0))
      if (this.header.tag === GONE) {
        gaps++
        continue
      }
      // The first that is left behind the oldest one, and what was taken between the two.
      if (at !== head && next === tail) [next, gapsBefore] = [at, gaps]
      if (choice.isBetter(this.#ordinal, () => this.#value())) best = at
    }
    this.#ring.cells.store(GAPS, gaps)
    this.#next = next
    this.#gapsLeft = next === tail ? 0 : gaps - gapsBefore
    this.#look(best, used - ((best - head) >>> 0))
  }

  #value(): unknown {
    const { bytes, start } = this.whole()
    return finish(this.header, lift(this.header, bytes, start))
  }

  /** Moves the head over the message, or marks it as gone where others were put before it. */
  #takeOut(): void {
    const { cells, memory } = this.#ring
    if (!this.#choice) cells.store(HEAD, (this.#position + this.#units) | 0)
    else if (this.#position === cells.load(HEAD)) {
      cells.store(HEAD, this.#next)
      cells.store(GAPS, this.#gapsLeft)
    } else {
      const { length, aux } = this.header
      memory.writeHeader(this.#position, this.#capacity, { tag: GONE, aux, length }, this.#ordinal)
      cells.add(GAPS, 1)
    }
  }
}
