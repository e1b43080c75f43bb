/*
 * What a board can't do between processes without native code: be seen by both, and outlive the worker. So a worker
 * process writes its progress with one small write to a file that has no name, which the program reads, after the
 * worker's death too; and the program writes there what it takes back. One file serves all workers of a program; each
 * has a slot.
 *
 *     byte 0   the call begun last                      written by the worker
 *     byte 4   the item of its chunk begun last         written by the worker
 *     byte 8   when the call was begun (float64)        written by the worker
 *     byte 16  calls before this one must not begin     written by the program
 *
 * Taking back is what it is on a board: the worker writes byte 0 and then reads byte 16, the program writes byte 16 and
 * then reads byte 0. Except that reading costs a quick call as much as all else, so the worker does without if it has
 * read less than `UNSEEN` ago; and the program waits for longer than that before it reads. A call that was begun
 * unseen was written down by then: the worker looks at the clock after it has written.
 *
 * A worker that writes very many marks in quick succession sees the file as memory from some point on, where this
 * machine can do that. The slot is a board then: no call is begun unseen.
 */
import { readSync, writeSync } from 'node:fs'
import { after, now } from '../base/index.ts'
import { mapFile, namelessFile } from '../memory/index.ts'
import { isLater } from '../wire/index.ts'
import { Board, NONE } from './board.ts'
import type { Progress } from './link.ts'

const SLOT_BYTES = 32
const TAKEN = 16
/** What memory is given in: a first page holds the slots of 128 workers. In bytes. */
const PAGE = 4096
/** For so long after it has looked a worker begins calls without looking again, in milliseconds. */
const UNSEEN = 0.4
/** And the program waits for so long. */
const SEEN = 0.6
/** A mark so soon after another is one of many. In milliseconds. */
const QUICK = 0.2
/** After so many of those, writing has cost as much as native code does that shows the file as memory. */
const MANY = 10_000

let file: number | undefined
const free: number[] = []
let slots = 0

/** The file's descriptor, for the `stdio` of a new process. */
export function marksFile(): number {
  file ??= namelessFile(PAGE)
  return file
}

/** A slot for a new worker: cleared. */
export function takeSlot(): number {
  const slot = free.pop() ?? slots++
  const empty = Buffer.alloc(SLOT_BYTES)
  empty.writeInt32LE(NONE, 0)
  writeSync(marksFile(), empty, 0, SLOT_BYTES, slot * SLOT_BYTES)
  return slot
}

export function releaseSlot(slot: number): void {
  free.push(slot)
}

const scratch = Buffer.alloc(SLOT_BYTES)

/** Program's side. */
export function readMark(slot: number): Progress {
  readSync(marksFile(), scratch, 0, SLOT_BYTES, slot * SLOT_BYTES)
  return { call: scratch.readInt32LE(0), item: scratch.readInt32LE(4), since: scratch.readDoubleLE(8) }
}

/**
 * Program's side: settles when no call before `upTo` will be begun any more; `readMark` tells then which was. `upTo`
 * never goes back.
 */
export async function takeMarksBack(slot: number, upTo: number): Promise<void> {
  const words = Buffer.alloc(4)
  words.writeInt32LE(upTo, 0)
  writeSync(marksFile(), words, 0, 4, slot * SLOT_BYTES + TAKEN)
  const written = now()
  // Timers may be early, by less than a millisecond.
  while (now() - written < SEEN) await new Promise<void>(resolve => void after(1, resolve))
}

/** Worker's side: `call`, `item` and `since` in one write, so that a reader never sees half of it. */
export class MarkWriter {
  readonly #file: number
  readonly #at: number
  readonly #bytes = Buffer.alloc(16)
  readonly #words: Int32Array = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, 2)
  readonly #since: Float64Array = new Float64Array(this.#bytes.buffer, this.#bytes.byteOffset + 8, 1)
  readonly #taken = new Int32Array(1)
  #looked = Number.NEGATIVE_INFINITY
  #last = 0
  #quick = 0
  /** The slot, where the file is seen as memory. */
  #board: Board | undefined

  constructor(fileDescriptor: number, slot: number) {
    this.#file = fileDescriptor
    this.#at = slot * SLOT_BYTES
    this.#words[0] = NONE
  }

  /** Is no call begun yet? */
  get isFresh(): boolean {
    return this.#words[0] === NONE
  }

  /** `false`: it was taken back. */
  begin(call: number, since: number): boolean {
    if (this.#board) return this.#board.begin(call, since)
    this.#words[0] = call
    this.#words[1] = 0
    this.#since[0] = since
    writeSync(this.#file, this.#bytes, 0, 16, this.#at)
    const written = now()
    if (written - this.#looked > UNSEEN) {
      readSync(this.#file, this.#taken, 0, 4, this.#at + TAKEN)
      this.#looked = written
    }
    this.#count(written)
    return !isLater(this.#taken[0] as number, call)
  }

  beginItem(item: number): void {
    if (this.#board) return this.#board.beginItem(item)
    this.#words[1] = item
    writeSync(this.#file, this.#bytes, 0, 8, this.#at)
    this.#count(now())
  }

  #count(written: number): void {
    if (written - this.#last < QUICK && ++this.#quick === MANY) this.#board = this.#asBoard()
    this.#last = written
  }

  #asBoard(): Board | undefined {
    const memory = mapFile(this.#file, this.#at + SLOT_BYTES)
    return memory && new Board(memory, this.#at)
  }
}
