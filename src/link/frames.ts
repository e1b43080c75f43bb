import { findLarge } from '../codec/index.ts'
import {
  CALLS,
  encodeFrame,
  encodeSmallFrame,
  RESULTS,
  type ToProgram,
  type ToWorker,
} from '../wire/index.ts'
import type { Depot } from './depot.ts'
import { changePayloads } from './payloads.ts'

/** A message as bytes for the socket, its large blocks put in the depot where there is one that has room. */
export function frameOf(
  message: ToWorker | ToProgram,
  fromWorker: boolean,
  depot: Depot | undefined,
): Buffer {
  // Of calls and results the list is ours as well.
  const small = encodeSmallFrame(message, message[0] === (fromWorker ? RESULTS : CALLS) ? 1 : 0)
  if (small) return small
  if (!depot) return encodeFrame(message)
  let found: Set<ArrayBuffer> | undefined
  changePayloads(message, fromWorker, (value, packed) => {
    findLarge(value, packed, (found ??= new Set()))
    return value
  })
  if (!found || found.size === 0) return encodeFrame(message)
  const blocks = [...found]
  const places = depot.reserve(blocks.map(block => block.byteLength))
  if (!places) return encodeFrame(message)
  // First this, which may refuse the message: what is in the depot has to be fetched.
  const frame = encodeFrame(message, { blocks, places })
  return depot.store(blocks, places) ? frame : encodeFrame(message)
}
