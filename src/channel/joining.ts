import { checkLimits, createError, refuseIfAborted, type WaitOptions } from '../base/index.ts'
import { ABANDONED, DONE, JOIN_LANES, JOINERS, NO_LOCK } from './layout.ts'
import { Line } from './line.ts'
import { DONE as SUCCESS, GET, type Ring } from './ring.ts'
import { announceToAll, type Side } from './ring-lock.ts'
import type { Takers } from './takers.ts'

const JOIN: Side = { lock: NO_LOCK, waiting: JOINERS, lanes: JOIN_LANES, moves: DONE }

/** Whether all that was put is done. What was put is told by the ordinals of the ring, so there is one count to keep. */
export class Joining {
  readonly #ring: Ring
  readonly #takers: Takers
  readonly #line: Line

  constructor(ring: Ring, takers: Takers) {
    this.#ring = ring
    this.#takers = takers
    this.#line = new Line(ring, JOIN)
  }

  taskDone(): void {
    const { cells, options } = this.#ring
    for (;;) {
      const done = cells.load(DONE)
      const unfinished = (this.#ring.puts() - done) | 0
      if (unfinished <= 0) throw createError('TASK_DONE_TOO_OFTEN', { channel: options.name })
      if (cells.compareExchange(DONE, done, (done + 1) | 0) !== done) continue
      // In this order: who dies in between has one more to its name than it had, and nobody waits for ever.
      this.#takers.settled()
      if (unfinished === 1) this.#tell()
      return
    }
  }

  /** So many were dropped. */
  dropped(count: number): void {
    this.#ring.cells.add(DONE, count)
    this.#tell()
  }

  async join(options: WaitOptions): Promise<boolean> {
    const { name } = this.#ring.options
    checkLimits(`join() of ${name}`, options)
    refuseIfAborted(options, `the work of ${name}`)
    if (this.#isFinished()) return true
    if (options.timeout !== undefined && options.timeout <= 0) return false
    return this.#line.until(() => this.#isFinished(), { ...options, what: `the work of ${name}` })
  }

  #isFinished(): boolean {
    const ring = this.#ring
    const { cells } = ring
    if (!this.#allDone()) {
      const buried = ring.locked(GET, () => {
        this.#takers.bury(ring)
        return SUCCESS
      })
      if (buried !== SUCCESS || !this.#allDone()) return false
      this.#tell()
    }
    const count = cells.exchange(ABANDONED, 0)
    if (count > 0) throw createError('TASKS_ABANDONED', { channel: ring.options.name, count })
    return true
  }

  #allDone(): boolean {
    return ((this.#ring.puts() - this.#ring.cells.load(DONE)) | 0) <= 0
  }

  #tell(): void {
    announceToAll(this.#ring.cells, this.#ring.seats, JOIN)
    this.#line.poke()
  }
}
