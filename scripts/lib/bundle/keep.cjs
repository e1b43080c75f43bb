// Keeps the compiled form of a script for programs to come; see load.cjs.
const { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')

/** A draft is named after the file and the process that writes it. */
const DRAFT = /-\d+\.(\d+)$/

/** Throws where that is not possible. @param {string} file @param {string} build @param {Uint8Array} code */
exports.keep = (file, build, code) => {
  const folder = dirname(file)
  // No library of ours makes a `node_modules` where there is none.
  if (!existsSync(dirname(dirname(folder)))) return
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) if (isLeftover(name)) rmSync(join(folder, name), { force: true })
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, Buffer.concat([Buffer.from(build, 'latin1'), code, code]))
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
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
