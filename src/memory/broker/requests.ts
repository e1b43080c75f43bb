/*
 * What goes through the FIFOs of a broker: requests and replies of one size each, so that those of several clients
 * don't mix.
 *
 *   request   MAGIC | operation │ client │ six words, see each operation
 *   reply     status │ low word │ high word │ 0
 */

export const REQUEST_WORDS = 8
export const REQUEST_BYTES: number = REQUEST_WORDS * 4
export const REPLY_WORDS = 4
export const REPLY_BYTES: number = REPLY_WORDS * 4

/** The upper half of a request's first word. */
export const MAGIC = 0x6d630000

/** The first word, and what follows the second. `n:2`: a number of up to 53 bits as low and high word. */
export const OPERATION = {
  /** In place of the client its pid; reply FIFO, its inode:2, file, its inode:2. Replies the client's number. */
  hello: 1,
  /** Block. Replies a handle and the client's seat. */
  arena: 2,
  /** Handle of an arena, unit, generation, words. Replies a handle. */
  adopt: 3,
  /** Block, size:2. Replies a handle. */
  segment: 4,
  /** Handle of a segment, byte:2, words. Replies a handle. */
  cells: 5,
  /** Handle, which ends. */
  drop: 6,
  /** Handle of a cell, as the next. */
  depart: 7,
  arrived: 8,
  /** Handle of words, word, value or two. They reply what `Cells` answer. */
  load: 9,
  store: 10,
  exchange: 11,
  compareExchange: 12,
  add: 13,
  and: 14,
  or: 15,
  wake: 16,
  /** Handle of a cell, bytes (1, 2, 4, 8). Replies that many bytes from its start. */
  loadBits: 17,
  /** Handle of a cell, bytes, expected:2, replacement:2. Replies what was there. */
  swapBits: 18,
  /** Handle of an arena, seat. */
  isAlive: 19,
  /** Handle of an arena, two words of lanes. */
  ring: 20,
  /** Handle of an arena: from now on the client asks whether it was rung, by the next. */
  attend: 21,
  wasRung: 22,
  /** Handle of a segment, byte:2, count: from the segment to the start of the client's file. */
  pull: 23,
  /** And back. */
  push: 24,
} as const

export type Operation = (typeof OPERATION)[keyof typeof OPERATION]

export const STATUS = {
  done: 0,
  /** What was asked for is not there any more. */
  gone: 1,
  /** It makes no sense. */
  damaged: 2,
  /** No seat is free. */
  full: 3,
} as const

/** The most bytes that are copied at one request. */
export const PIECE: number = 2 ** 20

/** Two words, the low one first, for a whole number of up to 53 bits. */
export function split(value: number): readonly [low: number, high: number] {
  return [value | 0, Math.floor(value / 2 ** 32)]
}

export function join(low: number, high: number): number {
  return (low >>> 0) + high * 2 ** 32
}
