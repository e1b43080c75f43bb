// What a child process runs. The program may have left it the compiled library, in a file.
const { closeSync, readSync } = require('node:fs')

const CODE_FD = 7
/** Before it stands its length, as soon as all of it is there. */
const LENGTH_BYTES = 4

require('./load.cjs').loadCore(compiled()).startProcess()

function compiled() {
  try {
    const length = new Uint32Array(1)
    // Not from where the file stands, which all of the program's children share.
    const told = readSync(CODE_FD, length, 0, LENGTH_BYTES, 0)
    const code = new Uint8Array(length[0])
    const read = told === 0 ? 0 : readSync(CODE_FD, code, 0, code.length, LENGTH_BYTES)
    closeSync(CODE_FD)
    return read > 0 && read === code.length ? code : undefined
  } catch {
    return undefined // There is none.
  }
}
