/**
 * memory: words and bytes that threads and processes share.
 *
 *   sync, channel, shared ──► Cells  (words: load, compareExchange, sleep, wake)
 *            │                Seats  (who uses them, who is still alive, whose event loop to ring)
 *            │                Segment (bytes: a SharedArrayBuffer that other processes see)
 *            │                  ▲
 *            └► registerHandle  │ allocateCell, createSegment
 *                  │            │
 *                codec       Arena ──► Platform: Linux (memfd, futex, robust mutex) · none ◄── Broker ◄── other processes
 *
 * Invariants
 * - The system is reached through `Platform` alone, shared words through `Cells` alone. Native code is loaded when the
 *   first thing is made or arrives, never before.
 * - Memory lives while somebody holds it or it is underway, and no longer, however they end. A handle that arrives too
 *   late is an error, never somebody else's cell.
 * - Whether a thread lives is the kernel's word. A thread that dies in here, at any instant, blocks nobody.
 * - What others wrote (lengths, numbers, places) is checked before it is used.
 */
export { type Cells, SLICE } from './cells.ts'
export type { Listening, Seat, Seats } from './seats.ts'
export type { Cell, CellSize } from './cell.ts'
export { allocateCell, threadEnded } from './arenas.ts'
export { collectChild } from './collect-child.ts'
export { createSegment, type Segment } from './segment.ts'
export { checkNamed, createNamed, holdNamed, openNamed, unlinkNamed } from './named.ts'
export { namesFrom, sweepAtExit, workerEnded } from './dead-names.ts'
export { type HandleKind, registerHandle, withoutHandles } from './handle-kinds.ts'
export { type NumberCell, numberCell, type NumberView } from './number-cell.ts'
export { mapFile } from './map-file.ts'
export { LentSocket, openSocket, type SocketOrServer, type SocketTicket } from './sockets.ts'
export { MEMORY_FOLDER, namelessFile, namelessMemory } from './nameless-file.ts'
export { inheritTreeFile, treeFile } from './tree-file.ts'
export {
  inheritUndisturbed,
  keepOut,
  leftForGood,
  undisturbed,
  undisturbedAtFirst,
  undisturbedWords,
} from './undisturbed.ts'
