// What a worker thread runs. The program may have left it the compiled library, in shared memory.
const { workerData } = require('node:worker_threads')

/** Before it stands its length, as soon as all of it is there. */
const HEADER = 8

require('./load.cjs').loadCore(compiled(workerData.code)).startThread()

/** @param {SharedArrayBuffer} [memory] */
function compiled(memory) {
  const length = memory ? Atomics.load(new Int32Array(memory, 0, 1), 0) : 0
  return length > 0 ? new Uint8Array(memory, HEADER, length) : undefined
}
