import { type Choice, UNREADABLE } from './choice.ts'
import { isSound, lift, Loading, peek } from './decode.ts'
import { GAPS, HEAD, PUTTERS, TAIL, UNIT } from './layout.ts'
import type { Header } from './message.ts'
import {
  type Attempt,
  BUSY,
  CLOSED,
  DONE,
  END,
  GET,
  LOADING,
  NOT_NOW,
  PUT,
  type Ring,
  unitsOf,
} from './ring.ts'
import { announce } from './ring-lock.ts'
import { GONE } from './tags.ts'
import { type Left, tidy } from './tidy.ts'

/** The side of a ring that gets. */
export class RingReader {
  /** Of the oldest message, after `begin`. */
  header: Header = END
  /** After `LOADING`: settles when it makes sense to try again. */
  loading: Promise<void> = Promise.resolve()
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
  #left: Left | undefined

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
    try {
      if (this.#choice) this.#tidy(this.#choice)
    } finally {
      ring.unlock(GET)
    }
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
    if (!ring.settle(PUT)) return BUSY
    ring.ledger?.recover(ring)
    const tail = cells.load(TAIL)
    const head = cells.load(HEAD)
    if (tail === head) return this.#nothing()
    const capacity = ring.load()
    const used = ring.used(head, tail, capacity)
    this.#capacity = capacity
    if (this.#choice) return this.#choose(this.#choice, head, tail, used)
    this.#look(head, used)
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
    const step = (memory.ordinal((position + units) | 0, capacity) - ordinal) | 0
    // Of those that were taken out of their turn, some are no more.
    if (this.#choice ? step < 1 : step !== 1) throw ring.damaged('the number of a message')
    this.header = header
    this.#position = position
    this.#ordinal = ordinal
    this.#units = units
  }

  /** Walks over all messages and settles on one. */
  #choose(choice: Choice, head: number, tail: number, used: number): Attempt {
    const { cells, memory } = this.#ring
    choice.begin()
    let [best, newest, next, nextOrdinal] = [head, head, tail, 0]
    let [count, units, gone, goneBefore] = [0, 0, 0, 0]
    // Where the newest ends, and the one before it.
    let [end, before] = [head, head]
    for (let at = head; at !== tail; at = (at + this.#units) | 0) {
      this.#look(at, used - ((at - head) >>> 0))
      if (this.header.tag === GONE) {
        gone++
        continue
      }
      if (choice.wants(this.#ordinal) && !this.#teach(choice)) return LOADING
      count++
      units += this.#units
      // The first that is left behind the oldest one, and what was taken between the two.
      if (at !== head && next === tail) [next, nextOrdinal, goneBefore] = [at, this.#ordinal, gone]
      ;[before, end, newest] = [end, (at + this.#units) | 0, at]
      if (choice.isBetter(this.#ordinal)) best = at
    }
    choice.end()
    const after = memory.ordinal(tail, this.#capacity)
    cells.store(GAPS, ((after - memory.ordinal(head, this.#capacity)) | 0) - count)
    this.#next = next
    this.#gapsLeft = next === tail ? 0 : ((after - nextOrdinal) | 0) - (count - 1)
    this.#look(best, used - ((best - head) >>> 0))
    this.#left = {
      count: count - 1,
      units: units - this.#units,
      gone: best === head ? gone - goneBefore : gone + 1,
      end: best === newest ? before : end,
      tail,
    }
    return DONE
  }

  /** Tells what is in the message that was looked at. False: that takes a while. */
  #teach(choice: Choice): boolean {
    const ordinal = this.#ordinal
    let value: unknown = UNREADABLE
    try {
      const { bytes, start } = this.whole()
      value = peek(this.header, lift(this.header, bytes, start))
    } catch {
      // Whoever takes it learns why.
    }
    if (!(value instanceof Loading)) {
      choice.learn(ordinal, value)
      return true
    }
    this.loading = value.value.then(
      loaded => choice.learn(ordinal, loaded),
      () => choice.learn(ordinal, UNREADABLE),
    )
    return false
  }

  /** Moves the head over the message, or marks it as gone where others were put before it. */
  #takeOut(): void {
    const { cells, memory } = this.#ring
    if (!this.#choice) cells.store(HEAD, (this.#position + this.#units) | 0)
    else if (this.#position === cells.load(HEAD)) {
      // In this order: who puts in between may find too many, never too few.
      cells.store(GAPS, this.#gapsLeft)
      cells.store(HEAD, this.#next)
    } else {
      const { length, aux } = this.header
      memory.writeHeader(this.#position, this.#capacity, { tag: GONE, aux, length }, this.#ordinal)
      cells.add(GAPS, 1)
    }
  }

  #tidy(choice: Choice): void {
    choice.taken(this.#ordinal)
    if (this.#left) tidy(this.#ring, this.#left)
  }
}
