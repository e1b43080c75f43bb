import type { Cell, Cells, Seats } from '../memory/index.ts'
import { Flag } from './flag.ts'
import { Mutex } from './mutex.ts'
import type { Tuning } from './turnstile.ts'
import { GAVE_UP, type Waiting } from './waiting.ts'
import { ABANDONED, type How, OWN } from './words.ts'

/*
 * The words of a barrier, behind a Flag that is pulsed at each change. All are changed under the inner lock only; who
 * waits reads ROUND, BROKEN and ENDS without it.
 *
 *   ENDS     128 bits: bit n mod 128 is set when round n ended broken. Written before ROUND goes on
 *   MEMBERS  for each of up to 16 threads: seat, the last round it came to, with how many tasks
 */
const PARTIES = OWN
const ARRIVED = OWN + 1
const ROUND = OWN + 2
const BROKEN = OWN + 3
/** All have come, and the last one runs the action. */
const FULL = OWN + 4
const ENDS = OWN + 6
const MEMBERS = OWN + 10
const MEMBER = 3
const MOST_MEMBERS = 16

/** What came of waiting: the place in the order of arrival, all have come and this is the last, or why not. */
export type Arrival = { readonly index: number; readonly last: boolean } | Broken
export type Broken = 'aborted' | 'late' | 'died'

const BECAUSE: readonly Broken[] = ['aborted', 'late', 'died']

/** The rounds of a barrier. */
export class Rounds {
  readonly #lock: Mutex
  readonly #cells: Cells
  readonly #seats: Seats
  readonly #flag: Flag

  constructor(lock: Pick<Cell, 'cells' | 'seats'>, state: Pick<Cell, 'cells' | 'seats'>, tuning?: Tuning) {
    this.#lock = new Mutex(lock, tuning)
    this.#cells = state.cells
    this.#seats = state.seats
    this.#flag = new Flag(state)
  }

  /** Before anybody else knows it. */
  begin(parties: number): void {
    this.#cells.store(PARTIES, parties)
  }

  get parties(): number {
    return this.#cells.load(PARTIES)
  }

  get waiting(): number {
    return this.#cells.load(FULL) ? 0 : this.#cells.load(ARRIVED)
  }

  /** Why it is broken, if it is. */
  get broken(): Broken | undefined {
    return BECAUSE[this.#cells.load(BROKEN) - 1]
  }

  /** Comes, and waits for the others. The last one gets `last`, and has to call `finish`. */
  *arrive(how: How): Waiting<Arrival> {
    let giveUp = yield* this.#enter(how)
    while (this.#cells.load(FULL) === 1 && !this.broken) {
      // The round before is not quite over.
      const began = this.#flag.times()
      this.#lock.leave()
      const seen = yield* this.#change(how, began)
      giveUp = (yield* this.#enter(how)) || giveUp || !seen
      this.#checkMembers()
    }
    if (giveUp) this.#break('late')
    const { broken } = this
    if (broken) {
      this.#lock.leave()
      return broken
    }
    const round = this.#cells.load(ROUND)
    const index = this.#cells.add(ARRIVED, 1)
    this.#join(round)
    const last = index + 1 === this.parties
    if (last) this.#cells.store(FULL, 1)
    this.#lock.leave()
    return last ? { index, last } : yield* this.#await(how, round, index)
  }

  *#await(how: How, round: number, index: number): Waiting<Arrival> {
    let giveUp = false
    for (;;) {
      const began = this.#flag.times()
      if (this.#cells.load(ROUND) !== round) return this.#endOf(round) ?? { index, last: false }
      if (this.broken) return this.broken
      if (giveUp || this.#someDied(round)) {
        yield* this.#enter(how)
        if (this.#cells.load(ROUND) === round) {
          this.#checkMembers()
          // Once all have come, nobody is late.
          if (giveUp && this.#cells.load(FULL) === 0) this.#break('late')
        }
        this.#lock.leave()
        giveUp = false
        continue
      }
      giveUp = !(yield* this.#change(how, began))
    }
  }

  /** The last one has run the action: everybody may go on, or nobody. */
  *finish(how: How, well: boolean): Waiting<Broken | undefined> {
    yield* this.#enter(how)
    if (!well) this.#break('aborted')
    const { broken } = this
    if (!broken) this.#next(0)
    this.#lock.leave()
    return broken
  }

  /** Everybody who waits or comes gets the error. */
  *abort(how: How): Waiting<void> {
    yield* this.#enter(how)
    this.#break('aborted')
    this.#lock.leave()
  }

  /** Who waits gets the error; then it is as new. */
  *reset(how: How): Waiting<void> {
    yield* this.#enter(how)
    const empty = this.#cells.load(ARRIVED) === 0
    for (let i = 0; i < MOST_MEMBERS; i++) this.#cells.store(MEMBERS + i * MEMBER, 0)
    if (!empty || this.broken) this.#next(1)
    this.#cells.store(BROKEN, 0)
    this.#lock.leave()
  }

  /** This thread takes part no more: its end breaks nothing. Only where nobody can be kept waiting for the lock. */
  forget(): void {
    for (let i = 0; i < MOST_MEMBERS; i++) {
      this.#cells.compareExchange(MEMBERS + i * MEMBER, this.#seats.me, 0)
    }
  }

  /** Takes the inner lock. A holder that died may have left things half done, so the barrier is broken. True when told to give up. */
  *#enter(how: How): Waiting<boolean> {
    let giveUp = false
    for (;;) {
      const before = this.#lock.take() ? 0 : yield* this.#lock.enter(how)
      if (before === GAVE_UP) {
        giveUp = true
        continue
      }
      if (before & ABANDONED) {
        this.#break('died')
        this.#lock.markConsistent()
      }
      return giveUp
    }
  }

  /** Until something changes; false when told to give up first. One look for each wake-up. */
  *#change(how: How, began: number): Waiting<boolean> {
    const flag = this.#flag.wait(how, began)
    const first = flag.next(false)
    if (first.done) return first.value
    const giveUp = yield first.value
    if (!giveUp) return true
    flag.next(true)
    return false
  }

  #break(why: Broken): void {
    if (!this.broken) this.#cells.store(BROKEN, BECAUSE.indexOf(why) + 1)
    this.#flag.pulse()
  }

  /** Ends the round. `bit`: whether it ended broken. */
  #next(bit: number): void {
    const round = this.#cells.load(ROUND)
    const word = ENDS + ((round >>> 5) & 3)
    if (bit) this.#cells.or(word, 1 << (round & 31))
    else this.#cells.and(word, ~(1 << (round & 31)))
    this.#cells.store(ARRIVED, 0)
    this.#cells.store(FULL, 0)
    this.#cells.store(ROUND, (round + 1) | 0)
    this.#flag.pulse()
  }

  #endOf(round: number): Broken | undefined {
    return this.#cells.load(ENDS + ((round >>> 5) & 3)) & (1 << (round & 31)) ? 'aborted' : undefined
  }

  /** Notes that one more task of this thread has come to this round. */
  #join(round: number): void {
    let free: number | undefined
    for (let i = 0; i < MOST_MEMBERS; i++) {
      const at = MEMBERS + i * MEMBER
      const seat = this.#cells.load(at)
      if (seat === this.#seats.me) {
        const tasks = this.#cells.load(at + 1) === round ? this.#cells.load(at + 2) : 0
        this.#cells.store(at + 1, round)
        this.#cells.store(at + 2, tasks + 1)
        return
      }
      const isOld =
        seat === 0 || (this.#cells.load(at + 1) !== round && this.#cells.load(at + 1) !== round - 1)
      if (isOld) free ??= at
    }
    if (free === undefined) return
    this.#cells.store(free + 2, 1)
    this.#cells.store(free + 1, round)
    this.#cells.store(free, this.#seats.me)
  }

  /** With the lock: breaks it if a party is dead that is needed. */
  #checkMembers(): void {
    if (!this.broken && this.#someDied(this.#cells.load(ROUND))) this.#break('died')
  }

  /**
   * Did one that waits die? Or one that came to the round before, so that now too few are left to come? (One whose
   * program ended by itself has left, see `forget`.)
   */
  #someDied(round: number): boolean {
    const holder = this.#lock.holder()
    if (holder !== 0 && !this.#seats.isAlive(holder)) return true
    let dead = 0
    let toCome = 0
    for (let i = 0; i < MOST_MEMBERS; i++) {
      const at = MEMBERS + i * MEMBER
      const seat = this.#cells.load(at)
      if (seat === 0) continue
      const came = this.#cells.load(at + 1)
      if (came !== round && came !== round - 1) continue
      const alive = this.#seats.isAlive(seat)
      if (!alive && came === round) return true
      if (alive && came !== round) toCome += this.#cells.load(at + 2)
      if (!alive) dead++
    }
    return dead > 0 && this.#cells.load(FULL) === 0 && this.#cells.load(ARRIVED) + toCome < this.parties
  }
}
