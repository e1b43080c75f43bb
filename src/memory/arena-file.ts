import { closeSync, ftruncateSync, writeSync } from 'node:fs'
import { newHeader } from './arena.ts'
import { bytesFor } from './arena-layout.ts'
import { namelessFile } from './nameless-file.ts'

/** Room for 131,072 of the smallest cells. Pages are taken as they are needed. */
export const TREE_BLOCKS = 128

/** A new file with an empty arena in it. Gives its descriptor. */
export function makeArenaFile(): number {
  const descriptor = namelessFile()
  try {
    writeSync(descriptor, newHeader())
    ftruncateSync(descriptor, bytesFor(TREE_BLOCKS))
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}
