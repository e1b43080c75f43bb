import { types } from 'node:util'
import type { Graph } from '../graph.ts'
import type { Slot } from '../kind.ts'
import type { PlatformClass } from './platform-errors.ts'

/** Where the class is found on the other side. */
export type ErrorClass =
  | readonly [how: 'builtin' | 'manycore' | 'registered', name: string]
  | readonly [how: 'platform', hidden: PlatformClass]
  /**
   * The class itself crosses, carried by a kind that claims it. In a graph of its own: where the class can't be had
   * (its module does not load here), the error is still told.
   */
  | readonly [how: 'carried', constructor: Graph]
  /** What the `pack` of a registered class gave. */
  | readonly [how: 'packed', name: string, packed: Slot]
  | readonly [how: 'unknown']

export interface ErrorPayload {
  readonly class: ErrorClass
  /** What the error is called in texts. */
  readonly name: string
  readonly message: string | undefined
  readonly stack: string
  /** Key, value, flags. */
  readonly properties: readonly Slot[]
  readonly leftBehind: readonly string[]
}

export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || (value instanceof Error && !types.isProxy(value))
}
