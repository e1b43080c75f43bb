import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { createError, ManycoreError } from '../../base/index.ts'
import { MEMORY_FOLDER } from '../nameless-file.ts'
import type { Libc } from './libc.ts'
import type { Mapper } from './mapper.ts'
import { noFile, tooMany } from './no-file.ts'
import type { Block, BlockHandle, NamedMemory, Place } from './platform.ts'

const LOCK = { shared: 1, exclusive: 2, nonBlocking: 4, unlock: 8 }
/** Marks a file as ours, to be removed when nobody uses it: the sticky bit, which means nothing on a file. */
const OURS = 0o1000
const FLAGS = constants.O_RDWR | constants.O_NOFOLLOW
/** Somebody who has just made a file may not have given it its size yet, and a sweeper lets go again at once. */
const TRIES = 50

/**
 * Memory with a name: a file in `/dev/shm`, where Python's `SharedMemory` has it. Every user of ours holds a shared
 * lock on it, which the kernel takes back at its end; so a file that lets itself be locked alone has no user.
 */
export class LinuxNames implements NamedMemory {
  readonly #libc: Libc
  readonly #mapper: Mapper
  readonly #allocate: (descriptor: number, size: number) => void
  readonly #held = new Set<BlockHandle>()
  readonly #pause = new Int32Array(new SharedArrayBuffer(4))

  /** `allocate` makes sure that the file's pages are there. */
  constructor(libc: Libc, mapper: Mapper, allocate: (descriptor: number, size: number) => void) {
    this.#libc = libc
    this.#mapper = mapper
    this.#allocate = allocate
  }

  create(name: string, size: number): Block {
    const path = join(MEMORY_FOLDER, name)
    const descriptor = this.#open(name, FLAGS | constants.O_CREAT | constants.O_EXCL)
    try {
      this.#lock(descriptor, LOCK.shared)
      ftruncateSync(descriptor, size)
      this.#allocate(descriptor, size)
      // Not before it is locked: a sweeper must not take it for a dead one.
      fchmodSync(descriptor, OURS | 0o600)
      return this.#keep(this.#mapper.map(descriptor, size))
    } catch (error) {
      closeSync(descriptor)
      unlinkSync(path)
      throw error instanceof ManycoreError ? error : full(size, error)
    }
  }

  open(name: string): Block {
    for (let tries = 0; ; tries++) {
      const descriptor = this.#open(name, FLAGS)
      try {
        const { size, nlink } = fstatSync(descriptor)
        if (size > 0 && nlink > 0 && this.#lock(descriptor, LOCK.shared)) {
          return this.#keep(this.#mapper.map(descriptor, size))
        }
      } catch (error) {
        closeSync(descriptor)
        throw error
      }
      closeSync(descriptor)
      if (tries === TRIES) throw createError('MEMORY_NAME_UNKNOWN', { name })
      Atomics.wait(this.#pause, 0, 0, 1)
    }
  }

  unlink(name: string): void {
    try {
      unlinkSync(join(MEMORY_FOLDER, name))
    } catch (error) {
      throw refused(name, error)
    }
  }

  hold(block: Block): void {
    if (!block.place) return
    this.#lock(block.place[1], LOCK.shared)
    this.#keep(block)
  }

  drop(handle: BlockHandle): void {
    this.#held.delete(handle)
  }

  leave(whole = false): void {
    if (whole) for (const descriptor of openIn(MEMORY_FOLDER)) this.#lock(descriptor, LOCK.unlock)
    for (const { place } of this.#held) if (place) this.#lock(place[1], LOCK.unlock)
    this.#held.clear()
  }

  sizeNow(block: Block): number {
    return block.place ? fstatSync((block.place as Place)[1]).size : block.size
  }

  sweep(only?: ReadonlySet<string>): string[] {
    try {
      return readdirSync(MEMORY_FOLDER).filter(name => (!only || only.has(name)) && this.#sweepOne(name))
    } catch {
      return []
    }
  }

  #sweepOne(name: string): boolean {
    const path = join(MEMORY_FOLDER, name)
    let descriptor: number
    try {
      const { mode, uid } = lstatSync(path)
      if ((mode & constants.S_IFMT) !== constants.S_IFREG || (mode & OURS) === 0) return false
      if (uid !== process.getuid?.()) return false
      descriptor = openSync(path, FLAGS)
    } catch {
      return false
    }
    try {
      if (!this.#lock(descriptor, LOCK.exclusive)) return false
      if (fstatSync(descriptor).ino !== lstatSync(path).ino) return false
      unlinkSync(path)
      return true
    } catch {
      return false
    } finally {
      closeSync(descriptor)
    }
  }

  #open(name: string, flags: number): number {
    try {
      return openSync(join(MEMORY_FOLDER, name), flags, 0o600)
    } catch (error) {
      throw refused(name, error)
    }
  }

  #keep(block: Block): Block {
    this.#held.add(block.handle)
    return block
  }

  #lock(descriptor: number, kind: number): boolean {
    return this.#libc.flock(descriptor, kind | LOCK.nonBlocking) === 0
  }
}

/** What any thread of this process has open there. */
function openIn(folder: string): number[] {
  try {
    return readdirSync('/proc/self/fd')
      .map(Number)
      .filter(descriptor => targetOf(descriptor).startsWith(`${folder}/`))
  } catch {
    return []
  }
}

function targetOf(descriptor: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    // Closed meanwhile: that which the folder was read by, for one.
    return ''
  }
}

function refused(name: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EEXIST') return createError('MEMORY_NAME_EXISTS', { name }, { cause: error })
  if (code === 'ENOENT') return createError('MEMORY_NAME_UNKNOWN', { name }, { cause: error })
  if (tooMany(error)) return noFile(error)
  return createError('MEMORY_REFUSED', { name, reason: `the system says ${code}` }, { cause: error })
}

function full(size: number, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException
  return createError('MEMORY_FULL', { size, reason: `the system says ${code}` }, { cause: error })
}
