import { now } from '../base/index.ts'

/** How often a worker tells how busy its event loop is, in milliseconds: while it has something to do. */
export const PULSE_EVERY = 200
/** A worker with work that has not told for so many intervals does not come to it: it computes. */
const SILENT = 1.5

/** How busy one worker's event loop is, from what it tells now and then, and from its silence. */
export class Gauge {
  /** Milliseconds in all. */
  #idle = 0
  #active = 0
  #last: number | undefined
  /** When it told last, or began to have work. */
  #heard = now()

  /** What it tells: idle and active for so long since it told last. */
  add(idle: number, active: number): void {
    this.#idle += idle
    this.#active += active
    this.#last = idle + active > 0 ? active / (idle + active) : this.#last
    this.#heard = now()
  }

  /** Lately, from 0 to 1. */
  utilisation(hasWork: boolean): number | undefined {
    const silence = now() - this.#heard
    if (silence < SILENT * PULSE_EVERY || this.#last === undefined) return this.#last
    return hasWork ? 1 : 0
  }
}
