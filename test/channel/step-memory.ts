import { type Header, type Message, MARK, type RingMemory, UNIT } from './parts.ts'
import type { Cells } from '../../src/memory/index.ts'

/** Words of a unit. */
const WORDS = UNIT / 4

/** The bytes of a ring as words that stop before each operation. A message has four bytes at most. */
export class StepMemory implements RingMemory {
  readonly #cells: Cells
  readonly largest: number

  /** `cells`: as many words as the largest ring has. */
  constructor(cells: Cells) {
    this.#cells = cells
    this.largest = cells.length * 4
  }

  commit(): void {}

  write(position: number, capacity: number, { bytes, start }: Message): void {
    this.#cells.store(at(position, capacity, 1), bytes[start] as number)
  }

  writeHeader(position: number, capacity: number, { tag, length }: Header, ordinal: number): void {
    this.#cells.store(at(position, capacity, 0), length)
    this.#cells.store(at(position, capacity, 0) + 1, ordinal)
    this.#cells.store(at(position, capacity, 0) + 2, MARK | tag)
  }

  readHeader(position: number, capacity: number): Header | undefined {
    const kind = this.#cells.load(at(position, capacity, 0) + 2)
    if ((kind & ~0xff) !== MARK) return undefined
    return { tag: kind & 0xff, aux: 0, length: this.#cells.load(at(position, capacity, 0)) }
  }

  ordinal(position: number, capacity: number): number {
    return this.#cells.load(at(position, capacity, 0) + 1)
  }

  whole(position: number, capacity: number): { bytes: Buffer; start: number } {
    return { bytes: Buffer.from([this.#cells.load(at(position, capacity, 1))]), start: 0 }
  }

  read(): void {
    throw new Error('nothing is read in parts')
  }

  unfold(head: number, units: number, from: number, to: number): void {
    for (let unit = 0; unit < units; unit++) {
      const position = (head + unit) >>> 0
      const [source, target] = [at(position, from, 0), at(position, to, 0)]
      if (source === target) continue
      for (let word = 0; word < WORDS; word++) {
        this.#cells.store(target + word, this.#cells.load(source + word))
      }
    }
  }

  shrink(): void {}
}

/** The first word of the unit after `position` by `units`. */
function at(position: number, capacity: number, units: number): number {
  return (((position & (capacity / UNIT - 1)) + units) % (capacity / UNIT)) * WORDS
}
