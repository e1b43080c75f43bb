import type { Cells } from './cells.ts'
import { WordCells } from './word-cells.ts'

/** A block of memory that threads and processes share. Lives as long as anybody holds it. */
export interface Segment {
  /** The same in every thread and process. */
  readonly id: string
  /** Bytes. */
  readonly size: number
  /** The memory itself. Views over it should have a fixed length: those that track it are many times slower. */
  readonly buffer: SharedArrayBuffer
  /** For copying bytes in bulk. Never to be handed to a user. */
  readonly bytes: Uint8Array
  /** The words from byte `offset` on (a multiple of 4). */
  cells(offset: number, count: number): Cells
  /** Lets go at once of what garbage collection would let go of later. Its views read as zeros then. */
  close(): void
}

let made = 0

/** A new block of zeros that nobody else knows yet. `size` in bytes. */
export function createSegment(size: number): Segment {
  const buffer = new SharedArrayBuffer(size)
  const bytes = new Uint8Array(buffer)
  return {
    id: `local ${process.pid} ${made++}`,
    size,
    buffer,
    bytes,
    cells: (offset, count) => new WordCells(new Int32Array(buffer, offset, count)),
    close() {},
  }
}
