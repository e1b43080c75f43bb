import type { Cells } from './cells.ts'
import { localSeats } from './local-seats.ts'
import type { Seats } from './seats.ts'
import { createSegment } from './segment.ts'

/** A few words of shared memory: what a lock, a counter or a flag lives in. All zero at first. */
export interface Cell {
  /** The same in every thread and process, never used again for another. */
  readonly id: string
  readonly cells: Cells
  /** The threads that may touch it. */
  readonly seats: Seats
  /** The memory that it lies in, with others beside it: never to be handed to a user. */
  readonly buffer: SharedArrayBuffer
  /** Bytes from the start of `buffer`, a multiple of 64. */
  readonly offset: number
}

/** A new cell of 16, 32 or 64 words. Given back when nobody holds it any more. */
export function allocateCell(words: 16 | 32 | 64 = 16): Cell {
  const segment = createSegment(words * 4)
  return { id: segment.id, cells: segment.cells(0, words), seats: localSeats(), buffer: segment.buffer, offset: 0 }
}
