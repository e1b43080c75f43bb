/*
 * What a board can't do between processes without native code: outlive the worker. So a worker process writes its
 * progress with one small write to a file that has no name, and the program reads it when the worker has died.
 * One file serves all workers of a program; each has a slot.
 */
import { readSync, writeSync } from 'node:fs'
import { namelessFile } from '../memory/index.ts'
import type { Progress } from './link.ts'

const SLOT_BYTES = 32
let file: number | undefined
const free: number[] = []
let slots = 0

/** The file's descriptor, for the `stdio` of a new process. */
export function marksFile(): number {
  file ??= namelessFile()
  return file
}

/** A slot for a new worker: cleared. */
export function takeSlot(): number {
  const slot = free.pop() ?? slots++
  const empty = Buffer.alloc(SLOT_BYTES)
  empty.writeInt32LE(-1, 0)
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

/** Worker's side: `call`, `item` and `since` in one write, so that a reader never sees half of it. */
export class MarkWriter {
  #file: number
  #at: number
  #bytes = Buffer.alloc(16)
  #words: Int32Array = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, 2)
  #since: Float64Array = new Float64Array(this.#bytes.buffer, this.#bytes.byteOffset + 8, 1)

  constructor(fileDescriptor: number, slot: number) {
    this.#file = fileDescriptor
    this.#at = slot * SLOT_BYTES
  }

  begin(call: number, since: number): void {
    this.#words[0] = call
    this.#words[1] = 0
    this.#since[0] = since
    writeSync(this.#file, this.#bytes, 0, 16, this.#at)
  }

  beginItem(item: number): void {
    this.#words[1] = item
    writeSync(this.#file, this.#bytes, 0, 8, this.#at)
  }
}
