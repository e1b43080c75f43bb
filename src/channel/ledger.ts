import type { Ring } from './ring.ts'

/** Keeps account of who takes which message. Called under the lock of the head. */
export interface Ledger {
  /** Before a message is taken. */
  take(ring: Ring, ordinal: number): void
  /** After it was taken. */
  taken(ring: Ring): void
  /** Finishes what a thread that died in between has left. */
  recover(ring: Ring): void
}
