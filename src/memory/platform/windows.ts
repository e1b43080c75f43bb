import { createError } from '../../base/index.ts'
import { BELL, LIFE, NUMBER, PID } from '../seat-layout.ts'
import { type Kernel, loadKernel, WAIT } from './windows-kernel.ts'
import { OpenHandle } from './open-handle.ts'
import type { Bell, Block, BlockHandle, NamedMemory, Place, Platform, SeatWords } from './platform.ts'

/** Sleepers of one word that a wake can reach at once. */
const MOST_SLEEPERS = 1024
/** Semaphores that are kept open. */
const MOST_SEMAPHORES = 1024

/**
 * Windows: memory of the page file with a name, in external ArrayBuffers; one semaphore per word that somebody sleeps
 * on; an abandoned mutex to know who has died; named pipes to wake event loops. All of it vanishes with its users.
 *
 * UNTESTED: written from the documentation, for MANYCORE_MEMORY=untested only.
 */
export class WindowsPlatform implements Platform {
  readonly name = 'windows'
  readonly confined = undefined
  readonly names: NamedMemory
  readonly #kernel: Kernel
  readonly #semaphores = new Map<string, number>()
  readonly #mine = new Set<number>()
  readonly #pipes = new Map<number, number>()

  constructor() {
    this.#kernel = loadKernel()
    this.names = new WindowsNames(this.#kernel)
  }

  create(size: number): Block {
    const number = randomNumber()
    const handle = this.#kernel.createMapping(memoryName(process.pid, number), size)
    if (!handle) throw createError('MEMORY_FULL', { size, reason: 'the page file has no more' })
    return new WindowsBlock(this.#kernel, handle, size, [process.pid, number, number])
  }

  createSparse(size: number): Block {
    return this.create(size)
  }

  // The page file has it all from the start.
  commit(): void {}
  discard(): void {}

  open([pid, number, mark]: Place, size: number): Block {
    const handle = mark === number ? this.#kernel.openMapping(memoryName(pid, number)) : 0
    if (handle === 0) {
      throw createError('MEMORY_GONE', { what: `memory that process ${pid} shared`, reason: 'it is gone' })
    }
    return new WindowsBlock(this.#kernel, handle, size, [pid, number, mark])
  }

  sleep(block: Block, byte: number, expected: number, ms: number): void {
    // Opened first: who wakes after the look finds it.
    const semaphore = this.#semaphore(block, byte)
    if (Atomics.load(new Int32Array(block.buffer), byte / 4) !== expected) return
    this.#kernel.wait(semaphore, Math.max(0, Math.round(ms)))
  }

  /** Counts that nobody takes wake later sleepers for no reason, which they may be. */
  wake(block: Block, byte: number, count: number): void {
    this.#kernel.release(this.#semaphore(block, byte), Math.min(count, MOST_SLEEPERS))
  }

  exclusively<T>(block: Block, body: () => T): T {
    const [pid, number] = block.place as Place
    const mutex = this.#kernel.createMutex(`Local\\manycore-lock-${pid}-${number}`, false)
    // Abandoned by a dead thread is as good as free.
    while (this.#kernel.wait(mutex, 50) === WAIT.timeout);
    try {
      return body()
    } finally {
      this.#kernel.releaseMutex(mutex)
      this.#kernel.close(mutex)
    }
  }

  takeLife(_block: Block, _region: unknown, { words, at }: SeatWords): void {
    const number = randomNumber()
    // Never released and never closed: the system abandons it when the thread ends.
    this.#kernel.createMutex(lifeName(process.pid, number), true)
    this.#mine.add(number)
    Atomics.store(words, at + LIFE, number)
  }

  lives({ words, at }: SeatWords): boolean {
    const number = Atomics.load(words, at + LIFE)
    if (number === 0) return false
    // This thread would be given its own.
    if (this.#mine.has(number)) return true
    const mutex = this.#kernel.openMutex(lifeName(Atomics.load(words, at + PID), number))
    if (mutex === 0) return false
    const state = this.#kernel.wait(mutex, 0)
    if (state !== WAIT.timeout) this.#kernel.releaseMutex(mutex)
    this.#kernel.close(mutex)
    return state === WAIT.timeout
  }

  openBell({ words, at }: SeatWords, heard: () => void): Bell {
    const { createServer } = process.getBuiltinModule('node:net')
    const number = randomNumber()
    const server = createServer(socket => {
      socket.on('data', () => heard())
      socket.on('error', () => {})
      socket.unref()
    })
    server.listen(pipeName(process.pid, number))
    server.unref()
    Atomics.store(words, at + BELL, number)
    return { ref: () => void server.ref(), unref: () => void server.unref() }
  }

  ring({ words, at }: SeatWords): void {
    const seat = Atomics.load(words, at + NUMBER)
    const { openSync, writeSync } = process.getBuiltinModule('node:fs')
    try {
      const pipe =
        this.#pipes.get(seat) ??
        openSync(pipeName(Atomics.load(words, at + PID), Atomics.load(words, at + BELL)), 'w')
      this.#pipes.set(seat, pipe)
      writeSync(pipe, '.')
    } catch {
      // Its reader is gone.
      this.#pipes.delete(seat)
    }
  }

  #semaphore({ place }: Block, byte: number): number {
    const [pid, number] = place as Place
    const name = `Local\\manycore-word-${pid}-${number}-${byte}`
    let semaphore = this.#semaphores.get(name)
    if (semaphore === undefined) {
      semaphore = this.#kernel.semaphore(name, MOST_SLEEPERS)
      this.#semaphores.set(name, semaphore)
      const [[oldest, handle] = ['', 0]] = this.#semaphores
      if (this.#semaphores.size > MOST_SEMAPHORES) {
        this.#semaphores.delete(oldest)
        this.#kernel.close(handle)
      }
    }
    return semaphore
  }
}

class WindowsBlock implements Block {
  readonly size: number
  readonly buffer: SharedArrayBuffer
  readonly address: number
  readonly bytes: Uint8Array
  readonly handle: BlockHandle

  /** Without a size: as large as it is. */
  constructor(kernel: Kernel, handle: number, size: number | undefined, place: Place | undefined) {
    this.address = kernel.map(handle)
    if (this.address === 0)
      throw createError('MEMORY_FULL', { size: size ?? 0, reason: "it can't be mapped" })
    this.size = size ?? kernel.regionSize(this.address)
    // Never unmapped: views of it may be anywhere.
    this.buffer = kernel.view(this.address, this.size) as unknown as SharedArrayBuffer
    this.bytes = new Uint8Array(this.buffer)
    this.handle = new OpenHandle(place, () => kernel.close(handle))
  }

  get place(): Place | undefined {
    return this.handle.place
  }

  front(size: number): Uint8Array {
    return this.bytes.subarray(0, size)
  }

  wipe(): void {}
}

/** As Python's: named memory lives as long as somebody has it, and there is nothing to unlink. */
class WindowsNames implements NamedMemory {
  readonly #kernel: Kernel

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  create(name: string, size: number): Block {
    const handle = this.#kernel.createMapping(name, size)
    if (handle === undefined) throw createError('MEMORY_NAME_EXISTS', { name })
    if (handle === 0) throw createError('MEMORY_FULL', { size, reason: 'the page file has no more' })
    return new WindowsBlock(this.#kernel, handle, size, undefined)
  }

  /** Its size is that of its pages, as in Python. */
  open(name: string): Block {
    const handle = this.#kernel.openMapping(name)
    if (handle === 0) throw createError('MEMORY_NAME_UNKNOWN', { name })
    return new WindowsBlock(this.#kernel, handle, undefined, undefined)
  }

  unlink(): void {}
  hold(): void {}
  drop(): void {}
  leave(): void {}

  sizeNow(block: Block): number {
    return block.size
  }

  sweep(): string[] {
    return []
  }
}

function randomNumber(): number {
  return Math.floor(Math.random() * 2 ** 30) + 1
}

function memoryName(pid: number, number: number): string {
  return `Local\\manycore-memory-${pid}-${number}`
}

function lifeName(pid: number, number: number): string {
  return `Local\\manycore-life-${pid}-${number}`
}

function pipeName(pid: number, number: number): string {
  return `\\\\.\\pipe\\manycore-${pid}-${number}`
}
