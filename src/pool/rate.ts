import { now } from '../base/index.ts'

/** How far back the rate looks, in slots, and how long a slot is, in milliseconds. */
const SLOTS = 8
const SLOT = 250

/** How many a second, over the last two seconds. */
export class Rate {
  readonly #slots: number[] = new Array(SLOTS).fill(0)
  #first: number | undefined
  #last = 0

  add(count: number): void {
    const slot = this.#turnTo(now())
    this.#slots[slot % SLOTS] = (this.#slots[slot % SLOTS] as number) + count
  }

  /** `undefined` before anything was added. */
  get perSecond(): number | undefined {
    if (this.#first === undefined) return undefined
    const time = now()
    this.#turnTo(time)
    let count = 0
    for (const each of this.#slots) count += each
    // The current slot is not over; at the beginning, the others have not been.
    const span = Math.min(time - this.#first, (SLOTS - 1) * SLOT + (time % SLOT))
    return (count / Math.max(span, SLOT)) * 1000
  }

  /** Empties the slots that time has come round to. */
  #turnTo(time: number): number {
    const slot = Math.floor(time / SLOT)
    this.#first ??= time
    if (slot - this.#last >= SLOTS) this.#slots.fill(0)
    else for (let each = this.#last + 1; each <= slot; each++) this.#slots[each % SLOTS] = 0
    this.#last = slot
    return slot
  }
}
