/** A number that tells a thread from all others that ever used the same arena: 1 … 2**28 - 1. */
export type Seat = number

/**
 * Who uses an arena. Every thread of every process that touches it has a seat from its first touch to its death.
 * Bitmaps of waiters have 64 lanes; where more threads than that take part, several share a lane.
 */
export interface Seats {
  /** This thread's own. Written by this thread alone. */
  readonly me: Seat
  /** Whether the thread with this seat still runs. Exact, `kill -9` and `terminate()` included; costs one load. */
  isAlive(seat: Seat): boolean
  /** The lane of a seat: 0 … 63. */
  lane(seat: Seat): number
  /**
   * Wakes the event loops of the threads in these lanes (bit n of `low`: lane n; of `high`: lane 32 + n): each calls
   * its listeners soon. A ring is never lost: who changes words first and rings then is heard by everybody who
   * listened before. Rings may be merged, and may come without cause.
   */
  ring(low: number, high: number): void
  /** Calls back on this thread after each ring, until closed. Keeps the program alive meanwhile. */
  listen(callback: () => void): Listening
}

export interface Listening {
  close(): void
}
