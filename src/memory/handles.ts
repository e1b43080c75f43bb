import type { Cell } from './arena.ts'
import type { Segment } from './segment.ts'

/** How a thing made of shared memory travels. `T` is the class users see: a `Lock`, a `Queue`. */
export interface HandleKind<T extends object> {
  /** Its name on the way; the same on both sides. */
  readonly name: string
  claims(value: unknown): boolean
  /** What it lives in. The first is its identity: a thread has one object for it, however often it arrives. */
  parts(thing: T): readonly (Cell | Segment)[]
  /** What else belongs to it: anything that can travel, other handles too. */
  data?(thing: T): unknown
  /** Makes the object over what arrived. Not called when this thread has the object already. */
  make(parts: readonly (Cell | Segment)[], data: unknown): T
}

/** Lets things of this kind be captured, passed, sent, and stored in other handles. */
export function registerHandle<T extends object>(_kind: HandleKind<T>): void {
  // Travelling comes with the platform.
}
