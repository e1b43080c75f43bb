import { openSync } from 'node:fs'
import { createError, MemoryError } from '../../base/index.ts'
import { namelessFile } from '../nameless-file.ts'
import type { Libc } from './libc.ts'

const MFD = { cloexec: 1, allowSealing: 2 }
const ENOSYS_OR_EPERM: ReadonlySet<number> = new Set([38, 1])

/** New memory of no size, as a file that has no name: not from `/dev/shm`, which containers keep small. Gives its descriptor. */
export function newMemory(libc: Libc): number {
  try {
    return openMemory(libc)
  } catch (error) {
    if (error instanceof MemoryError) throw error
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'EMFILE' ? 'too many files are open' : `the system refuses (${code})`
    throw createError('MEMORY_FULL', { size: 0, reason }, { cause: error })
  }
}

function openMemory(libc: Libc): number {
  const untracked = libc.memfd('manycore', MFD.cloexec | MFD.allowSealing)
  if (untracked < 0) {
    if (ENOSYS_OR_EPERM.has(libc.errno())) return namelessFile()
    throw createError('MEMORY_FULL', { size: 0, reason: `the system refuses (${libc.errno()})` })
  }
  // Opened again by Node, so that the end of a thread closes it.
  const descriptor = openSync(`/proc/self/fd/${untracked}`, 'r+')
  libc.close(untracked)
  return descriptor
}
