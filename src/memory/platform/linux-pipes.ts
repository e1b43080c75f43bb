import { constants, openSync } from 'node:fs'
import { createError } from '../../base/index.ts'
import type { Libc } from './libc.ts'
import type { Pipes } from './pipe-bells.ts'

const CLOSE_ON_EXEC = 0o2000000

/** Pipes that are to be found in no folder: others open the descriptor of their owner. */
export class LinuxPipes implements Pipes {
  readonly #libc: Libc

  constructor(libc: Libc) {
    this.#libc = libc
  }

  make(): readonly [number, number] {
    const ends = new Int32Array(2)
    if (this.#libc.pipe(ends, constants.O_NONBLOCK | CLOSE_ON_EXEC) !== 0) {
      throw createError('MEMORY_FULL', { size: 0, reason: `no pipe could be made (${this.#libc.errno()})` })
    }
    const [reader, writer] = ends as unknown as readonly [number, number]
    // Without a writer of its own the pipe would end with the first other one. Node closes this with the thread.
    openSync(`/proc/self/fd/${writer}`, constants.O_WRONLY | constants.O_NONBLOCK)
    this.#libc.close(writer)
    return [reader, reader]
  }

  path(pid: number, number: number): string {
    return `/proc/${pid}/fd/${number}`
  }
}
