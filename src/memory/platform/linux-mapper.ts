import { closeSync, fstatSync } from 'node:fs'
import { createError } from '../../base/index.ts'
import type { Libc } from './libc.ts'
import type { Block, Place } from './platform.ts'

const PAGE = 4096
const PROTECTION = { none: 0, readWrite: 3 }
const MAP = { shared: 1, private: 2, fixed: 0x10, anonymous: 0x20, noReserve: 0x4000 }
const FAILED = -1
/**
 * V8 takes the size of an external buffer for memory in use: one of a gigabyte, of which hardly a page is there, makes
 * it collect garbage at once.
 */
const LARGE = 64 * 2 ** 20

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

  /** The block owns the descriptor from here on, unless this throws. */
  map(descriptor: number, size: number): Block {
    const whole = this.pages(size)
    if (!this.#overlay) return this.#external(descriptor, size, whole)
    const buffer = newPageBuffer(size, whole)
    const address = this.#libc.address(new Uint8Array(buffer))
    if (address % PAGE !== 0)
      throw createError('INTERNAL', { what: 'shared memory does not begin at a page' })
    this.#lay(address, whole, MAP.shared | MAP.fixed, descriptor)
    return new MappedBlock(this.#libc, this, buffer, size, address, descriptor)
  }

  /** Memory that another thread of this process has mapped already. */
  adopt(buffer: SharedArrayBuffer, descriptor: number | undefined): Block {
    const address = this.#libc.address(new Uint8Array(buffer))
    return new MappedBlock(this.#libc, this, buffer, buffer.byteLength, address, descriptor)
  }

  /** Puts zeros of nobody's in place of what is there, so that views stay readable. */
  wipe(address: number, size: number): void {
    const flags = MAP.private | MAP.anonymous | MAP.fixed | MAP.noReserve
    this.#lay(address, this.pages(size), flags, -1)
  }

  #external(descriptor: number, size: number, whole: number): Block {
    const address = this.#lay(0, whole, MAP.shared, descriptor)
    // It pretends: atomics work on it as well, and it is never used for what only the real one can.
    const view = this.#libc.view(address, size)
    const buffer = Object.setPrototypeOf(view, MappedBuffer.prototype) as SharedArrayBuffer
    abandoned.register(buffer, () => this.wipe(address, whole))
    return new MappedBlock(this.#libc, this, buffer, size, address, descriptor)
  }

  #lay(address: number, size: number, flags: number, descriptor: number): number {
    const at = this.#libc.mmap(address, size, PROTECTION.readWrite, flags, descriptor, 0)
    if (at === FAILED) {
      throw createError('MEMORY_FULL', { size, reason: `it can't be mapped (${this.#libc.errno()})` })
    }
    return at
  }
}

/** By its class nobody takes it for ordinary memory, which is copied when it is sent. */
class MappedBuffer extends ArrayBuffer {}

const abandoned = new FinalizationRegistry<() => void>(wipe => wipe())

function newPageBuffer(size: number, whole: number): SharedArrayBuffer {
  try {
    return new (SharedArrayBuffer as unknown as PageBuffer)(size, { maxByteLength: whole })
  } catch (error) {
    throw createError('MEMORY_FULL', { size, reason: 'Node has no room for it' }, { cause: error })
  }
}

class MappedBlock implements Block {
  readonly size: number
  readonly buffer: SharedArrayBuffer
  readonly address: number
  readonly #libc: Libc
  readonly #mapper: Mapper
  #place: Place | undefined
  #bytes: Uint8Array | undefined

  constructor(
    libc: Libc,
    mapper: Mapper,
    buffer: SharedArrayBuffer,
    size: number,
    address: number,
    descriptor: number | undefined,
  ) {
    this.#libc = libc
    this.#mapper = mapper
    this.buffer = buffer
    this.size = size
    this.address = address
    if (descriptor !== undefined) this.#place = [process.pid, descriptor, fstatSync(descriptor).ino]
  }

  get place(): Place | undefined {
    return this.#place
  }

  get bytes(): Uint8Array {
    this.#bytes ??= this.size > LARGE ? new Uint8Array(this.buffer, 0, this.size) : this.front(this.size)
    return this.#bytes
  }

  /** Ordinary memory to V8, which copies it up to four times as fast as what it knows to be shared. */
  front(size: number): Uint8Array {
    if (!(size > 0 && size <= this.size)) throw createError('INTERNAL', { what: `a view of ${size} bytes` })
    const view = this.#libc.view(this.address, size)
    keepers.set(view, this.buffer)
    return new Uint8Array(view)
  }

  release(): void {
    if (!this.#place) return
    const [, descriptor] = this.#place
    this.#place = undefined
    closeSync(descriptor)
  }

  wipe(): void {
    this.#mapper.wipe(this.address, this.size)
  }
}

/** As long as the view is in use, so is the buffer that owns the memory. */
const keepers = new WeakMap<ArrayBuffer, SharedArrayBuffer>()
