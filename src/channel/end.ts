import { machineSeconds } from '../base/index.ts'
import type { Cell } from '../memory/index.ts'
import { CROWDED, END_WORDS, HOLDERS, TRAVELLING, TRAVELLING_UNTIL } from './layout.ts'

/** How long a handle may be on its way to a worker that starts, in seconds. Then it counts as lost with its worker. */
const JOURNEY = 60
/** How long it may lie in a queue. */
const LONG_JOURNEY = 600

/** How many objects of this thread hold an end, by its cell: an old one may be let go of after a new one came. */
const holds = new Map<string, number>()

/** Who holds one end of a pipe: threads, and messages on their way to some. When nobody does, the other end learns it. */
export class End {
  readonly cell: Cell
  /** Where somebody was found alive the last time. */
  #last = HOLDERS

  constructor(cell: Cell) {
    this.cell = cell
  }

  /** One more object of this thread holds it. */
  hold(): void {
    const { id, cells, seats } = this.cell
    const before = holds.get(id) ?? 0
    holds.set(id, before + 1)
    if (before > 0) return
    for (let word = HOLDERS; word < END_WORDS; word++) {
      const seat = cells.load(word)
      if (seat === seats.me) return
      if (seat !== 0 && seats.isAlive(seat)) continue
      if (cells.compareExchange(word, seat, seats.me) === seat) return
      word--
    }
    cells.store(CROWDED, 1)
  }

  /** One object of this thread holds it no more. */
  release(): void {
    const { id, cells, seats } = this.cell
    const left = (holds.get(id) ?? 1) - 1
    if (left > 0) {
      holds.set(id, left)
      return
    }
    holds.delete(id)
    for (let word = HOLDERS; word < END_WORDS; word++) cells.compareExchange(word, seats.me, 0)
  }

  /** A handle of it leaves. `queued`: it may be fetched much later. */
  depart(queued: boolean): void {
    const { cells } = this.cell
    const until = machineSeconds() + (queued ? LONG_JOURNEY : JOURNEY)
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
    if (cells.load(TRAVELLING) > 0 && machineSeconds() < cells.load(TRAVELLING_UNTIL)) return true
    for (let word = HOLDERS; word < END_WORDS; word++) {
      const seat = cells.load(word)
      if (seat === 0 || !seats.isAlive(seat)) continue
      this.#last = word
      return true
    }
    return cells.load(CROWDED) === 1
  }
}
