import { constants, closeSync, openSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Linux's flag for a file without a name (absent from `fs.constants`). */
const O_TMPFILE = 0o20200000

let made = 0

/** A new empty file that nobody can find and that vanishes with its last user. Gives its descriptor. */
export function namelessFile(): number {
  // Memory where there is some: nothing of this has to reach a disk.
  for (const folder of process.platform === 'linux' ? ['/dev/shm', tmpdir()] : []) {
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
