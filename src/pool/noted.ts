/** What is written down of a task that is looked at closely. Milliseconds. */
export interface Noted {
  /** Its number within the pool. */
  readonly id: number
  /** When it was submitted, on the clock that never goes back, and since 1970. */
  readonly submitted: number
  readonly submittedAt: number
  /** The worker that has it, or had it last. */
  worker: string | undefined
  /** That worker's number in the pool. */
  workerId: number
  /** When it was sent there, since 1970. */
  sentAt: number
  /** When it began there, since 1970, and how long it took. The worker's own word. */
  beganAt: number | undefined
  took: number | undefined
}

/** How it ended. */
export type Ending = 'done' | 'failed' | 'cancelled'
