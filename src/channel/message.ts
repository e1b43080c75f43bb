import type { Graph } from '../codec/index.ts'

/** A value made ready for a ring: a tag, a number that the tag needs, and bytes. */
export interface Message {
  tag: number
  aux: number
  /** Where its bytes are: from `start`, `length` of them. */
  bytes: Uint8Array
  start: number
  length: number
  /** What it was packed as, for something in it may count as on its way. */
  graph?: Graph | undefined
}

/** A header as a ring reads it. */
export interface Header {
  readonly tag: number
  readonly aux: number
  readonly length: number
}
