import { constants, closeSync, openSync, statfsSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Linux's flag for a file without a name (absent from `fs.constants`). */
const O_TMPFILE = 0o20200000

/** Linux's number for a file system that is memory. */
const TMPFS = 0x01021994

/** Where Linux keeps files in memory. */
export const MEMORY_FOLDER = '/dev/shm'

let made = 0

/**
 * A new file that nobody can find and that vanishes with its last user. Gives its descriptor. Empty, or with so many
 * zeros in it that have to have room.
 */
export function namelessFile(bytes = 0): number {
  // Memory where there is some: nothing of this has to reach a disk.
  const open =
    process.platform === 'linux' ? (openNameless(MEMORY_FOLDER, bytes) ?? openNameless(tmpdir())) : undefined
  if (open !== undefined) return open
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

/** `undefined` where this file system has no nameless files, or no room. */
function openNameless(folder: string, bytes = 0): number | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(folder, constants.O_RDWR | O_TMPFILE, 0o600)
    if (bytes > 0) writeSync(descriptor, Buffer.alloc(bytes))
    return descriptor
  } catch {
    if (descriptor !== undefined) closeSync(descriptor)
    return undefined
  }
}

/** Asked for where there is no memory: a worker starts sooner without Node's module for it. */
function tmpdir(): string {
  return process.getBuiltinModule('node:os').tmpdir()
}

/** As `namelessFile`, where that is certain to be memory and no disk. `undefined` elsewhere. */
export function namelessMemory(): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return statfsSync(MEMORY_FOLDER).type === TMPFS ? openNameless(MEMORY_FOLDER) : undefined
  } catch {
    return undefined
  }
}
