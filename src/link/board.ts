/*
 * The board: a few words on which a worker writes how far it has come and reads what was taken back, so that a
 * program can ask even while the worker is busy in a loop.
 *
 *     word 0  the call begun last                      written by the worker
 *     word 1  the item of its chunk begun last         written by the worker
 *     byte 8  when the call was begun (float64)        written by the worker, before word 0
 *     word 4  calls before this one must not begin     written by the program
 *
 * Taking back is Dekker's protocol: the worker writes word 0 and then reads word 4, the program writes word 4 and
 * then reads word 0. One of them sees the other, so no call is run twice and none is forgotten: a worker that
 * wrote word 0 and then finds the call taken back says so in a message.
 *
 * Behind it a thread writes down which processes it has (`offspring.ts`).
 *
 * A slot of the file of marks is laid out alike: where a worker process sees that file as memory, it is a board.
 */
import { isLater } from '../wire/index.ts'
import type { Progress } from './link.ts'
import { OFFSPRING_BYTES } from './offspring.ts'

export const BOARD_BYTES = 24
const CALL = 0
const ITEM = 1
const SINCE = 8
const TAKEN = 4

/** Nothing begun yet. Calls are numbered from 0. */
export const NONE = -1

export class Board {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #since: Float64Array

  /** `at`: where it begins in the buffer, in bytes. */
  constructor(buffer: SharedArrayBuffer = Board.#fresh(), at = 0) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer, at, BOARD_BYTES / 4)
    this.#since = new Float64Array(buffer, at + SINCE, 1)
  }

  static #fresh(): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(BOARD_BYTES + OFFSPRING_BYTES)
    new Int32Array(buffer)[CALL] = NONE
    return buffer
  }

  /** Worker's side: is no call begun yet? */
  get isFresh(): boolean {
    return this.#words[CALL] === NONE
  }

  /** Worker's side. */
  begin(call: number, since: number): boolean {
    this.#since[0] = since
    this.#words[ITEM] = 0
    Atomics.store(this.#words, CALL, call)
    return !isLater(Atomics.load(this.#words, TAKEN), call)
  }

  /** Worker's side. */
  beginItem(item: number): void {
    Atomics.store(this.#words, ITEM, item)
  }

  /** Program's side. */
  takeBack(upTo: number): number {
    Atomics.store(this.#words, TAKEN, upTo)
    return Atomics.load(this.#words, CALL)
  }

  /** Program's side. */
  progress(): Progress {
    const call = Atomics.load(this.#words, CALL)
    return { call, item: Atomics.load(this.#words, ITEM), since: this.#since[0] as number }
  }
}

/**
 * A worker's side: a call of a rehearsal begins, unless calls of the program are under way. Where a rehearsal takes long,
 * what it puts off comes then, and their marks stay as they are.
 */
export function beginRehearsed(
  marks: { readonly isFresh: boolean; begin(call: number, since: number): boolean },
  since: number,
): boolean {
  const { isFresh } = marks
  if (isFresh) marks.begin(NONE, since)
  return isFresh
}
