import { SEAT_BYTES } from './seat-layout.ts'
import { SLOTS } from './seat-table.ts'

/*
 * The layout of an arena. Who writes what: `docs/internals/memory.md`.
 *
 *   header │ seats │ block: bitmap, records, units │ block │ …
 */

export const MAGIC = 0x4352414d // 'MARC'
export const VERSION = 1

// Words of the header.
export const HEADER = {
  magic: 0,
  version: 1,
  id: 2,
  idWords: 4,
  seatsUsed: 6,
  blocksUsed: 7,
  lock: 8,
} as const
export const HEADER_BYTES = 4096

export const SEATS_FROM: number = HEADER_BYTES
const SEATS_BYTES: number = SLOTS * SEAT_BYTES

/** The smallest cell, 16 words. */
const UNIT_BYTES = 64
export const UNITS_PER_BLOCK = 1024
export const BITMAP_WORDS: number = UNITS_PER_BLOCK / 32
const BITMAP_BYTES = 4096
export const RECORD_WORDS = 8
const RECORD_BYTES: number = RECORD_WORDS * 4
export const BLOCK_BYTES: number = BITMAP_BYTES + UNITS_PER_BLOCK * (RECORD_BYTES + UNIT_BYTES)
export const BLOCKS_FROM: number = SEATS_FROM + SEATS_BYTES

/** Words of the record that goes with each unit; a cell uses that of its first unit. */
export const RECORD = {
  /** How often a cell began here. */
  generation: 0,
  /** The cell's size in words; 0: no cell. */
  words: 1,
  /** How often it was packed and has not arrived yet. */
  underway: 2,
  /** When it was packed last, in seconds of the clock that all processes of the machine share. */
  packedAt: 3,
  /** One bit for each of the first 96 slots whose thread holds it. */
  holders: 4,
  holderWords: 3,
  /** 1: somebody without a bit holds it, so it stays. */
  pinned: 7,
} as const

export const HOLDER_SLOTS: number = RECORD.holderWords * 32

/** How many blocks fit into an arena of this size. */
export function blocksIn(bytes: number): number {
  return Math.floor((bytes - BLOCKS_FROM) / BLOCK_BYTES)
}

export function bytesFor(blocks: number): number {
  return BLOCKS_FROM + blocks * BLOCK_BYTES
}

// First words, counted over the whole arena.
export function bitmapAt(block: number): number {
  return (BLOCKS_FROM + block * BLOCK_BYTES) / 4
}

export function recordAt(unit: number): number {
  const block = Math.floor(unit / UNITS_PER_BLOCK)
  return bitmapAt(block) + BITMAP_BYTES / 4 + (unit % UNITS_PER_BLOCK) * RECORD_WORDS
}

export function unitByte(unit: number): number {
  const block = Math.floor(unit / UNITS_PER_BLOCK)
  const records = BITMAP_BYTES + UNITS_PER_BLOCK * RECORD_BYTES
  return BLOCKS_FROM + block * BLOCK_BYTES + records + (unit % UNITS_PER_BLOCK) * UNIT_BYTES
}
