import { openSync } from 'node:fs'
import { namelessFile } from '../nameless-file.ts'
import type { Libc } from './libc.ts'
import { noFile, noFileBy } from './no-file.ts'

const MFD = { cloexec: 1, allowSealing: 2 }
const ENOSYS_OR_EPERM: ReadonlySet<number> = new Set([38, 1])

/** New memory of no size, as a file that has no name: not from `/dev/shm`, which containers keep small. Gives its descriptor. */
export function newMemory(libc: Libc): number {
  try {
    return openMemory(libc)
  } catch (error) {
    throw noFile(error)
  }
}

function openMemory(libc: Libc): number {
  const untracked = libc.memfd('manycore', MFD.cloexec | MFD.allowSealing)
  if (untracked < 0) {
    if (ENOSYS_OR_EPERM.has(libc.errno())) return namelessFile()
    throw noFileBy(libc.errno())
  }
  // Opened again by Node, so that the end of a thread closes it.
  try {
    return openSync(`/proc/self/fd/${untracked}`, 'r+')
  } finally {
    libc.close(untracked)
  }
}
