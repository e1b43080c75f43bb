import { closeSync, constants, lstatSync, mkdirSync, openSync, readdirSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DarwinLibc } from './darwin-libc.ts'

/*
 * Where macOS's files lie, since there is no /proc through which others could open what has no name: a folder of this
 * user's alone. UNTESTED.
 */

const LOCK = { shared: 1, exclusive: 2, nonBlocking: 4 }
/** `memory-4711-123`, `life-4711-124`, `bell-4711-125` */
const NAME = /^(?:memory|life|bell)-(\d+)-\d+(?:\.lock)?$/
const FLAGS = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK

export type FileKind = 'memory' | 'life' | 'bell'

export class DarwinFolder {
  readonly #libc: DarwinLibc
  readonly #path: string
  readonly #mine = new Set<string>()

  constructor(libc: DarwinLibc) {
    this.#libc = libc
    this.#path = join(tmpdir(), `manycore-${process.getuid?.() ?? 0}`)
    mkdirSync(this.#path, { recursive: true, mode: 0o700 })
    const { uid, mode } = lstatSync(this.#path)
    if (uid !== process.getuid?.() || (mode & 0o077) !== 0) throw new Error(`${this.#path} is open to others`)
    this.#sweep()
    process.on('exit', () => {
      for (const path of this.#mine) this.#unlink(path)
    })
  }

  path(kind: FileKind, pid: number, number: number): string {
    return join(this.#path, `${kind}-${pid}-${number}`)
  }

  /** A number that no other thread of this process has, nor will have. */
  number(): number {
    return Math.floor(Math.random() * 2 ** 30) + 1
  }

  /** Opens and locks it, for this thread: `shared` for memory, alone for a life. Gives its descriptor. */
  open(path: string, lock: 'shared' | 'exclusive', create = false): number {
    const descriptor = openSync(path, create ? FLAGS | constants.O_CREAT | constants.O_EXCL : FLAGS, 0o600)
    if (create) this.#mine.add(path)
    this.#libc.flock(descriptor, LOCK[lock] | LOCK.nonBlocking)
    return descriptor
  }

  /** Makes a FIFO and opens it for both directions, so that it never ends. */
  openFifo(path: string): number {
    if (this.#libc.fifo(path, 0o600) !== 0) throw new Error(`mkfifo failed (${this.#libc.errno()})`)
    this.#mine.add(path)
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  }

  /** Does somebody hold this file's lock? */
  isLocked(path: string): boolean {
    let descriptor: number
    try {
      descriptor = openSync(path, FLAGS)
    } catch {
      return false
    }
    try {
      return this.#libc.flock(descriptor, LOCK.exclusive | LOCK.nonBlocking) !== 0
    } finally {
      closeSync(descriptor)
    }
  }

  /** Removes what killed processes have left. */
  #sweep(): void {
    for (const name of readdirSync(this.#path)) {
      const [, pid] = NAME.exec(name) ?? []
      const path = join(this.#path, name)
      if (pid && !isThere(Number(pid)) && (name.startsWith('bell') || !this.isLocked(path)))
        this.#unlink(path)
    }
  }

  #unlink(path: string): void {
    try {
      unlinkSync(path)
    } catch {
      // Somebody else was faster.
    }
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
