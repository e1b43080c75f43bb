import type { Cells } from './cells.ts'
import { WordCells } from './word-cells.ts'

/** A block of memory that threads and processes share. Lives as long as anybody holds it. */
export interface Segment {
  /** The same in every thread and process. */
  readonly id: string
  /** Bytes that can be used here. */
  readonly size: number
  /** The memory itself. Views over it should have a fixed length: those that track it are many times slower. */
  readonly buffer: SharedArrayBuffer
  /** For copying bytes in bulk. Never to be handed to a user. */
  readonly bytes: Uint8Array
  /**
   * Makes at least `size` bytes usable here, whoever grew the memory first. `bytes` and `size` are new afterwards;
   * views and cells from before stay good. Up to the `maximum` that it was made with.
   */
  grow(size: number): void
  /** Gives the memory from byte `from` to before byte `to` back to the system; it reads as zeros then, or as before. */
  discard(from: number, to: number): void
  /** The words from byte `offset` on (a multiple of 4). */
  cells(offset: number, count: number): Cells
  /** Lets go at once of what garbage collection would let go of later. Its views read as zeros then. */
  close(): void
}

let made = 0

/**
 * A new block of zeros that nobody else knows yet. `size` in bytes. With a `maximum`, it can grow in place: what it
 * may come to takes address space alone.
 */
export function createSegment(size: number, { maximum = size }: { maximum?: number } = {}): Segment {
  return new LocalSegment(size, maximum)
}

/** As it is from ES2024 on. */
const Growable = SharedArrayBuffer as new (
  size: number,
  options: { readonly maxByteLength: number },
) => SharedArrayBuffer

class LocalSegment implements Segment {
  readonly id = `local ${process.pid} ${made++}`
  readonly buffer: SharedArrayBuffer
  #bytes: Uint8Array

  constructor(size: number, maximum: number) {
    this.buffer = new Growable(size, { maxByteLength: maximum })
    this.#bytes = new Uint8Array(this.buffer, 0, size)
  }

  get size(): number {
    return this.#bytes.length
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  grow(size: number): void {
    if (size <= this.size) return
    const buffer = this.buffer as SharedArrayBuffer & { grow(size: number): void }
    if (size > buffer.byteLength) buffer.grow(size)
    this.#bytes = new Uint8Array(buffer, 0, size)
  }

  discard(): void {}

  cells(offset: number, count: number): Cells {
    return new WordCells(new Int32Array(this.buffer, offset, count))
  }

  close(): void {}
}
