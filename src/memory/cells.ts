/*
 * The only seam through which shared words are touched. Locks, queues and everything else above are algorithms over
 * `Cells`, so that a test can stand in for the memory, stop before each operation, and own the schedule.
 */

/** A run of 32-bit words that several threads, maybe of several processes, work on. All operations are atomic. */
export interface Cells {
  /** True where each operation takes a long time, a tenth of a millisecond: looking again and again is no use. */
  readonly isRemote?: boolean
  /** How many words. */
  readonly length: number
  load(word: number): number
  store(word: number, value: number): void
  /** Stores; answers what was there. */
  exchange(word: number, value: number): number
  /** Stores `replacement` if `expected` is there; answers what was there. */
  compareExchange(word: number, expected: number, replacement: number): number
  /** Adds (or subtracts); answers what was there. */
  add(word: number, by: number): number
  and(word: number, mask: number): number
  or(word: number, mask: number): number
  /**
   * Blocks this thread while `word` holds `expected`, until `wake` or for `ms` milliseconds at most. May return early
   * for no reason, so the caller tests its condition again. Long waits are cut into slices, so that the thread can
   * be terminated and the caller can look whether the one it waits for is still alive: it returns after 50 ms.
   */
  sleep(word: number, expected: number, ms: number): void
  /** Wakes up to `count` sleepers of `word`. */
  wake(word: number, count: number): void
}

/** The longest that `sleep` blocks at one go, in milliseconds. */
export const SLICE = 50
