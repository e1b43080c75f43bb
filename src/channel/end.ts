import { machineClock } from '../base/index.ts'
import type { Cell } from '../memory/index.ts'
import { CROWDED, END_WORDS, HOLDERS, TRAVELLING, TRAVELLING_UNTIL } from './layout.ts'

/** How long a handle may be on its way to a worker that starts, in seconds. Then it counts as lost with its worker. */
const JOURNEY = 60
/** How long it may lie in a queue. */
const LONG_JOURNEY = 600

/** Who holds one end of a pipe: threads, and messages on their way to some. When nobody does, the other end learns it. */
export class End {
  readonly cell: Cell
  /** Where somebody was found alive the last time. */
  #last = HOLDERS

  constructor(cell: Cell) {
    this.cell = cell
  }

  /** This thread holds it from now on. */
  hold(): void {
    const { cells, seats } = this.cell
    for (let word = HOLDERS; word < END_WORDS; word++) {
      const seat = cells.load(word)
      if (seat === seats.me) return
      if (seat !== 0 && seats.isAlive(seat)) continue
      if (cells.compareExchange(word, seat, seats.me) === seat) return
      word--
    }
    cells.store(CROWDED, 1)
  }

  /** This thread holds it no more. */
  release(): void {
    const { cells, seats } = this.cell
    for (let word = HOLDERS; word < END_WORDS; word++) cells.compareExchange(word, seats.me, 0)
  }

  /** A handle of it leaves. `queued`: it may be fetched much later. */
  depart(queued: boolean): void {
    const { cells } = this.cell
    const until = seconds() + (queued ? LONG_JOURNEY : JOURNEY)
    if (cells.load(TRAVELLING_UNTIL) < until) cells.store(TRAVELLING_UNTIL, until)
    cells.add(TRAVELLING, 1)
  }

  /** One has arrived, and whoever has it holds the end by now. */
  arrive(): void {
    const { cells } = this.cell
    for (let count = cells.load(TRAVELLING); count > 0; ) {
      const found = cells.compareExchange(TRAVELLING, count, count - 1)
      if (found === count) return
      count = found
    }
  }

  /** Does anybody hold it? */
  get isHeld(): boolean {
    const { cells, seats } = this.cell
    const last = cells.load(this.#last)
    if (last !== 0 && seats.isAlive(last)) return true
    // Who arrives holds it before it counts as arrived: so this is asked first.
    if (cells.load(TRAVELLING) > 0 && seconds() < cells.load(TRAVELLING_UNTIL)) return true
    for (let word = HOLDERS; word < END_WORDS; word++) {
      const seat = cells.load(word)
      if (seat === 0 || !seats.isAlive(seat)) continue
      this.#last = word
      return true
    }
    return cells.load(CROWDED) === 1
  }
}

function seconds(): number {
  return Math.floor(machineClock() / 1000)
}
