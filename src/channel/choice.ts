import { createError, describe } from '../base/index.ts'
import type { Channel } from './channel.ts'
import { ORDER } from './layout.ts'

/** Says which of the messages is to be taken. Asked about each that is there, the oldest first, in one walk. */
export interface Choice {
  begin(): void
  /** Does it have to know the value of this message, which it has not been told yet? */
  wants(ordinal: number): boolean
  learn(ordinal: number, value: unknown): void
  /** Is it to be taken rather than those before? */
  isBetter(ordinal: number): boolean
  /** All have been asked about: others are no more. */
  end(): void
  /** This one was taken. */
  taken(ordinal: number): void
}

/** The newest. */
export class Newest implements Choice {
  begin(): void {}

  wants(): boolean {
    return false
  }

  learn(): void {}

  isBetter(): boolean {
    return true
  }

  end(): void {}

  taken(): void {}
}

export type Compare = (a: never, b: never) => number

/** Learnt in place of a value that can't be made here: it comes first, so that whoever takes it is told why. */
export const UNREADABLE: unique symbol = Symbol('unreadable')

interface Known {
  readonly key: unknown
  /** The last walk that found it. */
  walk: number
}

/** The smallest; of equal ones, the oldest. */
export class Smallest implements Choice {
  readonly #compare: (a: unknown, b: unknown) => number
  readonly #keyOf: (value: unknown) => unknown
  /** What this thread has decoded, by ordinal. */
  readonly #known = new Map<number, Known>()
  #walk = 0
  #found = 0
  #best: unknown
  #first = true

  /** `keyOf`: what of a value is compared. */
  constructor(compare: Compare, keyOf: (value: unknown) => unknown = value => value) {
    this.#compare = compare as (a: unknown, b: unknown) => number
    this.#keyOf = keyOf
  }

  begin(): void {
    this.#walk++
    this.#found = 0
    this.#first = true
    this.#best = undefined
  }

  wants(ordinal: number): boolean {
    return !this.#known.has(ordinal)
  }

  learn(ordinal: number, value: unknown): void {
    this.#known.set(ordinal, { key: value === UNREADABLE ? value : this.#keyOf(value), walk: 0 })
  }

  isBetter(ordinal: number): boolean {
    const known = this.#known.get(ordinal) as Known
    known.walk = this.#walk
    this.#found++
    if (!this.#first && !this.#isBefore(known.key, this.#best)) return false
    this.#first = false
    this.#best = known.key
    return true
  }

  #isBefore(key: unknown, best: unknown): boolean {
    if (best === UNREADABLE) return false
    return key === UNREADABLE || this.#compare(key, best) < 0
  }

  end(): void {
    if (this.#known.size === this.#found) return
    for (const [ordinal, { walk }] of this.#known) if (walk !== this.#walk) this.#known.delete(ordinal)
  }

  taken(ordinal: number): void {
    this.#known.delete(ordinal)
  }
}

/** Numbers before texts, each in their order; arrays item by item. Python's order of what it can compare, and none is lost. */
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

/** What of a value `naturalOrder` looks at first: the rest of an item need not be kept. */
export function naturalKey(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return Array.from(value, (item: unknown) => (rankOf(item) < OTHERS ? item : undefined))
}

const OTHERS = 3

function rankOf(value: unknown): number {
  if (typeof value === 'bigint') return 0
  // What is not a number has no place among them, and no date either.
  if (typeof value === 'number' || value instanceof Date) return Number.isNaN(Number(value)) ? OTHERS : 0
  if (typeof value === 'string') return 1
  return Array.isArray(value) ? 2 : OTHERS
}

const NAMES = ['numbers', 'texts', 'arrays'] as const

/** What it is to the order: 1 to 3 for a number, a text, an array; 4 to 6 for an array that begins with one. */
function kindOf(value: unknown): number {
  return Array.isArray(value) ? 4 + rankOf(value[0]) : 1 + rankOf(value)
}

function kindName(kind: number): string {
  const name = NAMES[(kind - 1) % OTHERS]
  return kind > OTHERS ? `arrays that begin with ${name}` : String(name)
}

/**
 * Refuses what has no natural place: neither it nor, of an array, its first item; or not among those that are there,
 * a text among numbers.
 */
export function checkComparable(value: unknown, { name: channel, ring }: Channel): void {
  if (rankOf(Array.isArray(value) ? value[0] : value) >= OTHERS)
    throw notComparable(value, channel, 'the others')
  const { cells } = ring
  const kind = kindOf(value)
  for (let there = cells.load(ORDER); there !== kind; there = cells.load(ORDER)) {
    if (!ring.isEmpty && there !== 0) throw notComparable(value, channel, kindName(there))
    cells.compareExchange(ORDER, there, kind)
  }
}

function notComparable(value: unknown, channel: string, others: string): Error {
  const isFilled = Array.isArray(value) && value.length > 0
  const got = isFilled ? `an array that begins with ${describe(value[0])}` : describe(value)
  return createError('NOT_COMPARABLE', { channel, got, others })
}

/** Refuses a comparison that says yes or no: it would be taken for a number, and all order be lost. */
export function checkCompare(compare: (a: unknown, b: unknown) => unknown, value: unknown): void {
  const order = compare(value, value)
  if (typeof order === 'number' || typeof order === 'bigint') return
  throw createError('WRONG_OPTION', {
    where: 'PriorityQueue',
    option: 'compare',
    got: `a function that gives ${describe(order)}`,
    expected: 'one that gives a number, less than zero if a comes before b: (a, b) => a - b',
  })
}
