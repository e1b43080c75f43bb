import type { Cells } from './cells.ts'
import type { NumberCell, NumberView } from './number-cell.ts'
import type { Seats } from './seats.ts'

/** A few words of shared memory: what a lock, a counter or a flag lives in. All zero at first. */
export interface Cell {
  /** The same in every thread and process, never used again for another. */
  readonly id: string
  readonly cells: Cells
  /** The threads that may touch it. */
  readonly seats: Seats
  /** The memory that it lies in, with others beside it: never to be handed to a user. Zeros where it is not here. */
  readonly buffer: SharedArrayBuffer
  /** Bytes from the start of `buffer`, a multiple of 8. */
  readonly offset: number
  /** The number at its start, of the type of `view`, where the memory is not here; else `undefined`. */
  remoteNumber(view: NumberView): NumberCell | undefined
}

/** Cells come in these sizes, in words. */
export type CellSize = 16 | 32 | 64
