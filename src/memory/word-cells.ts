import { type Cells, SLICE } from './cells.ts'
import type { Block, Platform } from './platform/platform.ts'

/** Cells in a block of shared memory. */
export class WordCells implements Cells {
  readonly length: number
  readonly #words: Int32Array
  readonly #block: Block
  readonly #platform: Platform

  constructor(platform: Platform, block: Block, offset: number, count: number) {
    this.#platform = platform
    this.#block = block
    this.#words = new Int32Array(block.buffer, offset, count)
    this.length = count
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
    this.#platform.sleep(this.#block, this.#byte(word), expected, Math.min(ms, SLICE))
  }

  wake(word: number, count: number): void {
    this.#platform.wake(this.#block, this.#byte(word), count)
  }

  /** An address goes to the system, so it is checked as `Atomics` checks it elsewhere. */
  #byte(word: number): number {
    if (!(word >= 0 && word < this.length)) throw new RangeError(`there is no word ${word}`)
    return this.#words.byteOffset + word * 4
  }
}
