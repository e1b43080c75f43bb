import { createError } from '../base/index.ts'
import { Arena, type ArenaCell } from './arena.ts'
import { allocateArenaCell } from './arenas.ts'
import { type Origin, originOf } from './broker/origin.ts'
import { RemoteSegment } from './broker/remote-segment.ts'
import type { Cells } from './cells.ts'
import { platform } from './platform/pick.ts'
import type { Block, Place } from './platform/platform.ts'
import { countOpen } from './crowd.ts'
import { type Held, letGo, noteSent } from './held.ts'
import { addRoute, routes } from './routes.ts'
import { WordCells } from './word-cells.ts'

/** A block of memory that threads and processes share. Lives as long as anybody holds it. */
export interface Segment {
  /** The same in every thread and process. */
  readonly id: string
  /** Bytes, those included that are not there yet. */
  readonly size: number
  /** The memory itself. Views over it should have a fixed length: those that track it are many times slower. */
  readonly buffer: SharedArrayBuffer
  /** For copying bytes in bulk. Never to be handed to a user. */
  readonly bytes: Uint8Array
  /** The first bytes of it: for large segments, faster to copy than `bytes`. Never to be handed to a user. */
  front(size: number): Uint8Array
  /**
   * Where `buffer` is a copy of memory in another process: fetches these bytes, to be called before they are read.
   * Absent where it is the memory itself.
   */
  pull?(offset: number, count: number): void
  /** The other way, to be called after they were written. */
  push?(offset: number, count: number): void
  /** The words from byte `offset` on (a multiple of 4). */
  cells(offset: number, count: number): Cells
  /** Makes sure that the memory of these bytes is there, where not all of it was at first. Throws `MEMORY_FULL`. */
  commit(from: number, size: number): void
  /** Gives the memory of these bytes back to the system, until they are committed again. What they hold then is open. */
  discard(from: number, size: number): void
  /**
   * Lets go at once of what garbage collection would let go of later. Its views read as zeros then, unless other
   * threads of this process have the segment too.
   */
  close(): void
}

/**
 * A new block of zeros that nobody else knows yet. `size` in bytes; `committed`: how many of them there is memory for
 * at first, the others take address space alone. Throws `MEMORY_FULL`.
 */
export function createSegment(size: number, { committed = size }: { committed?: number } = {}): Segment {
  if (!Number.isSafeInteger(size) || size < 1)
    throw createError('INTERNAL', { what: `a segment of ${size} bytes` })
  return new MappedSegment(platform().create(size, committed), allocateArenaCell(16), false)
}

/** How another thread or process finds a segment, beside its control cell. */
export type SegmentReference = readonly [
  size: number,
  place: Place | null,
  buffer: SharedArrayBuffer | null,
  origin: Origin | null,
]

/** Somebody else's. Whoever it came from may be gone by now: others who hold it are asked too. */
export function openSegment(
  control: ArenaCell,
  [size, place, buffer, origin]: SegmentReference,
): MappedSegment | RemoteSegment {
  if (origin) return new RemoteSegment(control, size, origin)
  let failure: unknown
  for (const from of [...(place ? [place] : []), ...routes(control.cells)]) {
    try {
      const block = platform().open(from, size, buffer ?? undefined)
      return new MappedSegment(block, control, buffer !== null)
    } catch (error) {
      failure ??= error
    }
  }
  if (buffer) return new MappedSegment(platform().open([0, 0, 0], size, buffer), control, true)
  throw (
    failure ?? createError('MEMORY_GONE', { what: 'a shared segment', reason: 'nobody holds it any more' })
  )
}

/**
 * A segment and the cell that counts who holds it. The cell's number is its identity, and its words tell where
 * processes hold it.
 */
export class MappedSegment implements Segment {
  readonly control: ArenaCell
  readonly #block: Block
  readonly #held: Held
  /** Other threads of this process use the same mapping. */
  #spread: boolean
  #closed = false

  constructor(block: Block, control: ArenaCell, spread: boolean) {
    this.control = control
    this.#block = block
    this.#spread = spread
    if (block.place) {
      addRoute(control.cells, block.place)
      countOpen(1)
    }
    this.#held = { handle: block.handle, control }
    dropped.register(this, this.#held, this)
  }

  get id(): string {
    return this.control.id
  }

  get size(): number {
    return this.#block.size
  }

  get buffer(): SharedArrayBuffer {
    return this.#block.buffer
  }

  get bytes(): Uint8Array {
    return this.#block.bytes
  }

  front(size: number): Uint8Array {
    return this.#block.front(size)
  }

  get block(): Block {
    return this.#block
  }

  get isClosed(): boolean {
    return this.#closed
  }

  cells(offset: number, count: number): Cells {
    return new WordCells(platform(), this.#block, offset, count)
  }

  commit(from: number, size: number): void {
    platform().commit(this.#block, from, size)
  }

  discard(from: number, size: number): void {
    platform().discard(this.#block, from, size)
  }

  /** For a message to another thread, or to another process. */
  refer(share: boolean): SegmentReference {
    const { place, buffer, size } = this.#block
    const along = share && buffer instanceof SharedArrayBuffer
    if (along) this.#spread = true
    if (!share && place) noteSent(this.#held)
    return [size, place ?? null, along ? buffer : null, share || place ? null : this.#origin()]
  }

  /** Where a process that can't have the memory finds it. */
  #origin(): Origin {
    const { arena, unit, generation } = this.control
    // The broker keeps the memory as long as this cell is there.
    const control = arena instanceof Arena ? { buffer: arena.block.buffer, unit, generation } : undefined
    return originOf(this.#block.buffer, control)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    dropped.unregister(this)
    // This process's pages go, not the memory that others have or are about to get.
    if (!this.#spread) this.#block.wipe()
    letGo(this.#held)
  }
}

const dropped = new FinalizationRegistry<Held>(held => letGo(held))
