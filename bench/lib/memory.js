/*
 * What a program holds after a full collection.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc')

export function collectGarbage() {
  gc()
  gc()
}

/** Bytes in the JavaScript heap and in buffers outside it. */
export function heldBytes() {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
