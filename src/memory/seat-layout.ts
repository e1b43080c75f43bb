/*
 * One seat: 32 words (128 bytes). Who writes what: `docs/internals/memory.md`.
 */

export const SEAT_WORDS = 32
export const SEAT_BYTES: number = SEAT_WORDS * 4

/** The life record, the platform's own. */
export const LIFE = 0
export const LIFE_WORDS = 16
/** The seat's number while somebody sits there; 0 while that changes. */
export const NUMBER = 16
/** How often this slot was taken. */
export const TAKEN = 17
/** Which word of the life record tells. */
export const LIFE_AT = 18
export const PID = 19
export const THREAD = 20
/** 1: rung, and not heard yet. */
export const RUNG = 21
/** How to ring: the platform's own. 0: nobody listens yet. */
export const BELL = 22
export const BELL_MARK = 23
