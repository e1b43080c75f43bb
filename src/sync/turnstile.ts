import { now } from '../base/index.ts'
import type { Cell, Cells, Seats } from '../memory/index.ts'
import { GAVE_UP, type GaveUp, type Waiting } from './waiting.ts'
import { BELL, GRANTEE, HANDOFF, type How, LANES, LOW, SLEEP, STATE } from './words.ts'

/** How a turnstile waits. Tests set these; nobody else needs to. */
export interface Tuning {
  /** How often a thread looks again before it sleeps. */
  readonly spins: number
  /** After so many milliseconds a waiter on an event loop asks that the next turn be kept for it. */
  readonly patience: number
  /** The same for a thread that sleeps. It comes by in its turn sooner, and a turn that is kept stands idle for long. */
  readonly sleeperPatience: number
  /** After so many milliseconds a turn that is kept for somebody who doesn't come is kept for another. */
  readonly keep: number
}

const TUNING: Tuning = { spins: 100, patience: 1, sleeperPatience: 50, keep: 10 }

/** A wait that goes on. */
interface Wait {
  readonly how: How
  readonly began: number
  /** Since when it sees the turn kept for another; 0 when it doesn't. */
  keptSince: number
}

/**
 * A word that lets some through and makes the others wait: what locks and semaphores have in common.
 *
 * Whoever comes may take a free turn, waiters or not: a queue in strict order would cost a change of thread each
 * time. Who has waited too long has the next turn kept for it (HANDOFF and GRANTEE), so that nobody waits for ever.
 */
export abstract class Turnstile {
  readonly cells: Cells
  readonly seats: Seats
  readonly me: number
  readonly #tuning: Tuning
  /** This thread's place in LANES: the word and the bit. */
  readonly #listing: readonly [word: number, bit: number]
  /** Where the search for the next lane to ring begins, so that each gets its turn. */
  #after = 0

  constructor({ cells, seats }: Pick<Cell, 'cells' | 'seats'>, tuning: Tuning = TUNING) {
    this.cells = cells
    this.seats = seats
    this.me = seats.me
    const lane = seats.lane(seats.me)
    this.#listing = [LANES + (lane >> 5), 1 << (lane & 31)]
    this.#tuning = tuning
  }

  /** May one go through, by these low bits? */
  protected abstract isOpen(low: number): boolean
  /** The low bits after one went through. */
  protected abstract after(low: number): number
  /** Goes through. False when the state has changed. */
  protected pass(state: number, next: number): boolean {
    return this.cells.compareExchange(STATE, state, next) === state
  }

  /** Gives back what a dead thread holds, if one does. True when something changed. */
  protected abstract bury(state: number): boolean

  /** Goes through if it can without waiting. Gives the state before, or `undefined`. */
  look(keep = 0): number | undefined {
    for (;;) {
      const state = this.cells.load(STATE)
      if (this.bury(state)) continue
      if (!this.isOpen(state & LOW)) return undefined
      if (state & HANDOFF && this.#isKeptForAnother()) return undefined
      const next = (state & ~LOW & ~HANDOFF) | this.after(state & LOW) | keep
      if (!this.pass(state, next)) continue
      if (state & HANDOFF) this.cells.compareExchange(GRANTEE, this.me, 0)
      if (this.isOpen(next & LOW)) this.notify(next)
      return state
    }
  }

  /** Goes through, waiting if need be. Gives the state before. */
  *enter(how: How): Waiting<number | GaveUp> {
    const before = this.look() ?? (how === SLEEP ? this.#spin() : undefined)
    if (before !== undefined) return before
    const wait: Wait = { how, began: now(), keptSince: 0 }
    for (let slept = 0; ; slept = how & SLEEP) {
      const taken = this.look(slept)
      if (taken !== undefined) {
        this.#unlist(how)
        return taken
      }
      const state = this.#announce(how)
      const free = this.isOpen(state & LOW)
      if (free && !(state & HANDOFF && this.#isKeptForAnother())) continue
      if (this.#insist(state, free, wait)) continue
      const within = free ? { within: this.#tuning.keep } : undefined
      const giveUp = yield { cells: this.cells, word: STATE, expected: state, ...within }
      if (!giveUp) continue
      // What came in the last moment counts.
      const late = this.look(how & SLEEP)
      this.#unlist(how)
      if (late !== undefined) return late
      this.#withdraw()
      return GAVE_UP
    }
  }

  /** Tells those who wait that there is a turn, by the state that had one. */
  protected notify(state: number, count = 1): void {
    if (state & HANDOFF) {
      const grantee = this.cells.load(GRANTEE)
      if (grantee !== 0 && this.seats.isAlive(grantee)) {
        // It may sleep or listen. Among the sleepers it can't be told from the others, who lie down again.
        if (state & SLEEP) this.cells.wake(STATE, Number.MAX_SAFE_INTEGER)
        this.#ring(this.seats.lane(grantee))
        return
      }
    }
    if (state & SLEEP) this.cells.wake(STATE, count)
    if (state & BELL) for (let i = 0; i < count && this.#ringNext(); i++);
  }

  #spin(): number | undefined {
    const spins = this.cells.isRemote ? 0 : this.#tuning.spins
    for (let i = 0; i < spins; i++) {
      if (!this.isOpen(this.cells.load(STATE) & LOW)) continue
      const taken = this.look()
      if (taken !== undefined) return taken
    }
    return undefined
  }

  /** Says that somebody waits, and how it is to be told. Gives the state after that, which is the one to wait at. */
  #announce(how: How): number {
    if (how === BELL) {
      const [word, bit] = this.#listing
      if ((this.cells.load(word) & bit) === 0) this.cells.or(word, bit)
    }
    return this.cells.or(STATE, how) | how
  }

  /**
   * A ring for one who waits no more would be lost to the others: it is taken off the list, or passes on the ring
   * that came before it could be. Those of this thread who still wait look again after each other's end; those of
   * other threads with the same lane (where there are more than 64) a little later.
   */
  #unlist(how: How): void {
    if (how !== BELL) return
    const [word, bit] = this.#listing
    if (this.cells.and(word, ~bit) & bit) return
    const state = this.cells.load(STATE)
    if (this.isOpen(state & LOW)) this.notify(state)
  }

  /** Asks for the next turn after having waited too long, also where it is kept for one that doesn't come. */
  #insist(state: number, free: boolean, wait: Wait): boolean {
    const { patience, sleeperPatience, keep } = this.#tuning
    const limit = wait.how === SLEEP ? sleeperPatience : patience
    if (now() - wait.began >= limit && this.#claim(state)) return true
    if (!free) wait.keptSince = 0
    else wait.keptSince ||= now()
    return free && now() - wait.keptSince > keep && this.#takeOver()
  }

  /** Is the next turn kept for somebody else who lives? One kept for nobody, or for a dead one, is free for all. */
  #isKeptForAnother(): boolean {
    const grantee = this.cells.load(GRANTEE)
    if (grantee === 0 || grantee === this.me) return false
    if (this.seats.isAlive(grantee)) return true
    this.cells.compareExchange(GRANTEE, grantee, 0)
    return false
  }

  /** Asks that the next turn be kept for this thread. True when something changed. */
  #claim(state: number): boolean {
    const grantee = this.cells.load(GRANTEE)
    if (grantee !== this.me) {
      if (grantee !== 0 && this.seats.isAlive(grantee)) return false
      if (this.cells.compareExchange(GRANTEE, grantee, this.me) !== grantee) return true
    } else if (state & HANDOFF) return false
    this.cells.or(STATE, HANDOFF)
    return true
  }

  /** The one that the turn is kept for doesn't come: its event loop is blocked. It will ask again. */
  #takeOver(): boolean {
    const grantee = this.cells.load(GRANTEE)
    return this.cells.compareExchange(GRANTEE, grantee, this.me) === grantee
  }

  /** Leaves no trace of this waiter, and passes on what may have been meant for it. */
  #withdraw(): void {
    if (this.cells.compareExchange(GRANTEE, this.me, 0) === this.me) this.cells.and(STATE, ~HANDOFF)
    const state = this.cells.load(STATE)
    if (this.isOpen(state & LOW)) this.notify(state | SLEEP)
  }

  /** Rings the next lane that is listed; false when there is none. */
  #ringNext(): boolean {
    for (;;) {
      const lane = this.#nextLane()
      if (lane === undefined) {
        this.cells.and(STATE, ~BELL)
        if (this.#nextLane() === undefined) return false
        // Somebody was listed before it could see that the flag is gone.
        this.cells.or(STATE, BELL)
        continue
      }
      const bit = 1 << (lane & 31)
      if ((this.cells.and(LANES + (lane >> 5), ~bit) & bit) === 0) continue
      this.#after = (lane + 1) & 63
      this.#ring(lane)
      return true
    }
  }

  #nextLane(): number | undefined {
    const words = [this.cells.load(LANES), this.cells.load(LANES + 1)]
    for (let i = 0; i < 64; i++) {
      const lane = (this.#after + i) & 63
      if ((words[lane >> 5] ?? 0) & (1 << (lane & 31))) return lane
    }
    return undefined
  }

  #ring(lane: number): void {
    const bit = 1 << (lane & 31)
    if (lane < 32) this.seats.ring(bit, 0)
    else this.seats.ring(0, bit)
  }
}
