import { constants, closeSync, openSync, statfsSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Linux's flag for a file without a name (absent from `fs.constants`). */
const O_TMPFILE = 0o20200000

/** Linux's number for a file system that is memory. */
const TMPFS = 0x01021994

/** Where Linux keeps files in memory. */
export const MEMORY_FOLDER = '/dev/shm'

let made = 0

/** A new empty file that nobody can find and that vanishes with its last user. Gives its descriptor. */
export function namelessFile(): number {
  // Memory where there is some: nothing of this has to reach a disk.
  for (const folder of process.platform === 'linux' ? [MEMORY_FOLDER, tmpdir()] : []) {
    try {
      return openSync(folder, constants.O_RDWR | O_TMPFILE, 0o600)
    } catch {
      // This file system has no nameless files: try the next.
    }
  }
  const path = join(tmpdir(), `manycore-${process.pid}-${performance.timeOrigin}-${made++}`)
  const descriptor = openSync(path, 'wx+', 0o600)
  try {
    unlinkSync(path)
  } catch {
    // Windows does not remove open files.
    process.once('exit', () => {
      closeSync(descriptor)
      unlinkSync(path)
    })
  }
  return descriptor
}

/** As `namelessFile`, where that is certain to be memory and no disk. `undefined` elsewhere. */
export function namelessMemory(): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    if (statfsSync(MEMORY_FOLDER).type !== TMPFS) return undefined
    return openSync(MEMORY_FOLDER, constants.O_RDWR | O_TMPFILE, 0o600)
  } catch {
    return undefined
  }
}
