import { fstatSync } from 'node:fs'
import { platform } from './platform/pick.ts'

/**
 * The first bytes of a file as memory: what is written there is in the file, and the other way round. `undefined` where
 * this machine can't do that. The file has to be as long as that.
 */
export function mapFile(descriptor: number, size: number): SharedArrayBuffer | undefined {
  if (platform().confined !== undefined) return undefined
  try {
    return platform().open([process.pid, descriptor, fstatSync(descriptor).ino], size).buffer
  } catch {
    return undefined
  }
}
