/*
 * Where things lie in the words of a lock, and what their bits mean. The states they make are in `states.ts`.
 *
 *   word 0   STATE     ABANDONED(31) BELL(30) SLEEP(29) HANDOFF(28) | low 28 bits
 *            low bits: a lock: the seat of its holder, 0 when free; a semaphore: the units left
 *   word 1   GRANTEE   the seat that a free lock is kept for while HANDOFF is set; written by who wants it, who takes
 *                      it or gives up, and who finds it dead
 *   word 2,3 LANES     bit n: somebody whose event loop hears lane n waits; set by waiters, cleared by who rings
 *   word 4             free for what is built on it
 */
export const STATE = 0
export const GRANTEE = 1
export const LANES = 2
export const OWN = 4

/** The holder's seat, or the units left. */
export const LOW = 2 ** 28 - 1
/** The next turn is kept for the seat in GRANTEE: it has waited too long. */
export const HANDOFF = 0x1000_0000
/** Threads sleep on STATE. */
export const SLEEP = 0x2000_0000
/** Event loops wait to be rung: see LANES. */
export const BELL = 0x4000_0000
/** A holder died, and nobody has said since that what it guarded is in order. */
export const ABANDONED = 1 << 31

/** How a waiter is to be told: its thread sleeps, or its event loop is rung. */
export type How = typeof SLEEP | typeof BELL
