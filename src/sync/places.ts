import { Units } from './units.ts'
import { GRANTEE, HANDOFF, LOW, OWN, STATE } from './words.ts'

/*
 * Units of which each is held by somebody, so that those of the dead can be given back. Who holds how many is in a pair
 * of words for each thread, written by that thread alone:
 *
 *   SEAT    whose pair it is; 0 nobody's
 *   COUNT   twice the units it took less those it gave back (it may give back what others took), and odd while it
 *           is between this word and STATE
 *
 * What the dead held is what the living don't: bound = left + held by the living + held by the dead.
 */
const BOUND = OWN
const PAIRS = OWN + 2
const MOVING = 1
const MOST = 29

/** A number of places. Of more than 29 threads at a time those of the later ones are not given back when they die. */
export class Places extends Units {
  /** Where this thread's pair is; `undefined` while it has none. */
  #own: number | undefined

  /** Before anybody else knows it. */
  begin(count: number): void {
    this.cells.store(BOUND, count)
    this.cells.store(STATE, count)
  }

  get bound(): number {
    return this.cells.load(BOUND)
  }

  override take(): boolean {
    return this.#moving(1, () => super.take())
  }

  protected override pass(state: number, next: number): boolean {
    return this.#moving(1, () => super.pass(state, next))
  }

  override leave(count: number, bound: number): boolean {
    return this.#moving(-count, () => super.leave(count, bound))
  }

  /** Nothing is left: are there dead among those who hold? */
  protected override bury(state: number): boolean {
    if ((state & LOW) !== 0 || !this.#pairs().some(at => this.#isDead(at))) return false
    // Nobody else may take meanwhile, so that what is counted stays as it is.
    const grantee = this.cells.load(GRANTEE)
    if (grantee !== this.me) {
      if (grantee !== 0 && this.seats.isAlive(grantee)) return false
      if (this.cells.compareExchange(GRANTEE, grantee, this.me) !== grantee) return true
    }
    const kept = this.cells.or(STATE, HANDOFF) | HANDOFF
    if ((kept & LOW) === 0) this.#giveBack(kept)
    this.cells.compareExchange(GRANTEE, this.me, 0)
    const after = this.cells.and(STATE, ~HANDOFF) & ~HANDOFF
    const left = after & LOW
    // Also of what was released meanwhile only this thread was told.
    if (left > 0) this.notify(after, left)
    return left > 0
  }

  /** Gives back what the dead held, unless something moves right now. */
  #giveBack(state: number): void {
    let held = 0
    const dead: number[] = []
    for (const at of this.#pairs()) {
      const count = this.cells.load(at + 1)
      if (this.#isDead(at)) dead.push(at)
      else if (count & MOVING) return
      else held += count >> 1
    }
    const missing = this.bound - (state & LOW) - held
    if (missing > 0 && this.cells.compareExchange(STATE, state, state + missing) !== state) return
    for (const at of dead) {
      this.cells.store(at + 1, 0)
      this.cells.store(at, 0)
    }
  }

  /** Notes that units move to or from this thread while they do. */
  #moving(count: number, move: () => boolean): boolean {
    const at = (this.#own ??= this.#find())
    if (at === undefined) return move()
    const before = this.cells.load(at + 1)
    this.cells.store(at + 1, before | MOVING)
    const moved = move()
    this.cells.store(at + 1, moved ? before + count * 2 : before)
    return moved
  }

  #find(): number | undefined {
    for (let i = 0; i < MOST; i++) {
      const at = PAIRS + i * 2
      if (this.cells.load(at) !== 0) continue
      // Its count is zero, as that is cleared before the seat.
      if (this.cells.compareExchange(at, 0, this.me) === 0) return at
    }
    return undefined
  }

  #isDead(at: number): boolean {
    const seat = this.cells.load(at)
    return seat !== 0 && !this.seats.isAlive(seat)
  }

  #pairs(): number[] {
    const pairs: number[] = []
    for (let i = 0; i < MOST; i++) if (this.cells.load(PAIRS + i * 2) !== 0) pairs.push(PAIRS + i * 2)
    return pairs
  }
}
