import { types } from 'node:util'
import { registerHandle, type Segment } from '../memory/index.ts'

/*
 * The buffers of segments as handles of their own: so each typed array over one, wherever it begins and ends, travels
 * as a view of the same memory, between threads and between processes.
 */

const segments = new WeakMap<SharedArrayBuffer, Segment>()

/** From now on this segment's buffer, and each view of it, travels to processes too. */
export function letTravel(segment: Segment): SharedArrayBuffer {
  segments.set(segment.buffer, segment)
  return segment.buffer
}

registerHandle<SharedArrayBuffer>({
  name: 'shared-buffer',
  from: import.meta.url,
  claims: value => types.isAnyArrayBuffer(value) && segments.has(value as SharedArrayBuffer),
  givesMemory: () => true,
  parts: buffer => [segments.get(buffer) as Segment],
  make: ([part]) => letTravel(part as Segment),
})
