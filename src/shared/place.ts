import { allocateCell, type Cell, createSegment, type Segment } from '../memory/index.ts'

/** Where something shared lies. */
export interface Place {
  /** What it travels by, and what keeps the memory. */
  readonly part: Cell | Segment
  readonly buffer: SharedArrayBuffer
  /** Bytes from the start of the buffer, a multiple of 8. */
  readonly at: number
}

/** Cells come in these sizes, in words. */
const CELLS = [16, 32, 64] as const

/**
 * Room for `bytes` zeros. Whatever hands out views of its memory has to have a segment of its own: in a cell a view
 * would show the neighbours too.
 */
export function takePlace(bytes: number, handsOutViews: boolean): Place {
  const words = CELLS.find(count => count * 4 >= bytes)
  return placeIn(handsOutViews || words === undefined ? createSegment(bytes) : allocateCell(words))
}

export function placeIn(part: Cell | Segment): Place {
  return 'offset' in part
    ? { part, buffer: part.buffer, at: part.offset }
    : { part, buffer: part.buffer, at: 0 }
}
