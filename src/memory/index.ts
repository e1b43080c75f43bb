/**
 * memory: words and bytes that threads and processes share.
 *
 *   sync, channel, shared ──► Cells  (words: load, compareExchange, sleep, wake)
 *            │                Seats  (who uses them, who is still alive, whose event loop to ring)
 *            │                Segment (bytes: a SharedArrayBuffer that other processes see)
 *            │                  ▲
 *            └► registerHandle  │ allocateCell, createSegment
 *                  │            │
 *                codec       Arena ──► Platform: Linux (memfd, futex, robust mutex) · macOS · Windows · none (threads only)
 */
export { type Cells, SLICE } from './cells.ts'
export type { Listening, Seat, Seats } from './seats.ts'
export { allocateCell, type Cell } from './arena.ts'
export { createSegment, type Segment } from './segment.ts'
export { type HandleKind, registerHandle } from './handles.ts'
export { type NumberCell, numberCell, type NumberView } from './number-cell.ts'
