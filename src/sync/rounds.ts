import type { Cell, Cells, Seats } from '../memory/index.ts'
import { Flag } from './flag.ts'
import { Members, roomFor } from './members.ts'
import { Mutex } from './mutex.ts'
import type { Tuning } from './turnstile.ts'
import { GAVE_UP, type Waiting } from './waiting.ts'
import { ABANDONED, type How, OWN } from './words.ts'

/*
 * The words of a barrier, behind a Flag that is pulsed at each change. All are changed under the inner lock only; who
 * waits reads ROUND, BROKEN and ENDS without it.
 *
 *   ENDS     128 bits: bit n mod 128 is set when round n ended broken. Written before ROUND goes on
 *   MEMBERS  from here on, and in further cells where there are many parties: see `members.ts`
 */
const PARTIES = OWN
const ARRIVED = OWN + 1
const ROUND = OWN + 2
const BROKEN = OWN + 3
/** All have come, and the last one runs the action. */
const FULL = OWN + 4
const ENDS = OWN + 6
const MEMBERS = OWN + 10

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
  readonly #members: Members

  /** @param more  room for the members that the state has none for */
  constructor(
    lock: Pick<Cell, 'cells' | 'seats'>,
    state: Pick<Cell, 'cells' | 'seats'>,
    more: readonly Pick<Cell, 'cells'>[] = [],
    tuning?: Tuning,
  ) {
    this.#lock = new Mutex(lock, tuning)
    this.#cells = state.cells
    this.#seats = state.seats
    this.#flag = new Flag(state)
    const further = more.map(({ cells }) => [cells, 0] as const)
    this.#members = new Members(roomFor([[state.cells, MEMBERS], ...further]), state.seats)
  }

  /** Before anybody else knows it. */
  begin(parties: number): void {
    this.#cells.store(PARTIES, parties)
  }

  get parties(): number {
    return this.#cells.load(PARTIES)
  }

  get waiting(): number {
    return this.broken || this.#cells.load(FULL) ? 0 : this.#cells.load(ARRIVED)
  }

  /** Why it is broken, if it is. */
  get broken(): Broken | undefined {
    return BECAUSE[this.#cells.load(BROKEN) - 1]
  }

  /**
   * For those who only look: breaks it if some wait and one is dead that is needed. While nobody waits, another may
   * still come in its place.
   */
  look(): void {
    if (this.broken || this.#cells.load(ARRIVED) === 0 || !this.#someDied(this.#cells.load(ROUND))) return
    const before = this.#lock.take() ? 0 : this.#lock.look()
    // Somebody is changing it, and will see the same.
    if (before === undefined) return
    this.#mend(before)
    this.#checkMembers()
    this.#lock.leave()
  }

  /**
   * Comes, and waits for the others. The last one gets `last`, and has to call `finish`.
   * @param late  it gives up at once
   */
  *arrive(how: How, late = false): Waiting<Arrival> {
    let giveUp = (yield* this.#enter(how)) || late
    while (this.#cells.load(FULL) === 1 && !this.broken) {
      // The round before is not quite over.
      const began = this.#flag.times()
      this.#lock.leave()
      const seen = yield* this.#change(how, began)
      giveUp = (yield* this.#enter(how)) || giveUp || !seen
      this.#checkMembers()
    }
    if (giveUp) this.#break('late')
    if (this.broken) return this.#refuse()
    const round = this.#cells.load(ROUND)
    const index = this.#cells.add(ARRIVED, 1)
    this.#members.join(round)
    // Whoever comes in place of one that is missed has been counted by now. Who comes first looks when it waits.
    if (index > 0) this.#checkMembers()
    if (this.broken) return this.#refuse()
    const last = index + 1 === this.parties
    if (last) this.#cells.store(FULL, 1)
    this.#lock.leave()
    return last ? { index, last } : yield* this.#await(how, round, index)
  }

  #refuse(): Broken {
    const broken = this.broken as Broken
    this.#lock.leave()
    return broken
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
    if (this.parties > 1) this.#checkMembers()
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
    this.#members.clear()
    if (!empty || this.broken) this.#next(1)
    this.#cells.store(BROKEN, 0)
    this.#lock.leave()
  }

  /** This thread takes part no more: its end breaks nothing. Only where nobody can be kept waiting for the lock. */
  forget(): void {
    this.#members.forget()
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
      this.#mend(before)
      return giveUp
    }
  }

  /** With the lock, which had this state before. */
  #mend(before: number): void {
    if ((before & ABANDONED) === 0) return
    this.#break('died')
    this.#lock.markConsistent()
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

  /** With the lock: breaks it if a party is dead that is needed. */
  #checkMembers(): void {
    if (!this.broken && this.#someDied(this.#cells.load(ROUND))) this.#break('died')
  }

  #someDied(round: number): boolean {
    const holder = this.#lock.holder()
    if (holder !== 0 && !this.#seats.isAlive(holder)) return true
    // Once all have come, nobody is missing.
    const missing = this.#cells.load(FULL) ? 0 : this.parties - this.#cells.load(ARRIVED)
    return this.#members.someDied(round, missing)
  }
}
