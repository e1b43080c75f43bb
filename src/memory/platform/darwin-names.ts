import { constants, fstatSync, ftruncateSync } from 'node:fs'
import { createError } from '../../base/index.ts'
import type { DarwinLibc } from './darwin-libc.ts'
import type { Mapper } from './mapper.ts'
import type { Block, NamedMemory } from './platform.ts'

const ENOENT = 2
const EEXIST = 17
const READ_WRITE = constants.O_RDWR

/**
 * Names as Python has them on macOS: `shm_open`. They can't be listed, and nothing tells whether somebody uses one, so a
 * name ends with `unlink()` or with the program that made it, and one left by a killed program stays until the
 * machine is restarted. UNTESTED.
 */
export class DarwinNames implements NamedMemory {
  readonly #libc: DarwinLibc
  readonly #mapper: Mapper
  readonly #made = new Set<string>()

  constructor(libc: DarwinLibc, mapper: Mapper) {
    this.#libc = libc
    this.#mapper = mapper
  }

  create(name: string, size: number): Block {
    const descriptor = this.#open(name, READ_WRITE | constants.O_CREAT | constants.O_EXCL)
    this.#made.add(name)
    try {
      ftruncateSync(descriptor, size)
      return this.#mapper.map(descriptor, size)
    } catch (error) {
      this.#libc.close(descriptor)
      this.#libc.shmUnlink(`/${name}`)
      throw error
    }
  }

  open(name: string): Block {
    const descriptor = this.#open(name, READ_WRITE)
    try {
      return this.#mapper.map(descriptor, fstatSync(descriptor).size)
    } catch (error) {
      this.#libc.close(descriptor)
      throw error
    }
  }

  unlink(name: string): void {
    if (this.#libc.shmUnlink(`/${name}`) !== 0) throw this.#refused(name)
    this.#made.delete(name)
  }

  hold(): void {}
  drop(): void {}

  leave(): void {
    for (const name of this.#made) this.#libc.shmUnlink(`/${name}`)
  }

  /** Its size can be set once. */
  sizeNow(block: Block): number {
    return block.size
  }

  sweep(): string[] {
    return []
  }

  #open(name: string, flags: number): number {
    const descriptor = this.#libc.shmOpen(`/${name}`, flags, 0o600)
    if (descriptor < 0) throw this.#refused(name)
    return descriptor
  }

  #refused(name: string): Error {
    const error = this.#libc.errno()
    if (error === EEXIST) return createError('MEMORY_NAME_EXISTS', { name })
    if (error === ENOENT) return createError('MEMORY_NAME_UNKNOWN', { name })
    return createError('MEMORY_REFUSED', { name, reason: `the system says ${error}` })
  }
}
