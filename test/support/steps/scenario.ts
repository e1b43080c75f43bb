import type { Steps } from './steps.ts'

/** What is known when all threads of a run have ended. */
export interface Outcome {
  /** The shared words. */
  readonly words: Int32Array
  /** What the threads told, in order. */
  readonly told: readonly { readonly thread: number; readonly value: number }[]
  /** The threads that were killed. */
  readonly dead: readonly number[]
}

/** A few threads that work on shared words. Runs many times: a thread has to make everything anew in its function. */
export interface Scenario {
  /** How many shared words. All zero at first. */
  readonly words: number
  readonly threads: readonly ((steps: Steps) => void)[]
  /** Throws when the end is not as it must be. */
  readonly check?: (outcome: Outcome) => void
  /** How many threads may be inside `steps.inside` at once. Default 1. */
  readonly mostInside?: number
  /** How many threads may be killed, at any of their steps. Default 0. */
  readonly kills?: number
  /** Which ones. Default: all. */
  readonly mayDie?: readonly number[]
  /** How often the time of a limited sleep may pass while others could go on. Default 0. */
  readonly timeouts?: number
  /**
   * Whether limited sleeps end when nobody can go on. Default false: then that is a failure, as a wake-up was lost.
   * True where a death has to be noticed by looking again after a while.
   */
  readonly slices?: boolean
}
