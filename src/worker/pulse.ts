import { after, afterTurn, endEarly, every, isEarly, type Timer } from '../base/index.ts'
import type { ProgramLink } from '../link/index.ts'
import { PULSE } from '../wire/index.ts'
import type { Linger } from './linger.ts'

/** A worker's first call has the processor to itself for so long. In milliseconds. */
const QUIET_AT_FIRST = 20

/**
 * Tells the program now and then how busy this worker's event loop is, while there is anything to tell: from the
 * first call on, until a whole interval has passed without one. A worker that computes without pause does not come to
 * it, which tells as much.
 */
export class Pulse {
  readonly #link: ProgramLink
  readonly #interval: number
  readonly #isBusy: () => boolean
  readonly #linger: Linger
  #timer: Timer | undefined
  /** For the first call to be over. */
  #waits = false
  /** Calls came since the last time. */
  #stirred = false
  /** What the event loop had done when we told last. */
  #told = { idle: 0, active: 0 }
  #utilization = (): { idle: number; active: number } => this.#told

  constructor(link: ProgramLink, interval: number, isBusy: () => boolean, linger: Linger) {
    this.#link = link
    this.#interval = interval
    this.#isBusy = isBusy
    this.#linger = linger
  }

  /** Calls have come. */
  stir(): void {
    this.#stirred = true
    if (this.#waits || this.#timer) return
    this.#waits = true
    // The call itself comes first.
    if (isEarly()) after(QUIET_AT_FIRST, () => this.#start(), { keepAlive: false })
    else afterTurn(() => this.#start())
  }

  #start(): void {
    endEarly()
    // Bun and Deno don't know: then there is nothing to tell. A task may have put something else in its place.
    const { performance } = process.getBuiltinModule('node:perf_hooks')
    if (typeof performance.eventLoopUtilization !== 'function') return
    this.#utilization = () => performance.eventLoopUtilization()
    this.#waits = false
    this.#told = this.#utilization()
    this.#linger.takeSpent()
    this.#timer = every(this.#interval, () => this.#tell(), { keepAlive: false })
  }

  #tell(): void {
    const { idle, active } = this.#utilization()
    // Awake without anything to do is as good as asleep.
    const awake = Math.min(this.#linger.takeSpent(), active - this.#told.active)
    this.#link.send([PULSE, idle - this.#told.idle + awake, active - this.#told.active - awake])
    this.#told = { idle, active }
    if (!this.#stirred && !this.#isBusy()) {
      this.#timer?.cancel()
      this.#timer = undefined
    }
    this.#stirred = false
  }
}
