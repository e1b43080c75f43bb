/*
 * Runs the library, which is one script, at the first request, and once in a thread.
 *
 *   program: text ─► compile ─► run ─► when a worker is started: what came of compiling
 *   worker:  text, and that     ─► run
 */
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { Script } = require('node:vm')

const PARAMETERS = 'exports, require, module, __filename, __dirname, importByLoader, compileAhead'

let library

/** @param {Uint8Array} [code] what `compileAhead` gave in the program that started this worker */
exports.load = code => {
  library ??= run(code)
  return library
}

function run(code) {
  const filename = join(__dirname, 'library.cjs')
  // Nothing but ASCII: so it is read, and held, as it is.
  const text = readFileSync(filename, 'latin1')
  const script = new Script(`(function (${PARAMETERS}) {${text}\n})`, { filename, cachedData: code })
  const module = { exports: {} }
  const importByLoader = (url, options) => (options ? import(url, options) : import(url))
  const compileAhead = () => script.createCachedData()
  script
    .runInThisContext()
    .call(undefined, module.exports, require, module, filename, __dirname, importByLoader, compileAhead)
  return module.exports
}
