import type { Cell, Cells, Seats } from '../memory/index.ts'

/*
 * The threads that wait on a condition: a pair of words for each. Both change only under the condition's lock, but
 * for the notifications that a thread takes for itself.
 *
 *   SEAT     whose pair it is; 0 nobody's
 *   COUNTS   low 16 bits: how many of its tasks wait; from bit 16: how many of them have been notified and have not
 *            noticed yet
 */
const SEAT = 0
const COUNTS = 1
const PAIR = 2
const ONE_NOTIFIED = 1 << 16
const WAITING = ONE_NOTIFIED - 1

/** A pair. */
export interface Entry {
  readonly cells: Cells
  /** Where its SEAT is. */
  readonly seat: number
  /** Where its COUNTS are: the word to sleep on. */
  readonly counts: number
}

/** Who waits, thread by thread. */
export class Roster {
  readonly #cells: readonly Cells[]
  readonly #seats: Seats
  readonly #perCell: number
  /** Where the next search for somebody to notify begins. */
  #after = 0

  constructor(cells: readonly Pick<Cell, 'cells' | 'seats'>[]) {
    this.#cells = cells.map(cell => cell.cells)
    this.#seats = (cells[0] as Cell).seats
    this.#perCell = Math.floor((this.#cells[0]?.length ?? 0) / PAIR)
  }

  get size(): number {
    return this.#cells.length * this.#perCell
  }

  /** One more task of this thread waits. `undefined` when there is no room for another thread. */
  add(): Entry | undefined {
    const at = this.#find()
    if (!at) return undefined
    at.cells.add(at.counts, 1)
    return at
  }

  /** One task of this thread waits no more. */
  remove(entry: Entry): void {
    entry.cells.add(entry.counts, -1)
  }

  /** How many of this thread's waiting tasks were notified since the last time. */
  take(entry: Entry): number {
    const notified = entry.cells.load(entry.counts) >>> 16
    if (notified > 0) entry.cells.add(entry.counts, -notified * ONE_NOTIFIED)
    return notified
  }

  /** Notifies up to `count` tasks of threads that live; gives how many. */
  notify(count: number): number {
    let left = count
    const { size } = this
    let low = 0
    let high = 0
    for (let i = 0; i < size && left > 0; i++) {
      const entry = this.#at((this.#after + i) % size)
      const seat = entry.cells.load(entry.seat)
      if (seat === 0) continue
      const waiting = entry.cells.load(entry.counts) & WAITING
      if (waiting === 0) continue
      if (!this.#seats.isAlive(seat)) {
        this.#clear(entry)
        continue
      }
      const taken = Math.min(waiting, left)
      entry.cells.add(entry.counts, taken * (ONE_NOTIFIED - 1))
      entry.cells.wake(entry.counts, 1)
      const lane = this.#seats.lane(seat)
      if (lane < 32) low |= 1 << lane
      else high |= 1 << (lane - 32)
      left -= taken
      if (left === 0) this.#after = (this.#after + i + 1) % size
    }
    if (low | high) this.#seats.ring(low, high)
    return count - left
  }

  /** How many tasks of threads that live wait. */
  waiting(): number {
    let sum = 0
    for (let i = 0; i < this.size; i++) {
      const entry = this.#at(i)
      const seat = entry.cells.load(entry.seat)
      if (seat !== 0 && this.#seats.isAlive(seat)) sum += entry.cells.load(entry.counts) & WAITING
    }
    return sum
  }

  /** This thread's own pair, or one that nobody needs. */
  #find(): Entry | undefined {
    let free: Entry | undefined
    for (let i = 0; i < this.size; i++) {
      const entry = this.#at(i)
      const seat = entry.cells.load(entry.seat)
      if (seat === this.#seats.me) return entry
      if (free) continue
      if (seat === 0 || entry.cells.load(entry.counts) === 0 || !this.#seats.isAlive(seat)) free = entry
      // Pairs are given out from the front and kept, so nobody is beyond the first that was never used.
      if (seat === 0) break
    }
    if (free) {
      this.#clear(free)
      free.cells.store(free.seat, this.#seats.me)
    }
    return free
  }

  #clear(entry: Entry): void {
    entry.cells.store(entry.counts, 0)
    entry.cells.store(entry.seat, 0)
  }

  #at(index: number): Entry {
    const cells = this.#cells[Math.floor(index / this.#perCell)] as Cells
    const at = (index % this.#perCell) * PAIR
    return { cells, seat: at + SEAT, counts: at + COUNTS }
  }
}
