/**
 * wire: the words of our own protocol, and how they lie on a stream of bytes. Pure: no sockets, no timers.
 *
 *   worker, pool ──► messages ──► link/thread  (as they are, by structured clone)
 *                            └──► framing ──► link/process  (length, then V8's serialisation, or ours if small)
 *
 * Invariants
 * - Every message is listed in `messages.ts`; both sides import the same constants.
 * - A payload is opaque here: whoever packed it unpacks it.
 * - A frame is delivered whole or not at all.
 */
export {
  checkFraming,
  encodeFrame,
  encodeSmallFrame,
  type FetchBlocks,
  FrameReader,
  type Place,
} from './framing.ts'
export * from './messages.ts'
export { isToProgram } from './shape.ts'
