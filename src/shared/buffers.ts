import { types } from 'node:util'
import { registerHandle, type Segment } from '../memory/index.ts'

/*
 * The buffers of segments as handles of their own: so each typed array over one, wherever it begins and ends, travels
 * as a view of the same memory, between threads and between processes.
 */

interface Kept {
  readonly segment: Segment
  readonly weight: ArrayBuffer | undefined
}

const segments = new WeakMap<SharedArrayBuffer, Kept>()
/** Bytes. */
const HEAVY = 2 ** 20

/**
 * The engine does not see how much memory a segment is, and would let thousands of dropped ones pile up before it
 * looks for garbage. An ordinary buffer of that size it sees; as nobody touches that one, it is made of no pages.
 */
function weightOf({ size }: Segment): ArrayBuffer | undefined {
  if (size < HEAVY) return undefined
  try {
    return new ArrayBuffer(size)
  } catch {
    // Too large for an ordinary one, or no room for its addresses: then without.
    return undefined
  }
}

/** From now on this segment's buffer, and each view of it, travels to processes too. */
export function letTravel(segment: Segment): SharedArrayBuffer {
  if (!segments.has(segment.buffer)) segments.set(segment.buffer, { segment, weight: weightOf(segment) })
  return segment.buffer
}

registerHandle<SharedArrayBuffer>({
  name: 'shared-buffer',
  from: import.meta.url,
  claims: value => types.isAnyArrayBuffer(value) && segments.has(value as SharedArrayBuffer),
  givesMemory: () => true,
  parts: buffer => [(segments.get(buffer) as Kept).segment],
  make: ([part]) => letTravel(part as Segment),
})
