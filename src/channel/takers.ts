import type { Cells, Seats } from '../memory/index.ts'
import { ABANDONED, DONE, TAKER_ROWS, TAKING, TAKING_COUNT, TAKING_ORDINAL } from './layout.ts'
import type { Ledger } from './ledger.ts'
import type { Ring } from './ring.ts'

/** Words of a row: who, how many it has taken, how many of those are done. */
const ROW = 3
const TAKEN = 1
const SETTLED = 2
/** More than any row can have under way. */
const LIVING = 2 ** 32
/** Words of the table. */
export const TAKER_WORDS = TAKER_ROWS * ROW

/**
 * Who has taken how many messages that were not marked as done, so that those of a thread that dies don't keep others
 * waiting for ever. A take is written down before it happens and counted after it; whoever comes next finishes that
 * for one that died in between. The counts of a row only ever grow, so that nobody changes them on outdated grounds.
 */
export class Takers implements Ledger {
  readonly #table: Cells
  readonly #seats: Seats
  readonly #end: number
  #row = -1
  /** Where the last was that somebody else had taken. */
  #others = -1
  /** Taken by this thread when there was no row for it. */
  #unlisted = 0

  constructor(table: Cells, seats: Seats, rows = TAKER_ROWS) {
    this.#table = table
    this.#seats = seats
    this.#end = rows * ROW
  }

  take(ring: Ring, ordinal: number): void {
    const row = this.#ownRow(ring)
    if (row < 0) {
      this.#unlisted++
      return
    }
    const { cells } = ring
    cells.store(TAKING_ORDINAL, ordinal)
    cells.store(TAKING_COUNT, (this.#table.load(row + TAKEN) + 1) | 0)
    cells.store(TAKING, row + 1)
  }

  taken({ cells }: Ring): void {
    const row = cells.load(TAKING) - 1
    if (row < 0) return
    this.#table.store(row + TAKEN, cells.load(TAKING_COUNT))
    cells.store(TAKING, 0)
  }

  recover(ring: Ring): void {
    const { cells } = ring
    if (cells.load(TAKING) === 0) return
    // Its taker died. Before the message was gone, or after?
    if (ring.ordinalAtHead() === ((cells.load(TAKING_ORDINAL) + 1) | 0)) this.taken(ring)
    else cells.store(TAKING, 0)
  }

  /** One is done: of this thread's own, or else of another's, which has handed it on. */
  settled(): void {
    if (this.#unlisted > 0) {
      this.#unlisted--
      return
    }
    const own = this.#findOwn()
    if (own >= 0 && this.#settle(own)) return
    do if (this.#weightOf(this.#others) < LIVING) this.#others = this.#findBusiest()
    while (this.#others >= 0 && !this.#settle(this.#others))
  }

  /** Counts as done what dead threads have taken. */
  bury(ring: Ring): void {
    const { cells } = ring
    for (let row = 0; this.#isUsed(row); row += ROW) {
      const seat = this.#table.load(row)
      if (seat === 0 || this.#seats.isAlive(seat)) continue
      // Others may have said "done" for them: never more than are under way.
      const underWay = (ring.ordinalAtHead() - cells.load(DONE)) | 0
      const left = Math.min(this.#open(row), underWay)
      if (left > 0) {
        cells.add(ABANDONED, left)
        cells.add(DONE, left)
      }
      this.#table.store(row + SETTLED, this.#table.load(row + TAKEN))
      this.#table.store(row, 0)
    }
  }

  /** How many of this row are under way. */
  #open(row: number): number {
    return (this.#table.load(row + TAKEN) - this.#table.load(row + SETTLED)) | 0
  }

  /** False: none of this row is under way. */
  #settle(row: number): boolean {
    const table = this.#table
    for (;;) {
      const settled = table.load(row + SETTLED)
      if (((table.load(row + TAKEN) - settled) | 0) <= 0) return false
      if (table.compareExchange(row + SETTLED, settled, (settled + 1) | 0) === settled) return true
    }
  }

  /** The row with the most under way, one of the living if there is any; -1: none has any. */
  #findBusiest(): number {
    let [found, most] = [-1, 0]
    for (let row = 0; this.#isUsed(row); row += ROW) {
      const weight = this.#weightOf(row)
      if (weight > most) [found, most] = [row, weight]
    }
    return found
  }

  #weightOf(row: number): number {
    const open = row < 0 ? 0 : this.#open(row)
    // What the dead have taken is better left for join() to tell.
    return open > 0 && this.#seats.isAlive(this.#table.load(row)) ? open + LIVING : open
  }

  /** Was it ever taken? If not, none behind it was. */
  #isUsed(row: number): boolean {
    return row < this.#end && (this.#table.load(row) !== 0 || this.#table.load(row + TAKEN) !== 0)
  }

  #markUsed(row: number): void {
    this.#table.store(row + SETTLED, 1)
    this.#table.store(row + TAKEN, 1)
  }

  /** The row of this thread, whichever of its objects for this queue has taken it; -1: it has none. */
  #findOwn(): number {
    const { me } = this.#seats
    if (this.#row >= 0 && this.#table.load(this.#row) === me) return this.#row
    for (let row = 0; this.#isUsed(row); row += ROW) {
      if (this.#table.load(row) === me) return (this.#row = row)
    }
    return -1
  }

  /** A row of the table for this thread; none where all are taken by the living. */
  #ownRow(ring: Ring): number {
    const own = this.#findOwn()
    if (own >= 0) return own
    this.bury(ring)
    for (let row = 0; row < this.#end; row += ROW) {
      if (this.#table.load(row) !== 0) continue
      if (this.#table.load(row + TAKEN) === 0) this.#markUsed(row)
      this.#table.store(row, this.#seats.me)
      this.#row = row
      return row
    }
    return -1
  }
}
