/*
 * Where things lie in the shared memory of a channel. Everything that threads and processes must agree on is in this
 * file; docs/internals/channel.md explains it row by row and a test holds the two together.
 *
 * A channel is a ring: a cell of control words, and a segment that holds a page of further words and then the
 * messages. Each end of a pipe has a cell of its own besides, which says who holds it.
 */

// ── control words of a ring, in its cell: one cache line for each side ──────────────────────────────────────

/** Units of the ring that are in use, a power of two. Written by who holds both locks. */
export const CAPACITY = 0
/** `OPEN`, `SHUT` or `DROPPED`. Written under the lock of the tail. */
export const STATE = 1
/** How many messages the queue takes at most; 0: any number. Written once, by who makes it. */
export const MAXSIZE = 2
/** Of a queue in natural order: what kind its values are, so that others are refused. Written by who puts into it while it is empty. */
export const ORDER = 3

/** Where the next message goes, in units. Written under the lock of the tail, after the whole message. */
export const TAIL = 16
/** The lock of those who put. */
export const TAIL_LOCK = 17
/** Who waits for a message: `SLEEPING`, `LISTENING`. Set by them, cleared by who wakes them. */
export const GETTERS = 18
/** Lanes of the event loops that wait for a message. */
export const GET_LANES = 19

/** Where the oldest message is, in units. Written under the lock of the head, after the whole message was read. */
export const HEAD = 32
/** The lock of those who get. */
export const HEAD_LOCK = 33
/** Who waits for room: `SLEEPING`, `LISTENING`. */
export const PUTTERS = 34
/** Lanes of the event loops that wait for room. */
export const PUT_LANES = 35
/** How many ordinals between head and tail have no message any more: it was taken out of its turn. Written under the lock of the head. */
export const GAPS = 37
/** 1 while head and tail of a ring with gaps are moved; written, as the next three, by who holds both locks. */
export const MOVING = 38
/** Where the head goes then. */
export const MOVING_HEAD = 39
/** Where the tail goes then. */
export const MOVING_TAIL = 40
/** The ordinal of the next message. */
export const MOVING_ORDINAL = 41

/** How many messages were marked as done. Added to by who marks them. */
export const DONE = 48
/** Who waits until all are done: `SLEEPING`, `LISTENING`. */
export const JOINERS = 49
/** Lanes of the event loops that wait until all are done. */
export const JOIN_LANES = 50
/** How many messages were taken by threads that died before they marked them as done. */
export const ABANDONED = 52
/** While a message is being taken and counted: where the row of its taker begins in the table, and 1 more. Written, as the next two, under the lock of the head. */
export const TAKING = 53
/** The ordinal of that message. */
export const TAKING_ORDINAL = 54
/** What its taker's count will be. */
export const TAKING_COUNT = 55

/** Stands for a lock where there is none: always 0. */
export const NO_LOCK = 63

/** Words of a ring's cell. */
export const RING_WORDS = 64

// ── values of those words ───────────────────────────────────────────────────────────────────────────────────

/** Messages come and go. */
export const OPEN = 0
/** Nothing more is put; what is there may be taken. */
export const SHUT = 1
/** Nothing more is put, and what was there is gone. */
export const DROPPED = 2

/** Threads block. */
export const SLEEPING = 1
/** Event loops want to be rung. */
export const LISTENING = 2

/** In a lock: the seat of its holder, 0 while it is free. */
export const HOLDER = 0x0fffffff
/** In a lock: event loops wait for it. */
export const LOCK_LISTENING = 0x20000000
/** In a lock: threads sleep until it is free. */
export const LOCK_SLEEPING = 0x40000000

// ── the segment of a ring ───────────────────────────────────────────────────────────────────────────────────

/** From here on, a table of who has taken how many: rows of seat, how many, and how many of those are done. */
export const TAKERS = 0
/** How many rows. */
export const TAKER_ROWS = 256
/** Bytes before the messages: a page. */
export const FRONT = 4096

/** Positions count in units of so many bytes; every message starts at one, with a header of one unit. */
export const UNIT = 16
/** Header: bytes of the message. */
export const LENGTH = 0
/** Header: the how-manieth message of the ring it is. After the newest message stands a header with the next number. */
export const ORDINAL = 1
/** Header: `MARK` and the tag. */
export const KIND = 2
/** Header: what the tag needs besides. */
export const AUX = 3
/** The upper bits of each header's `KIND`: what has others was not written by us. */
export const MARK = 0x4d435200

// ── the cell of a pipe's end ────────────────────────────────────────────────────────────────────────────────

/** How many handles of this end are on their way. */
export const TRAVELLING = 0
/** Until when they may count as holders: seconds of the clock that all processes of the machine share. */
export const TRAVELLING_UNTIL = 1
/** 1 once more threads held it than there is room for: then it never counts as let go of. */
export const CROWDED = 2
/** From here on: the seats of the threads that hold this end. */
export const HOLDERS = 4
/** Words of an end's cell. */
export const END_WORDS = 64
