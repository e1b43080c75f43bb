import { closeSync, fstatSync } from 'node:fs'
import { createError } from '../../base/index.ts'
import type { Libc } from './libc.ts'
import { NO_HANDLE, OpenHandle } from './open-handle.ts'
import type { Block, BlockHandle, Place } from './platform.ts'

const PROTECTION = { none: 0, readWrite: 3 }
const MAP = { shared: 1, private: 2, fixed: 0x10 }
const FAILED = -1
/**
 * V8 takes the size of an external buffer for memory in use: one of a gigabyte, of which hardly a page is there, makes
 * it collect garbage at once.
 */
const LARGE = 64 * 2 ** 20

/** A SharedArrayBuffer that can grow is the one kind whose memory begins at a page of its own. */
export type PageBuffer = new (size: number, options: { maxByteLength: number }) => SharedArrayBuffer

/** What the mapper needs of a C library. */
export type MapLibc = Pick<Libc, 'address' | 'view' | 'mmap' | 'errno'>

/** What differs from system to system. */
export interface MapSystem {
  /** Bytes. */
  readonly page: number
  /** Flags of `mmap`: memory of no file, without a reserve for it. */
  readonly anonymous: number
  /** Where others find the block behind this descriptor. */
  place(descriptor: number): Place
}

export const LINUX: MapSystem = {
  page: 4096,
  anonymous: 0x4020,
  place: descriptor => [process.pid, descriptor, fstatSync(descriptor).ino],
}

/** Lays files over JavaScript's memory. */
export class Mapper {
  readonly #libc: MapLibc
  readonly #overlay: boolean
  readonly #system: MapSystem

  constructor(libc: MapLibc, overlay: boolean, system = LINUX) {
    this.#libc = libc
    this.#overlay = overlay
    this.#system = system
  }

  pages(size: number): number {
    return Math.max(1, Math.ceil(size / this.#system.page)) * this.#system.page
  }

  /** The block owns the descriptor from here on, unless this throws. */
  map(descriptor: number, size: number): Block {
    const whole = this.pages(size)
    if (!this.#overlay) return this.#external(descriptor, size, whole)
    const buffer = newPageBuffer(size, whole)
    const address = this.#libc.address(new Uint8Array(buffer))
    if (address % this.#system.page !== 0)
      throw createError('INTERNAL', { what: 'shared memory does not begin at a page' })
    this.#lay(address, whole, MAP.shared | MAP.fixed, descriptor)
    return new MappedBlock(this.#libc, this, buffer, size, address, this.#own(descriptor))
  }

  /** Memory that another thread of this process has mapped already. */
  adopt(buffer: SharedArrayBuffer, descriptor: number | undefined): Block {
    const address = this.#libc.address(new Uint8Array(buffer))
    return new MappedBlock(this.#libc, this, buffer, buffer.byteLength, address, this.#own(descriptor))
  }

  /** Puts zeros of nobody's in place of what is there, so that views stay readable. */
  wipe(address: number, size: number): void {
    const flags = MAP.private | MAP.fixed | this.#system.anonymous
    this.#lay(address, this.pages(size), flags, -1)
  }

  #own(descriptor: number | undefined): BlockHandle {
    if (descriptor === undefined) return NO_HANDLE
    return new OpenHandle(this.#system.place(descriptor), () => closeSync(descriptor))
  }

  #external(descriptor: number, size: number, whole: number): Block {
    const address = this.#lay(0, whole, MAP.shared, descriptor)
    // It pretends: atomics work on it as well, and it is never used for what only the real one can.
    const view = this.#libc.view(address, size)
    const buffer = Object.setPrototypeOf(view, MappedBuffer.prototype) as SharedArrayBuffer
    abandoned.register(buffer, () => this.wipe(address, whole))
    return new MappedBlock(this.#libc, this, buffer, size, address, this.#own(descriptor))
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
  readonly #libc: MapLibc
  readonly #mapper: Mapper
  readonly handle: BlockHandle
  #bytes: Uint8Array | undefined

  constructor(
    libc: MapLibc,
    mapper: Mapper,
    buffer: SharedArrayBuffer,
    size: number,
    address: number,
    handle: BlockHandle,
  ) {
    this.#libc = libc
    this.#mapper = mapper
    this.buffer = buffer
    this.size = size
    this.address = address
    this.handle = handle
  }

  get place(): Place | undefined {
    return this.handle.place
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

  wipe(): void {
    this.#mapper.wipe(this.address, this.size)
  }
}

/** As long as the view is in use, so is the buffer that owns the memory. */
const keepers = new WeakMap<ArrayBuffer, SharedArrayBuffer>()
