import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { isMainThread, threadId } from '../base/index.ts'
import { TREE_BLOCKS } from './arena-file.ts'
import { bytesFor } from './arena-layout.ts'
import { isInTree, knownTreeFile } from './tree-file.ts'

/*
 * Which names the workers of a program have used: behind the arena in the tree's file, which outlives each of them. Who
 * started a worker that ended takes away what only that one used.
 *
 *   4711 0 mcm_1234⏎   process, thread (0: its main one), name; only ever added to
 */

/** Bytes. */
export const NAMES_FROM: number = bytesFor(TREE_BLOCKS)

/** Who has used a name. */
export interface NameUse {
  readonly pid: number
  readonly thread: number
  readonly name: string
}

/** This thread uses the name from now on. A program's main thread sees to its own names itself. */
export function logName(name: string): void {
  const file = knownTreeFile()
  // A name with blanks would not come out again as it is.
  if (file === undefined || !isInTree() || /\s/.test(name)) return
  const descriptor = openSync(`/proc/self/fd/${file}`, 'a')
  try {
    writeSync(descriptor, `${process.pid} ${isMainThread() ? 0 : threadId()} ${name}\n`)
  } finally {
    closeSync(descriptor)
  }
}

/** What was written down, by all of the tree. Costs next to nothing where nobody has used a name. */
export function loggedNames(): NameUse[] {
  const file = knownTreeFile()
  if (file === undefined) return []
  const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - NAMES_FROM))
  if (bytes.length === 0) return []
  const read = readSync(file, bytes, 0, bytes.length, NAMES_FROM)
  return bytes
    .toString('utf8', 0, read)
    .split('\n')
    .slice(0, -1)
    .map(line => {
      const [pid = '', thread = '', name = ''] = line.split(' ')
      return { pid: Number(pid), thread: Number(thread), name }
    })
}
