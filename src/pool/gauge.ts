import { now } from '../base/index.ts'

/** How often a worker tells how busy its event loop is, in milliseconds: while it has something to do. */
export const PULSE_EVERY = 200
/** The same, where decisions hang on it. */
export const PULSE_OFTEN = 100
/** A worker with work that has not told for so many intervals does not come to it: it computes. */
const SILENT = 1.5

/** How busy one worker's event loop is, from what it tells now and then, and from its silence. */
export class Gauge {
  readonly interval: number
  /** Milliseconds, since somebody took them. */
  #idle = 0
  #active = 0
  #takenAt = now()
  #last: number | undefined
  /** When it told last, or began to have work. */
  #heard = now()

  constructor(interval: number) {
    this.interval = interval
  }

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
    if (silence < SILENT * this.interval || this.#last === undefined) return this.#last
    return hasWork ? 1 : 0
  }

  /** For how long it was idle and active since this was asked last. */
  take(hasWork: boolean): { readonly idle: number; readonly active: number } {
    const time = now()
    let [idle, active] = [this.#idle, this.#active]
    if (idle + active === 0 && time - this.#heard > SILENT * this.interval) {
      const span = time - Math.max(this.#takenAt, this.#heard)
      if (hasWork) active = span
      else idle = span
    }
    this.#takenAt = time
    this.#idle = 0
    this.#active = 0
    return { idle, active }
  }
}
