/*
 * Where large blocks of bytes lie that go to another process: in a nameless file in memory, one for each direction
 * of each road. A message on the socket says where. That is one copy in and one out, each a single system call,
 * straight from the sender's block and straight into the receiver's; a socket takes another two copies, in small
 * pieces, and a turn of the event loop for each.
 *
 *     byte 0 …  how many messages with blocks the reader has read (float64), written by the reader
 *     4096 …    blocks
 *
 * The writer gives room in rings, as messages are read in order. Where there is no room, and where the system has no
 * such files, blocks go within the message.
 */
import { closeSync, ftruncateSync, readSync, statfsSync, writeSync } from 'node:fs'
import { after } from '../base/index.ts'
import { MEMORY_FOLDER, namelessMemory } from '../memory/index.ts'
import type { Place } from '../wire/index.ts'

const HEAD = 4096
/** No file gets larger than this. In bytes. */
const LARGEST = 2 ** 30
/** Memory that was not needed for so long is given back; making it anew takes longer than using it. In milliseconds. */
const IDLE = 5000

interface Region {
  readonly message: number
  readonly start: number
  readonly end: number
}

/** The files of one road: of the depot that the program writes, and of the worker's. */
export interface DepotFiles {
  readonly toWorker: number
  readonly toProgram: number
}

/** For a new road. `undefined` where files in memory are not to be had. */
export function openDepotFiles(): DepotFiles | undefined {
  const toWorker = namelessMemory()
  if (toWorker === undefined) return undefined
  const toProgram = namelessMemory()
  if (toProgram !== undefined) return { toWorker, toProgram }
  closeSync(toWorker)
  return undefined
}

export function closeDepotFiles({ toWorker, toProgram }: DepotFiles): void {
  closeSync(toWorker)
  closeSync(toProgram)
}

/** The sender's end. */
export class Depot {
  readonly #file: number
  readonly #idle: number
  /** Not read yet, as far as is known; in order. */
  #regions: Region[] = []
  /** Messages with blocks, so far. */
  #messages = 0
  /** How far the file has been written. */
  #size = HEAD
  #trimming = false
  #used = false
  #closed = false

  constructor(file: number, idle = IDLE) {
    this.#file = file
    this.#idle = idle
  }

  /** Where blocks of these sizes can lie. `undefined`: they have to go another way. Nothing is taken yet. */
  reserve(sizes: readonly number[]): readonly Place[] | undefined {
    const start = this.#room(sizes.reduce((sum, size) => sum + size, 0))
    if (start === undefined) return undefined
    let end = start
    return sizes.map((size): Place => [(end += size) - size, size])
  }

  /** Writes blocks down where they can lie; that message has to be sent then. Or not, without memory for it. */
  store(blocks: readonly ArrayBuffer[], places: readonly Place[]): boolean {
    const [start] = places[0] as Place
    const [last, size] = places.at(-1) as Place
    const end = last + size
    // Also if that fails half-way: it is cut off with the rest.
    this.#size = Math.max(this.#size, end)
    this.#trimLater()
    try {
      for (const [number, [at]] of places.entries()) {
        writeAll(this.#file, new Uint8Array(blocks[number] as ArrayBuffer), at)
      }
    } catch {
      return false
    }
    this.#regions.push({ message: ++this.#messages, start, end })
    return true
  }

  /** No more comes. The file is closed by whoever opened it. */
  close(): void {
    this.#closed = true
  }

  /** Where so many bytes can lie. */
  #room(bytes: number): number | undefined {
    this.#forgetRead()
    const [first] = this.#regions
    const last = this.#regions.at(-1)
    // The same place again, if it is free: that memory is there already.
    if (!first || !last) return this.#grows(HEAD + bytes) ? HEAD : undefined
    if (last.start >= first.start) {
      if (this.#grows(last.end + bytes)) return last.end
      return HEAD + bytes <= first.start ? HEAD : undefined
    }
    return last.end + bytes <= first.start ? last.end : undefined
  }

  /** May the file reach this far? It takes at most half of what is left for everybody. */
  #grows(end: number): boolean {
    if (end <= this.#size) return true
    if (end > LARGEST) return false
    try {
      const { bavail, bsize } = statfsSync(MEMORY_FOLDER)
      return end - this.#size <= (bavail * bsize) / 2
    } catch {
      return false
    }
  }

  #forgetRead(): void {
    if (this.#regions.length === 0) return
    readSync(this.#file, counter, 0, 8, 0)
    const read = counter.readDoubleLE(0)
    while (this.#regions[0] && this.#regions[0].message <= read) this.#regions.shift()
  }

  #trimLater(): void {
    this.#used = true
    if (this.#trimming) return
    this.#trimming = true
    after(this.#idle, () => this.#trim(), { keepAlive: false })
  }

  #trim(): void {
    this.#trimming = false
    if (this.#closed) return
    const used = this.#used
    this.#used = false
    this.#forgetRead()
    if (used || this.#regions.length > 0) {
      this.#trimming = true
      after(this.#idle, () => this.#trim(), { keepAlive: false })
      return
    }
    ftruncateSync(this.#file, HEAD)
    this.#size = HEAD
  }
}

/** The receiver's end. */
export class DepotReader {
  readonly #file: number
  #messages = 0

  constructor(file: number) {
    this.#file = file
  }

  /** Fetches the blocks of the next message, each into memory of its own. */
  fetch(places: readonly Place[]): ArrayBuffer[] {
    const blocks = places.map(([start, size]) => {
      if (!(Number.isSafeInteger(start) && start >= HEAD && size >= 0 && start + size <= LARGEST)) {
        throw new RangeError(`no block can lie at ${start}, ${size} bytes long`)
      }
      // Memory that nobody clears first, and no part of Node's pool.
      const bytes = Buffer.allocUnsafeSlow(size)
      readAll(this.#file, bytes, start)
      return bytes.buffer
    })
    counter.writeDoubleLE(++this.#messages, 0)
    writeSync(this.#file, counter, 0, 8, 0)
    return blocks
  }
}

const counter = Buffer.alloc(8)

function writeAll(file: number, bytes: Uint8Array, start: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, start + at)
}

function readAll(file: number, bytes: Uint8Array, start: number): void {
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(file, bytes, at, bytes.length - at, start + at)
    if (read === 0) throw new RangeError(`there are only ${at} of ${bytes.length} bytes of a block`)
    at += read
  }
}
