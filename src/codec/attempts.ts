import { isPlain } from './plain.ts'
import type { Abilities } from './kind.ts'

/** How far attempts may lie within attempts. Each packs all that lies below it, so this bounds the work. */
const DEEPEST = 20

/**
 * What is known about values that may stay behind if they can't cross: shared by all packers that one value keeps
 * busy, so that nothing is tried twice.
 */
export class Attempts {
  readonly #reasons = new Map<unknown, unknown>()
  readonly #deepest: number
  #depth = 0

  constructor(deepest = DEEPEST) {
    this.#deepest = deepest
  }

  /** Why a value can't cross, `undefined` if it can. `pack` packs it, to see. */
  refusalOf(value: unknown, can: Abilities, pack: () => void): unknown {
    if (isPlain(value, can)) return undefined
    if (this.#reasons.has(value)) return this.#reasons.get(value)
    if (this.#depth >= this.#deepest) return new Error('it is nested too deeply')
    // A circle is no reason: what leads back here waits for the same answer.
    this.#reasons.set(value, undefined)
    this.#depth++
    try {
      pack()
    } catch (reason) {
      this.#reasons.set(value, reason ?? new Error('it is not known why'))
    } finally {
      this.#depth--
    }
    return this.#reasons.get(value)
  }
}
