import { closeSync, fstatSync, ftruncateSync, writeSync } from 'node:fs'
import { createError } from '../../base/index.ts'
import { LIFE } from '../seat-layout.ts'
import { DarwinFolder } from './darwin-folder.ts'
import { type DarwinLibc, loadDarwinLibc } from './darwin-libc.ts'
import { DarwinNames } from './darwin-names.ts'
import { Mapper } from './mapper.ts'
import { PipeBells } from './pipe-bells.ts'
import type { Bell, Block, NamedMemory, Place, Platform, SeatWords } from './platform.ts'

const LOCK = { exclusive: 2, nonBlocking: 4, unlock: 8 }
const ZEROS = Buffer.alloc(1 << 16)
/** Above so many sleepers, all are woken. */
const FEW = 8
/** macOS pages: 4 KiB on x64, 16 KiB on arm64. */
const PAGE = process.arch === 'arm64' ? 16_384 : 4096

/**
 * macOS: files in a folder of the user's for the memory, found by their paths; `os_sync_wait_on_address` to sleep; a
 * locked file per thread to know who lives, which takes system calls to ask; FIFOs to wake event loops.
 *
 * UNTESTED: written from the documentation, for MANYCORE_MEMORY=untested only. Known to be weaker than Linux: what a
 * process made can't be attached to any more when that process has ended, though those who have it keep it.
 */
export class DarwinPlatform implements Platform {
  readonly name = 'darwin'
  readonly confined = undefined
  readonly names: NamedMemory
  readonly #libc: DarwinLibc
  readonly #mapper: Mapper
  readonly #folder: DarwinFolder
  readonly #bells: PipeBells
  /** The number that a file's name has, by its descriptor, and whose it is. */
  readonly #files = new Map<number, readonly [pid: number, number: number]>()
  readonly #pause = new Int32Array(new SharedArrayBuffer(4))

  constructor() {
    const libc = loadDarwinLibc()
    const folder = new DarwinFolder(libc)
    this.#libc = libc
    this.#folder = folder
    const place = (descriptor: number): Place => {
      const [pid, number] = this.#files.get(descriptor) ?? [0, 0]
      return [pid, number, fstatSync(descriptor).ino]
    }
    // MAP_ANON | MAP_NORESERVE
    this.#mapper = new Mapper(libc, true, { page: PAGE, anonymous: 0x1040, place })
    this.names = new DarwinNames(libc, this.#mapper)
    this.#bells = new PipeBells(libc, {
      make() {
        const number = folder.number()
        return [folder.openFifo(folder.path('bell', process.pid, number)), number]
      },
      path: (pid, number) => folder.path('bell', pid, number),
    })
  }

  create(size: number, committed: number): Block {
    const number = this.#folder.number()
    const descriptor = this.#folder.open(this.#folder.path('memory', process.pid, number), 'shared', true)
    this.#files.set(descriptor, [process.pid, number])
    return this.#map(descriptor, size, () => {
      ftruncateSync(descriptor, this.#mapper.pages(size))
      reserve(descriptor, 0, committed)
    })
  }

  createSparse(size: number): Block {
    return this.create(size, 0)
  }

  commit(): void {
    // There is no call that reserves a part of a file; what is missing then ends the process.
  }

  discard(): void {}

  open([pid, number, mark]: Place, size: number, buffer?: SharedArrayBuffer): Block {
    let descriptor: number
    try {
      descriptor = this.#folder.open(this.#folder.path('memory', pid, number), 'shared')
    } catch (error) {
      if (buffer) return this.#mapper.adopt(buffer, undefined)
      throw createError('MEMORY_GONE', { what: describe(pid), reason: 'it is gone' }, { cause: error })
    }
    this.#files.set(descriptor, [pid, number])
    return this.#map(descriptor, size, () => {
      const { ino, size: has } = fstatSync(descriptor)
      if (ino !== mark || has < size) {
        throw createError('MEMORY_GONE', { what: describe(pid), reason: 'something else is there now' })
      }
    })
  }

  sleep(block: Block, byte: number, expected: number, ms: number): void {
    this.#libc.wait(block.address + byte, expected, Math.round(ms * 1000))
  }

  wake(block: Block, byte: number, count: number): void {
    if (count > FEW) return this.#libc.wakeAll(block.address + byte)
    for (let i = 0; i < count; i++) this.#libc.wakeOne(block.address + byte)
  }

  exclusively<T>(block: Block, body: () => T): T {
    const [pid, number] = block.place as Place
    // The memory's own lock says who uses it, so another file's has to order these.
    const path = `${this.#folder.path('memory', pid, number)}.lock`
    const descriptor = this.#openLock(path)
    while (this.#libc.flock(descriptor, LOCK.exclusive | LOCK.nonBlocking) !== 0) {
      Atomics.wait(this.#pause, 0, 0, 1)
    }
    try {
      return body()
    } finally {
      closeSync(descriptor)
    }
  }

  takeLife(_block: Block, _region: unknown, { words, at }: SeatWords): void {
    const number = this.#folder.number()
    // Held open, and so locked, until Node closes it with the thread, or the kernel with the process.
    this.#folder.open(this.#folder.path('life', process.pid, number), 'exclusive', true)
    Atomics.store(words, at + LIFE + 1, process.pid)
    Atomics.store(words, at + LIFE, number)
  }

  lives({ words, at }: SeatWords): boolean {
    const number = Atomics.load(words, at + LIFE)
    if (number === 0) return false
    return this.#folder.isLocked(this.#folder.path('life', Atomics.load(words, at + LIFE + 1), number))
  }

  openBell(seat: SeatWords, heard: () => void): Bell {
    return this.#bells.open(seat, heard)
  }

  ring(seat: SeatWords): void {
    this.#bells.ring(seat)
  }

  #openLock(path: string): number {
    try {
      return this.#folder.open(path, 'exclusive', true)
    } catch {
      return this.#folder.open(path, 'exclusive')
    }
  }

  #map(descriptor: number, size: number, prepare: () => void): Block {
    try {
      prepare()
      return this.#mapper.map(descriptor, size)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }
}

function describe(pid: number): string {
  return `memory that process ${pid} shared`
}

/** Writes zeros: a full disk is an error here, and would be the end of the process later. */
function reserve(descriptor: number, from: number, size: number): void {
  for (let at = from; at < from + size; at += ZEROS.length) {
    writeSync(descriptor, ZEROS, 0, Math.min(ZEROS.length, from + size - at), at)
  }
}
