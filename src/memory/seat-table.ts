import { every, type Timer } from '../base/index.ts'
import { createError } from '../base/index.ts'
import type { Bell, Block, Platform } from './platform/platform.ts'
import { BELL, NUMBER, PID, RUNG, SEAT_BYTES, SEAT_WORDS, TAKEN, THREAD } from './seat-layout.ts'
import type { Listening, Seat, Seats } from './seats.ts'

/** A seat's number is its slot and how often the slot was taken, so that the next who sits there is another. */
const SLOT_BITS = 11
export const SLOTS: number = 1 << SLOT_BITS
const MOST_TAKEN = (1 << (28 - SLOT_BITS)) - 1
export const LANES = 64
/** A ringer that is killed between marking and ringing leaves the mark alone: looked for this often, in milliseconds. */
const STUCK = 100

/** The seats of one arena. */
export class SeatTable implements Seats {
  readonly me: Seat
  readonly #platform: Platform
  readonly #words: Int32Array
  /** First word of the table. */
  readonly #base: number
  /** The word that says how many slots were ever used. */
  readonly #used: number
  readonly #listeners = new Set<() => void>()
  #bell: Bell | undefined
  #guard: Timer | undefined

  /** Takes a seat for this thread. `from`: the byte where the table begins; `used`: see `#used`. */
  constructor(platform: Platform, block: Block, words: Int32Array, from: number, used: number) {
    this.#platform = platform
    this.#words = words
    this.#base = from / 4
    this.#used = used
    this.me = platform.exclusively(block, () => this.#take(block, from))
  }

  /** 0 … 2047. */
  get slot(): number {
    return slotOf(this.me)
  }

  isAlive(seat: Seat): boolean {
    const slot = slotOf(seat)
    // What was never used has no memory yet: to look there could end the process where there is no more.
    if (slot >= this.#slotsUsed()) return false
    const at = this.#at(slot)
    // In this order: whoever takes the slot first clears the number, so a life that is not this seat's shows.
    return this.#platform.lives({ words: this.#words, at }) && Atomics.load(this.#words, at + NUMBER) === seat
  }

  /** Does anybody sit there? */
  isTaken(slot: number): boolean {
    return slot < this.#slotsUsed() && this.#platform.lives({ words: this.#words, at: this.#at(slot) })
  }

  lane(seat: Seat): number {
    return slotOf(seat) % LANES
  }

  ring(low: number, high: number): void {
    this.#ringHalf(low, 0)
    this.#ringHalf(high, LANES / 2)
  }

  listen(callback: () => void): Listening {
    const listener = (): void => callback()
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#open()
    return {
      close: () => {
        if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return
        this.#bell?.unref()
        this.#guard?.cancel()
      },
    }
  }

  /** For a thread that asks whether it was rung, as it can't be told. */
  attend(): void {
    const at = this.#at(this.slot)
    Atomics.store(this.#words, at + RUNG, 0)
    Atomics.store(this.#words, at + BELL, 1)
  }

  wasRung(): boolean {
    return Atomics.exchange(this.#words, this.#at(this.slot) + RUNG, 0) !== 0
  }

  /** For platforms that can't see a thread end by themselves. */
  threadEnded(thread: number): void {
    for (let slot = 0; slot < this.#slotsUsed(); slot++) {
      const at = this.#at(slot)
      if (
        Atomics.load(this.#words, at + THREAD) === thread &&
        Atomics.load(this.#words, at + PID) === process.pid
      )
        Atomics.store(this.#words, at, 0)
    }
  }

  #open(): void {
    const seat = { words: this.#words, at: this.#at(this.slot) }
    this.#bell ??= this.#platform.openBell(seat, () => this.#heard())
    this.#bell.ref()
    Atomics.store(this.#words, seat.at + RUNG, 0)
    this.#guard = every(STUCK, () => this.#lookForStuck(), { keepAlive: false })
  }

  #lookForStuck(): void {
    if (Atomics.load(this.#words, this.#at(this.slot) + RUNG) !== 0) this.#heard()
  }

  #heard(): void {
    // Cleared first: who rings from here on is heard again.
    Atomics.store(this.#words, this.#at(this.slot) + RUNG, 0)
    for (const listener of [...this.#listeners]) listener()
  }

  #ringHalf(lanes: number, first: number): void {
    const used = this.#slotsUsed()
    for (let left = lanes; left !== 0; left &= left - 1) {
      const lane = first + 31 - Math.clz32(left & -left)
      for (let slot = lane; slot < used; slot += LANES) this.#ringSlot(slot)
    }
  }

  #ringSlot(slot: number): void {
    const seat = { words: this.#words, at: this.#at(slot) }
    if (Atomics.load(this.#words, seat.at + BELL) === 0) return
    if (Atomics.exchange(this.#words, seat.at + RUNG, 1) === 0) this.#platform.ring(seat)
  }

  #slotsUsed(): number {
    return Math.min(SLOTS, Math.max(0, Atomics.load(this.#words, this.#used)))
  }

  #at(slot: number): number {
    return this.#base + slot * SEAT_WORDS
  }

  #take(block: Block, from: number): Seat {
    const used = this.#slotsUsed()
    let slot = 0
    while (slot < used && this.isTaken(slot)) slot++
    if (slot === SLOTS) throw createError('MEMORY_SEATS', { most: SLOTS })
    if (slot === used) {
      this.#platform.commit(block, from + slot * SEAT_BYTES, SEAT_BYTES)
      Atomics.store(this.#words, this.#used, slot + 1)
    }
    return this.#sit(block, from, slot)
  }

  /** Whoever is killed in here leaves a slot without a life, which the next one takes. */
  #sit(block: Block, from: number, slot: number): Seat {
    const at = this.#at(slot)
    const words = this.#words
    const taken = (Atomics.load(words, at + TAKEN) % MOST_TAKEN) + 1
    const seat = slot | (taken << SLOT_BITS)
    Atomics.store(words, at + NUMBER, 0)
    Atomics.store(words, at + BELL, 0)
    Atomics.store(words, at + RUNG, 0)
    Atomics.store(words, at + TAKEN, taken)
    Atomics.store(words, at + PID, process.pid)
    this.#platform.takeLife(block, [from, SLOTS * SEAT_BYTES], { words, at })
    Atomics.store(words, at + NUMBER, seat)
    return seat
  }
}

export function slotOf(seat: Seat): number {
  return seat & (SLOTS - 1)
}
