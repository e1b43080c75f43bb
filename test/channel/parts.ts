/** The inner parts of the room, for tests that look inside. */
export * from '../../src/channel/block.ts'
export { type Choice, Newest, Smallest } from '../../src/channel/choice.ts'
export { End } from '../../src/channel/end.ts'
export { Joining } from '../../src/channel/joining.ts'
export * from '../../src/channel/layout.ts'
export * from '../../src/channel/message.ts'
export type { RingMemory } from '../../src/channel/ring-memory.ts'
export { SegmentMemory } from '../../src/channel/ring-memory.ts'
export { RingReader } from '../../src/channel/ring-reader.ts'
export { RingWriter } from '../../src/channel/ring-writer.ts'
export * from '../../src/channel/ring-lock.ts'
export {
  type Attempt,
  BUSY,
  CLOSED,
  END,
  GET,
  NOT_NOW,
  PUT,
  Ring,
  DONE as SUCCESS,
} from '../../src/channel/ring.ts'
export { Takers } from '../../src/channel/takers.ts'
