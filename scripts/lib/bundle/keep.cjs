// Keeps the compiled form of a script for programs to come; see load.cjs.
const { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } = require('node:fs')
const { dirname } = require('node:path')

/** @param {string} file @param {string} build @param {Uint8Array} code */
exports.keep = (file, build, code) => {
  const folder = dirname(file)
  const draft = `${file}.${process.pid}`
  try {
    // No library of ours makes a `node_modules` where there is none.
    if (!existsSync(dirname(dirname(folder)))) return
    mkdirSync(folder, { recursive: true })
    writeFileSync(draft, Buffer.concat([Buffer.from(build, 'latin1'), code, code]), { flag: 'wx' })
    renameSync(draft, file)
  } catch {
    // Not ours to write, no room, or in use: then programs compile the text.
    rmSync(draft, { force: true })
  }
}
