import { createError, describe } from '../base/index.ts'

/** Says which of the messages is to be taken. Asked about each that is there, the oldest first. */
export interface Choice {
  /** A new walk begins; messages before `ordinal` are no more. */
  begin(ordinal: number): void
  /** Is it to be taken rather than those before? */
  isBetter(ordinal: number, value: () => unknown): boolean
}

/** The newest. */
export class Newest implements Choice {
  begin(): void {}

  isBetter(): boolean {
    return true
  }
}

export type Compare = (a: never, b: never) => number

/** The smallest; of equal ones, the oldest. */
export class Smallest implements Choice {
  readonly #compare: (a: unknown, b: unknown) => number
  /** Values that this thread has decoded, by ordinal. */
  readonly #known = new Map<number, unknown>()
  #best: unknown
  #first = true

  constructor(compare: Compare) {
    this.#compare = compare as (a: unknown, b: unknown) => number
  }

  begin(ordinal: number): void {
    this.#first = true
    this.#best = undefined
    for (const known of this.#known.keys()) if (((known - ordinal) | 0) < 0) this.#known.delete(known)
  }

  isBetter(ordinal: number, value: () => unknown): boolean {
    if (!this.#known.has(ordinal)) this.#known.set(ordinal, value())
    const mine = this.#known.get(ordinal)
    if (!this.#first && !(this.#compare(mine, this.#best) < 0)) return false
    this.#first = false
    this.#best = mine
    return true
  }
}

/** Numbers before texts, each in their order; arrays item by item. Python's order of what it can compare. */
export function naturalOrder(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = naturalOrder(a[i], b[i])
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  const rank = rankOf(a) - rankOf(b)
  if (rank !== 0 || rankOf(a) === OTHERS) return rank
  const [x, y] = [a as number, b as number]
  return x < y ? -1 : x > y ? 1 : 0
}

const OTHERS = 3

function rankOf(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Date) return 0
  if (typeof value === 'string') return 1
  return Array.isArray(value) ? 2 : OTHERS
}

/** Refuses what has no natural place: neither it nor, of an array, its first item. */
export function checkComparable(value: unknown, channel: string): void {
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (rankOf(first) < OTHERS && !Number.isNaN(first)) return
  throw createError('NOT_COMPARABLE', { channel, got: describe(value) })
}
