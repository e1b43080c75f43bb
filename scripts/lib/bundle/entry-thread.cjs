// What a worker thread runs. The program may have left it the compiled library, in shared memory.
const { workerData } = require('node:worker_threads')

/** Before it stand its length, as soon as all of it is there, and the library's build. */
const HEADER = 8
const BUILD_BYTES = 4

const { BUILD, loadCore } = require('./load.cjs')
loadCore(compiled(workerData.code)).startThread()

/** @param {SharedArrayBuffer} [memory] */
function compiled(memory) {
  const length = memory ? Atomics.load(new Int32Array(memory, 0, 1), 0) : 0
  if (length === 0) return undefined
  const made = Buffer.from(memory, HEADER - BUILD_BYTES, BUILD_BYTES).toString('hex')
  // The library may have been replaced since the program loaded it.
  return BUILD.startsWith(made) ? new Uint8Array(memory, HEADER, length) : undefined
}
