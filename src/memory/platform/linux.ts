import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { createError } from '../../base/index.ts'
import { namelessFile } from '../nameless-file.ts'
import type { Libc } from './libc.ts'
import { PipeBells } from './pipe-bells.ts'
import { LinuxLives } from './linux-lives.ts'
import { newMemory } from './linux-memory.ts'
import { Mapper } from './mapper.ts'
import { noFile, tooMany } from './no-file.ts'
import { LinuxPipes } from './linux-pipes.ts'
import { LinuxNames } from './linux-names.ts'
import { LinuxSockets } from './linux-sockets.ts'
import type { Bell, Block, NamedMemory, Place, Platform, SeatWords, SocketPassing } from './platform.ts'

/** From here on it is worth asking how much is free, which takes 0.1 ms. Bytes. */
const LARGE = 16 * 2 ** 20
const F_ADD_SEALS = 1033
const SEALS = { seal: 1, shrink: 2, grow: 4 }
const LOCK = { exclusive: 2, nonBlocking: 4, unlock: 8 }
const FUTEX = { wait: 0, wake: 1 }
/** How long to rest between two tries at a file's lock, in milliseconds. */
const PAUSE = 1
const PUNCH_HOLE_KEEP_SIZE = 3

/**
 * Linux: files without a name for the memory, `/proc/PID/fd/N` to find them, futexes to sleep, robust mutexes to
 * know who has died, pipes to wake event loops.
 */
export class LinuxPlatform implements Platform {
  readonly name: string
  readonly confined = undefined
  readonly names: NamedMemory
  readonly sockets: SocketPassing
  readonly #libc: Libc
  readonly #mapper: Mapper
  readonly #lives: LinuxLives
  readonly #bells: PipeBells
  /** A `struct timespec` in memory that does not move. */
  readonly #limit = new BigInt64Array(new ArrayBuffer(16))
  readonly #limitAddress: number
  readonly #pause = new Int32Array(new SharedArrayBuffer(4))

  /** `overlay`: shared memory laid over real SharedArrayBuffers; else external ArrayBuffers. */
  constructor(libc: Libc, overlay: boolean) {
    this.name = overlay ? 'linux' : 'linux-view'
    this.#libc = libc
    this.#mapper = new Mapper(libc, overlay)
    this.names = new LinuxNames(libc, this.#mapper, (descriptor, size) => this.#allocate(descriptor, 0, size))
    this.sockets = new LinuxSockets(libc)
    this.#lives = new LinuxLives(libc)
    this.#bells = new PipeBells(libc, new LinuxPipes(libc))
    this.#limitAddress = libc.address(this.#limit)
  }

  create(size: number, committed: number): Block {
    const descriptor = newMemory(this.#libc)
    try {
      const whole = this.#mapper.pages(size)
      ftruncateSync(descriptor, whole)
      this.#allocate(descriptor, 0, this.#mapper.pages(committed))
      this.#libc.fcntl(descriptor, F_ADD_SEALS, SEALS.shrink | SEALS.grow | SEALS.seal)
      return this.#mapper.map(descriptor, size)
    } catch (error) {
      closeSync(descriptor)
      throw noFile(error, size)
    }
  }

  createSparse(size: number): Block {
    const descriptor = newFile()
    try {
      ftruncateSync(descriptor, this.#mapper.pages(size))
      return this.#mapper.map(descriptor, size)
    } catch (error) {
      closeSync(descriptor)
      throw noFile(error, size)
    }
  }

  commit({ place }: Block, from: number, size: number): void {
    // Without the file at hand, the pages come when they are touched.
    if (place) this.#allocate(place[1], from, size)
  }

  discard({ place }: Block, from: number, size: number): void {
    if (place) this.#libc.punch(place[1], PUNCH_HOLE_KEEP_SIZE, from, size)
  }

  open([pid, handle, mark]: Place, size: number, buffer?: SharedArrayBuffer): Block {
    let descriptor: number
    try {
      descriptor = openSync(`/proc/${pid}/fd/${handle}`, 'r+')
    } catch (error) {
      // Its buffer came along, so all is well but that it can't be handed on to another process.
      if (buffer) return this.#mapper.adopt(buffer, undefined)
      throw createError(
        'MEMORY_GONE',
        { what: describePlace(pid), reason: reasonOf(error) },
        { cause: error },
      )
    }
    try {
      this.#check(descriptor, size, mark, pid)
      return buffer ? this.#mapper.adopt(buffer, descriptor) : this.#mapper.map(descriptor, size)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }

  sleep(block: Block, byte: number, expected: number, ms: number): void {
    const nanoseconds = Math.max(0, Math.round(ms * 1e6))
    this.#limit[0] = BigInt(Math.floor(nanoseconds / 1e9))
    this.#limit[1] = BigInt(nanoseconds % 1e9)
    this.#libc.futex(block.address + byte, FUTEX.wait, expected, this.#limitAddress)
  }

  wake(block: Block, byte: number, count: number): void {
    this.#libc.futex(block.address + byte, FUTEX.wake, count, 0)
  }

  exclusively<T>(block: Block, body: () => T): T {
    const descriptor = (block.place as Place)[1]
    // A lock belongs to an opened file, and every thread has opened its own. The kernel lets go when its last
    // descriptor is closed, however the process ends.
    while (this.#libc.flock(descriptor, LOCK.exclusive | LOCK.nonBlocking) !== 0) this.#rest()
    try {
      return body()
    } finally {
      this.#libc.flock(descriptor, LOCK.unlock)
    }
  }

  takeLife(block: Block, region: readonly [number, number], seat: SeatWords): void {
    this.#lives.take(block, region, seat)
  }

  lives(seat: SeatWords): boolean {
    return this.#lives.lives(seat)
  }

  openBell(seat: SeatWords, heard: () => void): Bell {
    return this.#bells.open(seat, heard)
  }

  ring(seat: SeatWords): void {
    this.#bells.ring(seat)
  }

  /** So that no write can find the memory full: that would end the process. */
  #allocate(descriptor: number, from: number, size: number): void {
    if (size > LARGE) refuseBeyondFree(size)
    const failed = this.#libc.allocate(descriptor, from, size)
    if (failed !== 0) throw createError('MEMORY_FULL', { size, reason: `the system has no more (${failed})` })
  }

  #check(descriptor: number, size: number, mark: number, pid: number): void {
    const { ino, size: has } = fstatSync(descriptor)
    const reason =
      ino !== mark
        ? 'something else is there now'
        : has < size
          ? `it was cut to ${has} of ${size} bytes`
          : undefined
    if (reason) throw createError('MEMORY_GONE', { what: describePlace(pid), reason })
  }

  #rest(): void {
    Atomics.wait(this.#pause, 0, 0, PAUSE)
  }
}

function newFile(): number {
  try {
    return namelessFile()
  } catch (error) {
    throw noFile(error)
  }
}

function describePlace(pid: number): string {
  return `memory that process ${pid} shared`
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') return 'that process may not be looked into'
  return tooMany(error) ?? 'it is gone'
}

/** Asked for more than there is, the system does not say no: it ends some process to make room. */
function refuseBeyondFree(size: number): void {
  const free = process.availableMemory()
  if (size > free) throw createError('MEMORY_FULL', { size, reason: `only ${free} bytes are free` })
}
