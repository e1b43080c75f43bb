import { Turnstile } from './turnstile.ts'
import { BELL, HANDOFF, LOW, STATE } from './words.ts'

/** A number of units: as many may come in as are left. The low bits of STATE are what is left. */
export class Units extends Turnstile {
  protected isOpen(low: number): boolean {
    return low > 0
  }

  protected after(low: number): number {
    return low - 1
  }

  // oxlint-disable-next-line no-unused-vars -- what others need to know
  protected bury(_state: number): boolean {
    return false
  }

  left(): number {
    return this.cells.load(STATE) & LOW
  }

  /** Takes one if there is one and nobody waits. */
  take(): boolean {
    const state = this.cells.load(STATE)
    if (state <= 0 || state > LOW) return false
    return this.cells.compareExchange(STATE, state, state - 1) === state
  }

  /** Gives back `count` units. False, and nothing is done, when that would be more than `bound`. */
  leave(count: number, bound: number): boolean {
    for (;;) {
      const state = this.cells.load(STATE)
      if ((state & LOW) + count > bound) return false
      const next = (state & (HANDOFF | BELL)) | ((state & LOW) + count)
      if (this.cells.compareExchange(STATE, state, next) !== state) continue
      if (state !== (state & LOW)) this.notify(state, count)
      return true
    }
  }
}
