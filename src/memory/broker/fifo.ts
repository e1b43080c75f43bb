import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createError } from '../../base/index.ts'
import { inodeAt, inodeOf } from '../platform/inode.ts'
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
    // Loaded here: few programs come this way, and it is slow to load.
    const { spawnSync } = process.getBuiltinModule('node:child_process')
    const { status, error } = spawnSync('mkfifo', ['-m', '600', path], { stdio: 'ignore' })
    if (status !== 0) throw new Error(`mkfifo fails (${error?.message ?? `status ${status}`})`)
    return open(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Where others find what this process has opened. */
export function placeOf(descriptor: number): Place {
  return [process.pid, descriptor, inodeOf(descriptor)]
}

/** Opens what another process has. Throws `MEMORY_GONE`. */
export function openPlace(place: Place, flags: number | string): number {
  const [pid, handle, mark] = place
  let descriptor: number | undefined
  try {
    // Looked at first: to open something else may block, or do worse.
    if (isThere(place)) descriptor = openSync(`/proc/${pid}/fd/${handle}`, flags)
  } catch {
    // It was faster.
  }
  if (descriptor !== undefined && inodeOf(descriptor) === mark) return descriptor
  if (descriptor !== undefined) closeSync(descriptor)
  throw endedAt(place)
}

export function endedAt([pid]: Place): Error {
  const reason = 'that process, or its thread, has ended'
  return createError('MEMORY_GONE', { what: `what process ${pid} shared`, reason })
}

/** Does that process still have it? */
export function isThere([pid, handle, mark]: Place): boolean {
  try {
    return inodeAt(`/proc/${pid}/fd/${handle}`) === mark
  } catch {
    return false
  }
}
