import { isLater } from '../wire/index.ts'

/**
 * The calls that are with a worker, by number. Numbers are given in order and come back nearly in order, so a ring
 * holds them; a map would cost several times as much for each of millions.
 */
export class InFlight<C> {
  #ring: (C | undefined)[] = new Array(64)
  /** No call before this number is there. */
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
    if (((this.#next - this.#oldest) | 0) >= this.#ring.length) this.#grow()
    this.#ring[this.#next & (this.#ring.length - 1)] = call
    this.#next = (this.#next + 1) | 0
  }

  get(number: number): C | undefined {
    if (isLater(this.#oldest, number) || !isLater(this.#next, number)) return undefined
    return this.#ring[number & (this.#ring.length - 1)]
  }

  /** Lets a call go. */
  take(number: number): C | undefined {
    const call = this.get(number)
    if (call === undefined) return undefined
    const mask = this.#ring.length - 1
    this.#ring[number & mask] = undefined
    while (this.#oldest !== this.#next && this.#ring[this.#oldest & mask] === undefined) {
      this.#oldest = (this.#oldest + 1) | 0
    }
    return call
  }

  /** All of them with their numbers, in order. */
  *[Symbol.iterator](): Generator<[number, C]> {
    for (let number = this.#oldest; number !== this.#next; number = (number + 1) | 0) {
      const call = this.#ring[number & (this.#ring.length - 1)]
      if (call !== undefined) yield [number, call]
    }
  }

  clear(): void {
    this.#ring.fill(undefined)
    this.#oldest = this.#next
  }

  #grow(): void {
    const bigger: (C | undefined)[] = new Array(this.#ring.length * 2)
    for (const [number, call] of this) bigger[number & (bigger.length - 1)] = call
    this.#ring = bigger
  }
}
