import type { Cell, Cells, Seats } from '../memory/index.ts'
import type { Waiting } from './waiting.ts'
import { BELL, type How, LANES, SLEEP, STATE } from './words.ts'

const SET = 1
/** Counts how often it was set, in the bits from here to SLEEP. Who waits sees that it was, even if cleared since. */
const ONE_TIME = 2
const TIMES = SLEEP - ONE_TIME

/** A word to wait for: what an event is made of, and the round of a barrier. */
export class Flag {
  readonly #cells: Cells
  readonly #seats: Seats

  constructor({ cells, seats }: Pick<Cell, 'cells' | 'seats'>) {
    this.#cells = cells
    this.#seats = seats
  }

  isSet(): boolean {
    return (this.#cells.load(STATE) & SET) !== 0
  }

  set(): void {
    for (;;) {
      const state = this.#cells.load(STATE)
      if (state & SET) return
      const next = SET | ((state + ONE_TIME) & TIMES)
      if (this.#cells.compareExchange(STATE, state, next) !== state) continue
      if (state & SLEEP) this.#cells.wake(STATE, Number.MAX_SAFE_INTEGER)
      if (state & BELL) this.#ringAll()
      return
    }
  }

  /** Wakes everybody who waits, and stays unset. */
  pulse(): void {
    this.set()
    this.clear()
  }

  clear(): void {
    this.#cells.and(STATE, ~SET)
  }

  /** How often it was set: for `wait`. */
  times(): number {
    return this.#cells.load(STATE)
  }

  /** True when it is or was set since `began`, false when told to give up before. */
  *wait(how: How, began = this.times()): Waiting<boolean> {
    for (;;) {
      if (how === BELL) this.#list()
      const state = this.#cells.or(STATE, how) | how
      if (state & SET || (state & TIMES) !== (began & TIMES)) return true
      if (yield { cells: this.#cells, word: STATE, expected: state }) {
        const last = this.#cells.load(STATE)
        return (last & SET) !== 0 || (last & TIMES) !== (began & TIMES)
      }
    }
  }

  #list(): void {
    const lane = this.#seats.lane(this.#seats.me)
    this.#cells.or(LANES + (lane >> 5), 1 << (lane & 31))
  }

  #ringAll(): void {
    const low = this.#cells.exchange(LANES, 0)
    const high = this.#cells.exchange(LANES + 1, 0)
    if (low | high) this.#seats.ring(low, high)
  }
}
