// What a child process runs. The program may have left it the compiled library, in a file.
const { closeSync, readSync } = require('node:fs')

const CODE_FD = 7
/** Before it stand its length and whose it is, as soon as all of it is there. */
const HEADER = 64
const LENGTH_BYTES = 4

const { BUILD, loadCore } = require('./load.cjs')
loadCore(compiled()).startProcess()

function compiled() {
  try {
    const header = Buffer.alloc(HEADER)
    // Not from where the file stands, which all of the program's children share.
    readSync(CODE_FD, header, 0, HEADER, 0)
    const [made] = header.latin1Slice(LENGTH_BYTES).split('\0')
    // This may be another Node, or another library: it was set, or has taken the place of the one in the program.
    const length = made === `${process.version} ${process.arch} ${BUILD}` ? header.readUInt32LE() : 0
    const code = new Uint8Array(length)
    const read = length > 0 ? readSync(CODE_FD, code, 0, length, HEADER) : 0
    closeSync(CODE_FD)
    return read > 0 && read === length ? code : undefined
  } catch {
    return undefined // There is none.
  }
}
