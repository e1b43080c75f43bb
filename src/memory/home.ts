import type { ArenaCell } from './arena.ts'
import type { CellSize } from './cell.ts'
import type { NumberCell, NumberView } from './number-cell.ts'
import type { Seats } from './seats.ts'

/** Where cells live: an arena that this thread has mapped, or one in another process. */
export interface Home {
  readonly id: string
  readonly seats: Seats
  /**
   * A cell that somebody else began: held from now on, and still underway until `arrived`. Throws `MEMORY_GONE` when it
   * is not there any more.
   */
  adopt(unit: number, generation: number, size: CellSize): ArenaCell
  /** It is about to be sent: whoever holds it now may let go. */
  depart(cell: ArenaCell): void
  /** It has arrived, with all that it leads to: its sender need not hold that any more. */
  arrived(cell: ArenaCell): void
  /** Is it packed somewhere, in the last `within` seconds, and has not arrived? */
  isUnderway(cell: ArenaCell, within?: number): boolean
  /** The memory that the cell lies in. */
  memory(cell: ArenaCell): { readonly buffer: SharedArrayBuffer; readonly offset: number }
  /** A number at the start of the cell, where its memory is not here. */
  numbers?(cell: ArenaCell, view: NumberView): NumberCell
}
