import type { Cells } from '../memory/index.ts'

/*
 * An algorithm that may have to wait is written once, as a generator. Where it stands still it yields the word that
 * must change first, having made sure that it will be told. Who drives it waits in its own way: a blocked thread
 * sleeps on the word, an event loop waits for its bell, a test tries all orders. In both cases the algorithm looks
 * again at its own words when it goes on: a wake-up may come for no reason, and a death comes without any.
 */

/** Where a waiter stands still. */
export interface Park {
  readonly cells: Cells
  readonly word: number
  /** What the word holds; no need to wait if it doesn't. */
  readonly expected: number
  /** Look again after so many milliseconds at the latest. */
  readonly within?: number
  /** An event loop need not look before `wake` is called, which it sets. */
  readonly place?: { wake: (() => void) | undefined } | undefined
}

/** An algorithm that may wait. It is told `true` when it should give up, once at most. */
export type Waiting<T> = Generator<Park, T, boolean>

/** What a waiting gives that gave up. */
export const GAVE_UP: unique symbol = Symbol('gave up')
export type GaveUp = typeof GAVE_UP
