import type { Cells, Seats } from '../memory/index.ts'

/*
 * The threads that come to a barrier: three words for each. They change under the barrier's inner lock only, but that a
 * thread that leaves takes its seat out.
 *
 *   SEAT   whose they are; 0 nobody's
 *   CAME   the last round that it came to
 *   TASKS  with how many tasks
 */
const SEAT = 0
const CAME = 1
const TASKS = 2
const WORDS = 3

/** The words of as many members as there is room for, from word `from` of each of these cells. */
export function roomFor(cells: readonly (readonly [cells: Cells, from: number])[]): Member[] {
  return cells.flatMap(([words, from]) =>
    Array.from({ length: Math.floor((words.length - from) / WORDS) }, (_, i) => ({
      words,
      at: from + i * WORDS,
    })),
  )
}

/** Where a member's words are. */
export interface Member {
  readonly words: Cells
  readonly at: number
}

/** Who is missed when it dies. */
export class Members {
  readonly #all: readonly Member[]
  readonly #seats: Seats

  constructor(all: readonly Member[], seats: Seats) {
    this.#all = all
    this.#seats = seats
  }

  clear(): void {
    for (const { words, at } of this.#all) words.store(at + SEAT, 0)
  }

  /** This thread takes part no more. */
  forget(): void {
    for (const { words, at } of this.#all) words.compareExchange(at + SEAT, this.#seats.me, 0)
  }

  /** One more task of this thread has come to this round. */
  join(round: number): void {
    let free: Member | undefined
    for (const member of this.#all) {
      const { words, at } = member
      const seat = words.load(at + SEAT)
      if (seat === this.#seats.me) {
        const tasks = words.load(at + CAME) === round ? words.load(at + TASKS) : 0
        words.store(at + CAME, round)
        words.store(at + TASKS, tasks + 1)
        return
      }
      if (seat === 0 || !isOf(round, words.load(at + CAME))) free ??= member
    }
    if (!free) return
    const { words, at } = free
    words.store(at + TASKS, 1)
    words.store(at + CAME, round)
    words.store(at + SEAT, this.#seats.me)
  }

  /**
   * Did one that waits die? Or one that came to the round before, so that fewer than the `missing` ones are left to
   * come? (One whose program ended by itself has left, see `forget`.)
   */
  someDied(round: number, missing: number): boolean {
    let dead = 0
    let toCome = 0
    for (const { words, at } of this.#all) {
      const seat = words.load(at + SEAT)
      if (seat === 0) continue
      const came = words.load(at + CAME)
      if (!isOf(round, came)) continue
      const alive = this.#seats.isAlive(seat)
      if (!alive && came === round) return true
      if (alive && came !== round) toCome += words.load(at + TASKS)
      if (!alive) dead++
    }
    return dead > 0 && toCome < missing
  }
}

/** This round or the one before. */
function isOf(round: number, came: number): boolean {
  return came === round || came === round - 1
}
