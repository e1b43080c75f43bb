// Keeps the compiled form of a script for programs to come; see load.cjs.
const { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')

/** A draft is named after the file and the process that writes it. */
const DRAFT = /-\d+\.(\d+)$/

/** What is that old is of an engine that is gone, or is made again. In milliseconds. */
const OLD = 30 * 24 * 60 * 60 * 1000

/** Throws where that is not possible. @param {string} file @param {Uint8Array} code @param {Uint8Array} label */
exports.keep = (file, code, label) => {
  const folder = dirname(file)
  // No library of ours makes a `node_modules` where there is none.
  if (!existsSync(dirname(dirname(folder)))) return
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) {
    if (isLeftover(name) || isOld(join(folder, name))) rmSync(join(folder, name), { force: true })
  }
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, Buffer.concat([code, code, label]))
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function isOld(file) {
  const { mtimeMs = Date.now() } = statSync(file, { throwIfNoEntry: false }) ?? {}
  return Date.now() - mtimeMs > OLD
}

/** Whoever wrote it was killed. */
function isLeftover(name) {
  const [, writer] = DRAFT.exec(name) ?? []
  try {
    return writer !== undefined && !process.kill(Number(writer), 0)
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
