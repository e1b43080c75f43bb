import { Turnstile } from './turnstile.ts'
import { ABANDONED, BELL, HANDOFF, LOW, STATE } from './words.ts'

/** One thread at a time. The low bits of STATE are the holder's seat. */
export class Mutex extends Turnstile {
  protected isOpen(low: number): boolean {
    return low === 0
  }

  protected after(): number {
    return this.me
  }

  /** A dead holder's turn ends here; whoever comes next is told by ABANDONED. */
  protected bury(state: number): boolean {
    const holder = state & LOW
    if (holder === 0 || this.seats.isAlive(holder)) return false
    const free = (state & ~LOW) | ABANDONED
    if (this.cells.compareExchange(STATE, state, free) === state) this.notify(free)
    return true
  }

  /** Takes a lock that is free and that nobody waits for. */
  take(): boolean {
    return this.cells.compareExchange(STATE, 0, this.me) === 0
  }

  /** Ends the holder's turn, whoever that is. False when nobody has it. */
  leave(): boolean {
    if (this.cells.compareExchange(STATE, this.me, 0) === this.me) return true
    for (;;) {
      const state = this.cells.load(STATE)
      if ((state & LOW) === 0) return false
      const free = state & (HANDOFF | BELL | ABANDONED)
      if (this.cells.compareExchange(STATE, state, free) !== state) continue
      this.notify(state)
      return true
    }
  }

  /** The seat of the holder; 0 when free. */
  holder(): number {
    return this.cells.load(STATE) & LOW
  }

  isAbandoned(): boolean {
    return this.cells.load(STATE) < 0
  }

  markConsistent(): void {
    this.cells.and(STATE, ~ABANDONED)
  }
}
