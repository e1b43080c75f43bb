import { spawnSync } from 'node:child_process'
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createError } from '../../base/index.ts'
import type { Place } from '../platform/platform.ts'

/*
 * FIFOs without a name: made by the system's own command, opened, and unlinked at once, so that nothing is left
 * however a process ends. Others find them through `/proc`.
 */

/** Opens a new FIFO by its path, which is good inside `open` alone. Throws an `Error` that says what is missing. */
export function openFifo<T>(open: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'manycore-'))
  try {
    const path = join(folder, 'fifo')
    const { status, error } = spawnSync('mkfifo', ['-m', '600', path], { stdio: 'ignore' })
    if (status !== 0) throw new Error(`mkfifo fails (${error?.message ?? `status ${status}`})`)
    return open(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Where others find what this process has opened. */
export function placeOf(descriptor: number): Place {
  return [process.pid, descriptor, fstatSync(descriptor).ino]
}

/** Opens what another process has. Throws `MEMORY_GONE`. */
export function openPlace([pid, handle, mark]: Place, flags: number | string): number {
  const what = `what process ${pid} shared`
  let descriptor: number
  try {
    descriptor = openSync(`/proc/${pid}/fd/${handle}`, flags)
  } catch (error) {
    throw createError(
      'MEMORY_GONE',
      { what, reason: 'that process, or its thread, has ended' },
      { cause: error },
    )
  }
  if (fstatSync(descriptor).ino === mark) return descriptor
  closeSync(descriptor)
  throw createError('MEMORY_GONE', { what, reason: 'something else is there now' })
}

/** Does that process still have it? */
export function isThere([pid, handle, mark]: Place): boolean {
  try {
    return statSync(`/proc/${pid}/fd/${handle}`).ino === mark
  } catch {
    return false
  }
}
