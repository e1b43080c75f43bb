import { isLater } from '../wire/index.ts'
import type { Call } from './call.ts'

/** A ring that is full, though only one of so many places is in use, has old calls in it: those are put aside. */
const SPARSE = 8

/**
 * The calls that are with a worker, by number. Numbers are given in order and come back nearly in order, so a ring
 * holds them; a map would cost several times as much for each of millions. The few that stay for long are put aside,
 * into a map: the ring would have to reach from the oldest to the newest.
 */
export class InFlight<C extends Call> {
  #ring: (C | undefined)[] = new Array(64)
  /** Those before `oldest`, in order. */
  readonly #aside = new Map<number, C>()
  /** No call before this number is in the ring. */
  #oldest: number
  #next: number

  /** The first call gets the number `first`. */
  constructor(first = 0) {
    this.#oldest = first
    this.#next = first
  }

  /** The number that the next call gets. */
  get next(): number {
    return this.#next
  }

  /** Takes a call in, under the next number. */
  add(call: C): void {
    if (((this.#next - this.#oldest) | 0) >= this.#ring.length) this.#makeRoom()
    this.#ring[this.#next & (this.#ring.length - 1)] = call
    call.number = this.#next
    this.#next = (this.#next + 1) | 0
  }

  get(number: number): C | undefined {
    if (isLater(this.#oldest, number)) return this.#aside.get(number)
    return isLater(this.#next, number) ? this.#ring[number & (this.#ring.length - 1)] : undefined
  }

  /** The number of a call, if it is there. */
  numberOf(call: C): number | undefined {
    const { number } = call
    return number !== undefined && this.get(number) === call ? number : undefined
  }

  /** Lets a call go. */
  take(number: number): C | undefined {
    const call = this.get(number)
    if (call === undefined) return undefined
    if (isLater(this.#oldest, number)) {
      this.#aside.delete(number)
      return call
    }
    const mask = this.#ring.length - 1
    this.#ring[number & mask] = undefined
    while (this.#oldest !== this.#next && this.#ring[this.#oldest & mask] === undefined) {
      this.#oldest = (this.#oldest + 1) | 0
    }
    return call
  }

  /** All of them with their numbers, in order. */
  *[Symbol.iterator](): Generator<[number, C]> {
    yield* this.#aside
    yield* this.#inRing(this.#oldest)
  }

  /** Those with later numbers than this, in order. */
  *after(number: number): Generator<[number, C]> {
    for (const known of this.#aside) if (isLater(known[0], number)) yield known
    yield* this.#inRing(isLater(this.#oldest, number) ? this.#oldest : (number + 1) | 0)
  }

  *#inRing(from: number): Generator<[number, C]> {
    for (let number = from; isLater(this.#next, number); number = (number + 1) | 0) {
      const call = this.#ring[number & (this.#ring.length - 1)]
      if (call !== undefined) yield [number, call]
    }
  }

  clear(): void {
    this.#ring.fill(undefined)
    this.#aside.clear()
    this.#oldest = this.#next
  }

  #makeRoom(): void {
    const inUse = this.#ring.reduce((count, call) => (call ? count + 1 : count), 0)
    if (inUse * SPARSE > this.#ring.length) return this.#grow()
    for (const [number, call] of this.#inRing(this.#oldest)) this.#aside.set(number, call)
    this.#ring.fill(undefined)
    this.#oldest = this.#next
  }

  #grow(): void {
    const bigger: (C | undefined)[] = new Array(this.#ring.length * 2)
    for (const [number, call] of this.#inRing(this.#oldest)) bigger[number & (bigger.length - 1)] = call
    this.#ring = bigger
  }
}
