import type { Cells, Seats } from '../memory/index.ts'
import { ABANDONED, DONE, TAKER_ROWS, TAKING, TAKING_COUNT, TAKING_ORDINAL } from './layout.ts'
import type { Ledger } from './ledger.ts'
import type { Ring } from './ring.ts'

/** Words of a row: who, how many. */
const ROW = 2
/** Words of the table. */
export const TAKER_WORDS = TAKER_ROWS * ROW

/**
 * Who has taken how many messages and not marked them as done, so that those of a thread that dies don't keep others
 * waiting for ever. A take is written down before it happens and counted after it; whoever comes next finishes that
 * for one that died in between.
 */
export class Takers implements Ledger {
  readonly #table: Cells
  readonly #seats: Seats
  readonly #rows: number
  #row = -1

  constructor(table: Cells, seats: Seats, rows = TAKER_ROWS) {
    this.#table = table
    this.#seats = seats
    this.#rows = rows
  }

  take(ring: Ring, ordinal: number): void {
    const row = this.#ownRow(ring)
    if (row < 0) return
    const { cells } = ring
    cells.store(TAKING_ORDINAL, ordinal)
    cells.store(TAKING_COUNT, this.#table.load(row + 1) + 1)
    cells.store(TAKING, row + 1)
  }

  taken({ cells }: Ring): void {
    const row = cells.load(TAKING) - 1
    if (row < 0) return
    this.#table.store(row + 1, cells.load(TAKING_COUNT))
    cells.store(TAKING, 0)
  }

  recover(ring: Ring): void {
    const { cells } = ring
    if (cells.load(TAKING) === 0) return
    // Its taker died. Before the message was gone, or after?
    if (ring.ordinalAtHead() === ((cells.load(TAKING_ORDINAL) + 1) | 0)) this.taken(ring)
    else cells.store(TAKING, 0)
  }

  /** One that this thread has taken is done. */
  settled(): void {
    const row = this.#row
    if (row >= 0 && this.#table.load(row + 1) > 0) this.#table.add(row + 1, -1)
  }

  /** Counts as done what dead threads have taken. */
  bury(ring: Ring): void {
    const { cells } = ring
    for (let row = 0; row < this.#rows * ROW; row += ROW) {
      const seat = this.#table.load(row)
      if (seat === 0 || this.#seats.isAlive(seat)) continue
      // Others may have said "done" for them: never more than are under way.
      const underWay = (ring.ordinalAtHead() - cells.load(DONE)) | 0
      const left = Math.min(this.#table.load(row + 1), underWay)
      if (left > 0) {
        cells.add(ABANDONED, left)
        cells.add(DONE, left)
      }
      this.#table.store(row + 1, 0)
      this.#table.store(row, 0)
    }
  }

  /** A row of the table for this thread; none where all are taken by the living. */
  #ownRow(ring: Ring): number {
    if (this.#row >= 0) return this.#row
    this.bury(ring)
    for (let row = 0; row < this.#rows * ROW; row += ROW) {
      if (this.#table.load(row) !== 0) continue
      this.#table.store(row, this.#seats.me)
      this.#row = row
      return row
    }
    return -1
  }
}
