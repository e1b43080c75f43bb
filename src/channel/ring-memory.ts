import type { Segment } from '../memory/index.ts'
import type { Header, Message } from './message.ts'
import { AUX, FRONT, KIND, LENGTH, MARK, ORDINAL, UNIT } from './layout.ts'

/**
 * The bytes of a ring. Positions are in units and go round at 2 ** 32; a message may go round the end of the memory.
 * Capacities are in bytes. Whoever calls holds the lock that makes these bytes its own, but for `ordinal`.
 */
export interface RingMemory {
  /** The most bytes it may come to. */
  readonly largest: number
  /** Makes sure that there is memory for a ring of so many bytes. */
  commit(capacity: number): void
  /** Bytes into the unit after `position`, from byte `offset` of the message on. */
  write(position: number, capacity: number, message: Message, offset: number, count: number): void
  writeHeader(position: number, capacity: number, header: Header, ordinal: number): void
  /** Undefined: nobody of us wrote this. */
  readHeader(position: number, capacity: number): Header | undefined
  /** The ordinal in the header at this position, whatever else is there. */
  ordinal(position: number, capacity: number): number
  /** Where a message of `length` bytes lies in one piece: in the ring itself, else in a copy. */
  whole(
    position: number,
    capacity: number,
    length: number,
  ): { readonly bytes: Buffer; readonly start: number }
  /** Bytes out, from byte `offset` of the message on. */
  read(position: number, capacity: number, target: Uint8Array, offset: number, count: number): void
  /** Copies what goes round the end of a ring of `from` bytes to where a ring of `to` bytes has it. */
  unfold(head: number, units: number, from: number, to: number): void
  /** Gives back to the system what a ring of `capacity` bytes does not need. */
  shrink(capacity: number): void
}

export class SegmentMemory implements RingMemory {
  readonly largest: number
  readonly #segment: Segment
  readonly #isRemote: boolean
  // Of a ring as large as any that this thread has seen.
  #bytes: Buffer = Buffer.alloc(0)
  #words: Int32Array = new Int32Array(0)
  #reach = 0
  readonly #place = { bytes: this.#bytes, start: 0 }

  constructor(segment: Segment) {
    this.#segment = segment
    this.#isRemote = segment.pull !== undefined
    this.largest = segment.size - FRONT
  }

  #reachOut(capacity: number): void {
    const { buffer, byteOffset } = this.#segment.front(FRONT + capacity)
    this.#bytes = Buffer.from(buffer as ArrayBuffer, byteOffset + FRONT, capacity)
    this.#words = new Int32Array(buffer, byteOffset + FRONT, capacity / 4)
    this.#reach = capacity
  }

  #bytesOf(capacity: number): Buffer {
    if (capacity > this.#reach) this.#reachOut(capacity)
    return this.#bytes
  }

  #wordsOf(capacity: number): Int32Array {
    if (capacity > this.#reach) this.#reachOut(capacity)
    return this.#words
  }

  commit(capacity: number): void {
    this.#segment.commit(0, FRONT + capacity)
  }

  write(position: number, capacity: number, { bytes, start }: Message, offset: number, count: number): void {
    const at = byteAt(position, capacity, offset)
    const first = Math.min(count, capacity - at)
    const ring = this.#bytesOf(capacity)
    ring.set(part(bytes, start + offset, first), at)
    this.#push(at, first)
    if (first === count) return
    ring.set(part(bytes, start + offset + first, count - first), 0)
    this.#push(0, count - first)
  }

  writeHeader(position: number, capacity: number, { tag, aux, length }: Header, ordinal: number): void {
    const at = wordAt(position, capacity)
    const words = this.#wordsOf(capacity)
    words[at + LENGTH] = length
    words[at + ORDINAL] = ordinal
    words[at + KIND] = MARK | tag
    words[at + AUX] = aux
    this.#push(at * 4, UNIT)
  }

  readHeader(position: number, capacity: number): Header | undefined {
    const at = wordAt(position, capacity)
    const words = this.#wordsOf(capacity)
    this.#pull(at * 4, UNIT)
    const kind = words[at + KIND] as number
    if ((kind & ~0xff) !== MARK) return undefined
    return { tag: kind & 0xff, aux: words[at + AUX] as number, length: (words[at + LENGTH] as number) >>> 0 }
  }

  ordinal(position: number, capacity: number): number {
    const at = wordAt(position, capacity)
    const words = this.#wordsOf(capacity)
    this.#pull(at * 4, UNIT)
    return words[at + ORDINAL] as number
  }

  whole(
    position: number,
    capacity: number,
    length: number,
  ): { readonly bytes: Buffer; readonly start: number } {
    const start = byteAt(position, capacity, 0)
    const place = this.#place
    place.bytes = this.#bytesOf(capacity)
    place.start = start
    if (start + length <= capacity) {
      this.#pull(start, length)
      return place
    }
    place.bytes = Buffer.allocUnsafe(length)
    place.start = 0
    this.read(position, capacity, place.bytes, 0, length)
    return place
  }

  read(position: number, capacity: number, target: Uint8Array, offset: number, count: number): void {
    const at = byteAt(position, capacity, offset)
    const first = Math.min(count, capacity - at)
    const ring = this.#bytesOf(capacity)
    this.#pull(at, first)
    target.set(ring.subarray(at, at + first), offset)
    if (first === count) return
    this.#pull(0, count - first)
    target.set(ring.subarray(0, count - first), offset + first)
  }

  unfold(head: number, units: number, from: number, to: number): void {
    const ring = this.#bytesOf(Math.max(from, to))
    for (let done = 0; done < units; ) {
      const position = (head + done) >>> 0
      const [source, target] = [byteAt(position, from, -UNIT), byteAt(position, to, -UNIT)]
      const count = Math.min((units - done) * UNIT, from - source)
      if (source !== target) {
        this.#pull(source, count)
        ring.copyWithin(target, source, source + count)
        this.#push(target, count)
      }
      done += count / UNIT
    }
  }

  shrink(capacity: number): void {
    this.#segment.discard(FRONT + capacity, this.largest - capacity)
  }

  // Both do nothing but where the memory is another process's.
  #pull(at: number, count: number): void {
    if (this.#isRemote) this.#segment.pull?.(FRONT + at, count)
  }

  #push(at: number, count: number): void {
    if (this.#isRemote) this.#segment.push?.(FRONT + at, count)
  }
}

/** The word where the header of this position is. */
function wordAt(position: number, capacity: number): number {
  return ((position & (capacity / UNIT - 1)) * UNIT) / 4
}

/** The byte where the message of this position has its byte `offset`. */
function byteAt(position: number, capacity: number, offset: number): number {
  return ((position & (capacity / UNIT - 1)) * UNIT + UNIT + offset) % capacity
}

function part(bytes: Uint8Array, start: number, count: number): Uint8Array {
  return start === 0 && count === bytes.length ? bytes : bytes.subarray(start, start + count)
}
