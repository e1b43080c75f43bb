import { closeSync, fstatSync } from 'node:fs'
import { createError } from '../../base/index.ts'
import type { Libc } from './libc.ts'
import type { Block, Place } from './platform.ts'

/** From here on it is worth asking how much is free, which takes 0.1 ms. Bytes. */
const LARGE = 16 * 2 ** 20
const PAGE = 4096
const PROTECTION = { none: 0, readWrite: 3 }
const MAP = { shared: 1, private: 2, fixed: 0x10, anonymous: 0x20, noReserve: 0x4000 }
const FAILED = -1

/** A SharedArrayBuffer that can grow is the one kind whose memory begins at a page of its own. */
export type PageBuffer = new (size: number, options: { maxByteLength: number }) => SharedArrayBuffer

/** Lays files over JavaScript's memory. */
export class Mapper {
  readonly #libc: Libc
  readonly #overlay: boolean

  constructor(libc: Libc, overlay: boolean) {
    this.#libc = libc
    this.#overlay = overlay
  }

  pages(size: number): number {
    return Math.max(1, Math.ceil(size / PAGE)) * PAGE
  }

  /** So that no write can find the memory full: that would end the process. */
  allocate(descriptor: number, from: number, size: number): void {
    if (size > LARGE) refuseBeyondFree(size)
    const failed = this.#libc.allocate(descriptor, from, size)
    if (failed !== 0) throw createError('MEMORY_FULL', { size, reason: `the system has no more (${failed})` })
  }

  /**
   * The block owns the descriptor from here on, unless this throws. All that it may come to is laid at once: what is
   * beyond the file's end shows when the file has grown.
   */
  map(descriptor: number, size: number, maximum: number): Block {
    const whole = this.pages(maximum)
    if (!this.#overlay) return this.#external(descriptor, size, maximum)
    const buffer = newPageBuffer(size, whole)
    const address = this.#libc.address(new Uint8Array(buffer, 0, 1))
    if (address % PAGE !== 0)
      throw createError('INTERNAL', { what: 'shared memory does not begin at a page' })
    this.#lay(address, whole, MAP.shared | MAP.fixed, descriptor)
    return new MappedBlock(this.#libc, this, { buffer, size, maximum, address }, descriptor)
  }

  /** Memory that another thread of this process has mapped already. */
  adopt(buffer: SharedArrayBuffer, descriptor: number | undefined, size: number, maximum: number): Block {
    const address = this.#libc.address(new Uint8Array(buffer, 0, 1))
    return new MappedBlock(this.#libc, this, { buffer, size, maximum, address }, descriptor)
  }

  /** Puts zeros of nobody's in place of what is there, so that views stay readable. */
  wipe(address: number, size: number): void {
    const flags = MAP.private | MAP.anonymous | MAP.fixed | MAP.noReserve
    this.#lay(address, this.pages(size), flags, -1)
  }

  #external(descriptor: number, size: number, maximum: number): Block {
    const whole = this.pages(maximum)
    const address = this.#lay(0, whole, MAP.shared, descriptor)
    // It pretends: atomics work on it as well, and it is never used for what only the real one can.
    const buffer = this.#libc.view(address, maximum) as unknown as SharedArrayBuffer
    abandoned.register(buffer, () => this.wipe(address, whole))
    return new MappedBlock(this.#libc, this, { buffer, size, maximum, address }, descriptor)
  }

  #lay(address: number, size: number, flags: number, descriptor: number): number {
    const at = this.#libc.mmap(address, size, PROTECTION.readWrite, flags, descriptor, 0)
    if (at === FAILED) {
      throw createError('MEMORY_FULL', { size, reason: `it can't be mapped (${this.#libc.errno()})` })
    }
    return at
  }
}

const abandoned = new FinalizationRegistry<() => void>(wipe => wipe())

function newPageBuffer(size: number, whole: number): SharedArrayBuffer {
  try {
    return new (SharedArrayBuffer as unknown as PageBuffer)(size, { maxByteLength: whole })
  } catch (error) {
    throw createError('MEMORY_FULL', { size, reason: 'Node has no room for it' }, { cause: error })
  }
}

interface Mapping {
  readonly buffer: GrowableBuffer
  readonly size: number
  readonly maximum: number
  readonly address: number
}

type GrowableBuffer = SharedArrayBuffer & { grow?(size: number): void }

class MappedBlock implements Block {
  readonly buffer: GrowableBuffer
  readonly address: number
  readonly maximum: number
  readonly #libc: Libc
  readonly #mapper: Mapper
  #size: number
  #place: Place | undefined
  #bytes: Uint8Array | undefined

  constructor(libc: Libc, mapper: Mapper, mapping: Mapping, descriptor: number | undefined) {
    this.#libc = libc
    this.#mapper = mapper
    this.buffer = mapping.buffer
    this.#size = mapping.size
    this.maximum = mapping.maximum
    this.address = mapping.address
    if (descriptor !== undefined) this.#place = [process.pid, descriptor, fstatSync(descriptor).ino]
  }

  get size(): number {
    return this.#size
  }

  get place(): Place | undefined {
    return this.#place
  }

  /** Ordinary memory to V8, which copies it about twice as fast as what it knows to be shared. */
  get bytes(): Uint8Array {
    if (!this.#bytes) {
      const view = this.#libc.view(this.address, this.#size)
      keepers.set(view, this.buffer)
      this.#bytes = new Uint8Array(view)
    }
    return this.#bytes
  }

  grow(size: number): void {
    if (size <= this.#size) return
    if (size > this.maximum || !this.#place) {
      const reason = this.#place ? `it can grow to ${this.maximum} bytes` : 'its file is closed'
      throw createError('MEMORY_FULL', { size, reason })
    }
    const [, descriptor] = this.#place
    const whole = this.#mapper.pages(size)
    const { size: has } = fstatSync(descriptor)
    if (has < whole) this.#mapper.allocate(descriptor, has, whole - has)
    this.#growBuffer(size)
    this.#size = size
    this.#bytes = undefined
  }

  discard(from: number, to: number): void {
    const [first, end] = [this.#mapper.pages(from), Math.floor(to / PAGE) * PAGE]
    if (this.#place && end > first && from > 0) this.#libc.punch(this.#place[1], first, end - first)
  }

  #growBuffer(size: number): void {
    try {
      if (this.buffer.byteLength < size) this.buffer.grow?.(size)
    } catch (error) {
      // Another thread of this process was faster, or there is no more.
      if (this.buffer.byteLength < size) {
        throw createError('MEMORY_FULL', { size, reason: 'Node has no room for it' }, { cause: error })
      }
    }
  }

  release(): void {
    if (!this.#place) return
    const [, descriptor] = this.#place
    this.#place = undefined
    closeSync(descriptor)
  }

  wipe(): void {
    this.#mapper.wipe(this.address, this.maximum)
  }
}

/** As long as the view is in use, so is the buffer that owns the memory. */
const keepers = new WeakMap<ArrayBuffer, SharedArrayBuffer>()

/** Asked for more than there is, the system does not say no: it ends some process to make room. */
function refuseBeyondFree(size: number): void {
  const free = process.availableMemory()
  if (size > free) throw createError('MEMORY_FULL', { size, reason: `only ${free} bytes are free` })
}
