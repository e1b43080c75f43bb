import { type Cells, SLICE } from './cells.ts'

/** Cells over an `Int32Array` of shared memory. */
export class WordCells implements Cells {
  readonly length: number
  readonly #words: Int32Array

  constructor(words: Int32Array) {
    this.#words = words
    this.length = words.length
  }

  load(word: number): number {
    return Atomics.load(this.#words, word)
  }

  store(word: number, value: number): void {
    Atomics.store(this.#words, word, value)
  }

  exchange(word: number, value: number): number {
    return Atomics.exchange(this.#words, word, value)
  }

  compareExchange(word: number, expected: number, replacement: number): number {
    return Atomics.compareExchange(this.#words, word, expected, replacement)
  }

  add(word: number, by: number): number {
    return Atomics.add(this.#words, word, by)
  }

  and(word: number, mask: number): number {
    return Atomics.and(this.#words, word, mask)
  }

  or(word: number, mask: number): number {
    return Atomics.or(this.#words, word, mask)
  }

  sleep(word: number, expected: number, ms: number): void {
    Atomics.wait(this.#words, word, expected, Math.min(ms, SLICE))
  }

  wake(word: number, count: number): void {
    Atomics.notify(this.#words, word, count)
  }
}
