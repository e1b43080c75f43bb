import { createError, machineSeconds, now, wallClock } from '../base/index.ts'
import {
  BITMAP_WORDS,
  BLOCK_BYTES,
  BLOCKS_FROM,
  bitmapAt,
  blocksIn,
  HEADER,
  HEADER_BYTES,
  HOLDER_SLOTS,
  MAGIC,
  RECORD,
  recordAt,
  SEATS_FROM,
  UNITS_PER_BLOCK,
  unitByte,
  VERSION,
} from './arena-layout.ts'
import type { Cell, CellSize } from './cell.ts'
import type { Cells } from './cells.ts'
import type { Home } from './home.ts'
import type { NumberCell, NumberView } from './number-cell.ts'
import type { Block, Platform } from './platform/platform.ts'
import { SeatTable } from './seat-table.ts'
import type { Seats } from './seats.ts'
import { WordCells } from './word-cells.ts'

/** What was packed and has not arrived after this many seconds never will. */
const UNDERWAY_SECONDS = 600
/** How often to look again while another thread decides whether a cell is still held. */
const PATIENCE = 10_000
/** Sweeps take one of so many parts of a thread's time at most, once the arena can't grow. */
const REST = 100
/** Where runs of 1, 2 and 4 units may begin within a word of the bitmap. */
const STARTS: Readonly<Record<number, number>> = { 1: ~0, 2: 0x55555555, 4: 0x11111111 }

/**
 * Many small cells in one block of memory, given out and taken back without a lock.
 *
 * A unit is taken by setting its bit in a bitmap. A cell stays while some thread holds it (a bit per thread in its
 * record) or while it is underway. Threads that died hold nothing: `sweep` takes their bits away.
 */
export class Arena implements Home {
  readonly id: string
  readonly block: Block
  readonly seats: SeatTable
  readonly #platform: Platform
  readonly #words: Int32Array
  readonly #mostBlocks: number
  /** Where the last search ended: a word of the bitmaps, counted over all blocks. */
  #hint = 0
  /** When the next sweep pays. */
  #sweepFrom = 0
  /** How often this thread holds a cell, where more than once. By unit. */
  readonly #more = new Map<number, number>()
  readonly #dropped = new FinalizationRegistry<readonly [unit: number]>(([unit]) => this.#drop(unit))

  /** Somebody has written a header before. Throws `MEMORY_GONE` if not. */
  constructor(platform: Platform, block: Block) {
    this.#platform = platform
    this.block = block
    this.#words = new Int32Array(block.buffer, 0, block.size >> 2)
    if (this.#words[HEADER.magic] !== MAGIC || this.#words[HEADER.version] !== VERSION) {
      throw createError('MEMORY_GONE', {
        what: 'an arena',
        reason: 'it has no header, or that of another version',
      })
    }
    this.id = idIn(this.#words)
    this.#mostBlocks = blocksIn(block.size)
    this.seats = new SeatTable(platform, block, this.#words, SEATS_FROM, HEADER.seatsUsed)
    this.#forgetPredecessor()
  }

  /** Of the units that are free by their bits. `undefined`: there is none. */
  allocateFree(size: CellSize): ArenaCell | undefined {
    const unit = this.#find(size / 16)
    return unit === undefined ? undefined : this.#begin(unit, size)
  }

  /** `undefined`: all full. */
  allocate(size: CellSize): ArenaCell | undefined {
    const units = size / 16
    const unit = this.#find(units) ?? this.#findAfterSweep(units) ?? this.#findInNewBlock(units)
    return unit === undefined ? undefined : this.#begin(unit, size)
  }

  /**
   * A cell that somebody else began: held from now on, and still underway until `arrived`. Throws `MEMORY_GONE` when it
   * is not there any more.
   */
  adopt(unit: number, generation: number, size: CellSize): ArenaCell {
    const units = size / 16
    if (!Number.isInteger(unit) || unit < 0 || unit + units > this.#blocks() * UNITS_PER_BLOCK) throw gone()
    const record = recordAt(unit)
    this.#hold(unit, record)
    for (let tries = 0; tries < PATIENCE; tries++) {
      const words = Atomics.load(this.#words, record + RECORD.words)
      // Zero for a moment while somebody looks whether it is still held.
      if (words === 0) continue
      if (words !== size || Atomics.load(this.#words, record + RECORD.generation) !== generation) break
      return this.#cell(unit, generation, size)
    }
    this.#drop(unit)
    throw gone()
  }

  /** It is about to be sent: whoever holds it now may let go. */
  depart({ unit }: ArenaCell): void {
    const record = recordAt(unit)
    Atomics.store(this.#words, record + RECORD.packedAt, machineSeconds())
    Atomics.add(this.#words, record + RECORD.underway, 1)
  }

  /** Lets go of a cell at once, instead of when garbage collection finds it. It must not be used any more. */
  release({ unit, cells }: ArenaCell): void {
    this.#dropped.unregister(cells)
    this.#drop(unit)
  }

  /** Whoever held it by this seat is dead: somebody else may sit there by now. */
  forget({ cells }: ArenaCell): void {
    this.#dropped.unregister(cells)
  }

  memory({ unit }: ArenaCell): { readonly buffer: SharedArrayBuffer; readonly offset: number } {
    return { buffer: this.block.buffer, offset: unitByte(unit) }
  }

  /** It has arrived, with all that it leads to: its sender need not hold that any more. */
  arrived({ unit }: ArenaCell): void {
    this.#arrive(recordAt(unit))
  }

  /** Is it packed somewhere, in the last `within` seconds, and has not arrived? */
  isUnderway({ unit }: ArenaCell, within = UNDERWAY_SECONDS): boolean {
    return this.#underway(recordAt(unit), within)
  }

  /** Takes away what dead threads held, and gives back what nobody holds. Answers how many cells there are. */
  sweep(): number {
    // Nobody may take the seat of a dead thread meanwhile: what the new one holds would be taken for the dead one's.
    return this.#platform.exclusively(this.block, () => this.#sweep())
  }

  #sweep(): number {
    const dead = this.#deadSlots()
    let cells = 0
    for (let unit = 0; unit < this.#blocks() * UNITS_PER_BLOCK; unit++) {
      const record = recordAt(unit)
      if (Atomics.load(this.#words, record + RECORD.words) === 0) continue
      for (let i = 0; i < RECORD.holderWords; i++) {
        const word = record + RECORD.holders + i
        const without = dead[i] as number
        if ((Atomics.load(this.#words, word) & without) !== 0) Atomics.and(this.#words, word, ~without)
      }
      if (!this.#giveBack(unit, record)) cells++
    }
    return cells
  }

  /** Whoever sat here before this thread may have died holding things. */
  #forgetPredecessor(): void {
    const slot = this.seats.slot
    if (slot >= HOLDER_SLOTS) return
    const mask = ~(1 << (slot & 31))
    for (let unit = 0; unit < this.#blocks() * UNITS_PER_BLOCK; unit++) {
      const word = recordAt(unit) + RECORD.holders + (slot >>> 5)
      if ((Atomics.load(this.#words, word) & ~mask) !== 0) Atomics.and(this.#words, word, mask)
    }
  }

  #blocks(): number {
    return Math.min(this.#mostBlocks, Math.max(0, Atomics.load(this.#words, HEADER.blocksUsed)))
  }

  #find(units: number): number | undefined {
    const words = this.#blocks() * BITMAP_WORDS
    for (let looked = 0; looked < words; looked++) {
      const index = (this.#hint + looked) % words
      const bit = this.#takeBits(bitmapAt(Math.floor(index / BITMAP_WORDS)) + (index % BITMAP_WORDS), units)
      if (bit < 0) continue
      this.#hint = index
      return index * 32 + bit
    }
    return undefined
  }

  /** Sets a run of free bits in one word; answers where it begins, or -1. */
  #takeBits(word: number, units: number): number {
    for (;;) {
      const taken = Atomics.load(this.#words, word)
      let free = ~taken
      for (let i = 1; i < units; i *= 2) free &= free >>> i
      free &= STARTS[units] as number
      if (free === 0) return -1
      const bit = 31 - Math.clz32(free & -free)
      const run = ((1 << units) - 1) << bit
      if (Atomics.compareExchange(this.#words, word, taken, taken | run) === taken) return bit
    }
  }

  #findAfterSweep(units: number): number | undefined {
    if (this.#blocks() === 0) return undefined
    // A full arena would be swept for each cell, where a further one can be had.
    if (this.#blocks() === this.#mostBlocks && now() < this.#sweepFrom) return undefined
    const began = now()
    this.sweep()
    this.#sweepFrom = now() + (now() - began) * REST
    return this.#find(units)
  }

  #findInNewBlock(units: number): number | undefined {
    return this.#platform.exclusively(this.block, () => {
      // Somebody else may have been faster.
      const found = this.#find(units)
      if (found !== undefined) return found
      const blocks = this.#blocks()
      // Doubling keeps the time for sweeps in proportion.
      const more = Math.min(Math.max(1, blocks), this.#mostBlocks - blocks)
      if (more === 0) return undefined
      this.#platform.commit(this.block, BLOCKS_FROM + blocks * BLOCK_BYTES, more * BLOCK_BYTES)
      Atomics.store(this.#words, HEADER.blocksUsed, blocks + more)
      this.#hint = blocks * BITMAP_WORDS
      return this.#find(units)
    })
  }

  #begin(unit: number, size: CellSize): ArenaCell {
    const words = this.#words
    const record = recordAt(unit)
    const first = unitByte(unit) / 4
    words.fill(0, first, first + size)
    words.fill(0, record + RECORD.underway, record + RECORD.pinned + 1)
    const generation = (Atomics.load(words, record + RECORD.generation) + 1) & 0x7fffffff
    Atomics.store(words, record + RECORD.generation, generation)
    this.#hold(unit, record)
    // Last: from here on it can be found.
    Atomics.store(words, record + RECORD.words, size)
    return this.#cell(unit, generation, size)
  }

  #cell(unit: number, generation: number, size: CellSize): ArenaCell {
    const cells = new WordCells(this.#platform, this.block, unitByte(unit), size)
    this.#dropped.register(cells, [unit], cells)
    return new ArenaCell(this, cells, unit, generation, size)
  }

  #hold(unit: number, record: number): void {
    const slot = this.seats.slot
    if (slot >= HOLDER_SLOTS) {
      Atomics.store(this.#words, record + RECORD.pinned, 1)
      return
    }
    const bit = 1 << (slot & 31)
    const before = Atomics.or(this.#words, record + RECORD.holders + (slot >>> 5), bit)
    if ((before & bit) !== 0) this.#more.set(unit, (this.#more.get(unit) ?? 0) + 1)
  }

  #drop(unit: number): void {
    const slot = this.seats.slot
    if (slot >= HOLDER_SLOTS) return
    const more = this.#more.get(unit)
    if (more !== undefined) {
      if (more === 1) this.#more.delete(unit)
      else this.#more.set(unit, more - 1)
      return
    }
    const record = recordAt(unit)
    Atomics.and(this.#words, record + RECORD.holders + (slot >>> 5), ~(1 << (slot & 31)))
    this.#giveBack(unit, record)
  }

  /** Ends the cell if nobody holds it and it is not underway. */
  #giveBack(unit: number, record: number): boolean {
    const words = this.#words
    if (this.#isWanted(record)) return false
    const size = Atomics.exchange(words, record + RECORD.words, 0)
    // Another thread is at it, or was.
    if (size === 0) return true
    // Whoever adopted it meanwhile has left a bit before it looked at the size.
    if (this.#isWanted(record)) {
      Atomics.store(words, record + RECORD.words, size)
      return false
    }
    const units = Math.min(4, Math.max(1, size >>> 4))
    const run = ((1 << units) - 1) << (unit & 31)
    const block = Math.floor(unit / UNITS_PER_BLOCK)
    const bitmap = bitmapAt(block) + ((unit % UNITS_PER_BLOCK) >>> 5)
    Atomics.and(words, bitmap, ~run)
    return true
  }

  #isWanted(record: number): boolean {
    const words = this.#words
    for (let i = 0; i < RECORD.holderWords; i++) {
      if (Atomics.load(words, record + RECORD.holders + i) !== 0) return true
    }
    return Atomics.load(words, record + RECORD.pinned) !== 0 || this.#underway(record)
  }

  #underway(record: number, within = UNDERWAY_SECONDS): boolean {
    if (Atomics.load(this.#words, record + RECORD.underway) <= 0) return false
    return machineSeconds() - Atomics.load(this.#words, record + RECORD.packedAt) <= within
  }

  #arrive(record: number): void {
    // What is packed once may arrive often (a function in each worker), so it stops at zero.
    const word = record + RECORD.underway
    for (let count = Atomics.load(this.#words, word); count > 0; ) {
      const seen = Atomics.compareExchange(this.#words, word, count, count - 1)
      if (seen === count) return
      count = seen
    }
  }

  /** For each slot that has a bit: 1 where nobody sits. */
  #deadSlots(): Int32Array {
    const dead = new Int32Array(RECORD.holderWords)
    for (let slot = 0; slot < HOLDER_SLOTS; slot++) {
      if (!this.seats.isTaken(slot)) dead[slot >>> 5] = (dead[slot >>> 5] as number) | (1 << (slot & 31))
    }
    return dead
  }
}

/** A cell of an arena, of this process or another. */
export class ArenaCell implements Cell {
  readonly cells: Cells
  readonly arena: Home
  readonly unit: number
  readonly generation: number
  readonly size: CellSize

  constructor(arena: Home, cells: Cells, unit: number, generation: number, size: CellSize) {
    this.arena = arena
    this.cells = cells
    this.unit = unit
    this.generation = generation
    this.size = size
  }

  get id(): string {
    return `${this.arena.id} ${this.unit} ${this.generation}`
  }

  get seats(): Seats {
    return this.arena.seats
  }

  get buffer(): SharedArrayBuffer {
    return this.arena.memory(this).buffer
  }

  get offset(): number {
    return this.arena.memory(this).offset
  }

  remoteNumber(view: NumberView): NumberCell | undefined {
    return this.arena.numbers?.(this, view)
  }
}

/** What an arena begins with. The creator writes it before anybody else knows the memory. */
export function newHeader(): Int32Array {
  const header = new Int32Array(HEADER_BYTES / 4)
  header[HEADER.magic] = MAGIC
  header[HEADER.version] = VERSION
  // It need not be secret, only never met twice.
  const random = (): number => Math.floor(Math.random() * 2 ** 32)
  header.set([process.pid, Math.floor(wallClock() * 1000), random(), random()], HEADER.id)
  return header
}

/** Has this cell not been given back yet? For one who has no seat in its arena. */
export function isCellThere(buffer: SharedArrayBuffer, unit: number, generation: number): boolean {
  const words = new Int32Array(buffer, 0, buffer.byteLength >> 2)
  const bitmap = bitmapAt(Math.floor(unit / UNITS_PER_BLOCK)) + ((unit % UNITS_PER_BLOCK) >>> 5)
  const isTaken = (Atomics.load(words, bitmap) & (1 << (unit & 31))) !== 0
  return isTaken && Atomics.load(words, recordAt(unit) + RECORD.generation) === generation
}

function idIn(words: Int32Array): string {
  const id = Buffer.from(words.slice(HEADER.id, HEADER.id + HEADER.idWords).buffer)
  return id.toString('base64url')
}

function gone(): Error {
  return createError('MEMORY_GONE', {
    what: 'a shared object',
    reason: 'nobody held it any more when it arrived',
  })
}
