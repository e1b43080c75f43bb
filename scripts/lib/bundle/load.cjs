/*
 * Runs the library's two scripts, each at the first request and once in a thread.
 *
 *   program: text ─► compile ─► run ─► when it has started a worker: what came of compiling the core
 *   worker:  text, and that     ─► run
 */
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')
const { Script } = require('node:vm')

let core
let faces

/** What a worker needs. @param {Uint8Array} [code] what `compileAhead` gave in the program that started it */
exports.loadCore = code => {
  core ??= run('core.cjs', {}, code)
  return core
}

/** What users hold. */
exports.loadFaces = () => {
  faces ??= loadFaces()
  return faces
}

function loadFaces() {
  const loaded = run('faces.cjs', { core: exports.loadCore() })
  core.publishExports(pathToFileURL(join(__dirname, 'index.js')).href, loaded)
  return loaded
}

/** A script has no `import()` of its own on every Node. */
function importByLoader(url, options) {
  return options ? import(url, options) : import(url)
}

/** What came of compiling the core, once it is loaded. @type {(() => Uint8Array) | undefined} */
exports.compileAhead = undefined

/** @param {object} more what it finds by these names, beside what a CommonJS module does */
function run(name, more, code) {
  const filename = join(__dirname, name)
  // Nothing but ASCII: so it is read, and held, as it is.
  const text = readFileSync(filename, 'latin1')
  const module = { exports: {} }
  const compileAhead = () => script.createCachedData()
  if (name === 'core.cjs') exports.compileAhead = compileAhead
  const given = { exports: module.exports, require, module, __dirname, compileAhead, importByLoader, ...more }
  const names = Object.keys(given).join()
  const script = new Script(`(function (${names}) {${text}\n})`, { filename, cachedData: code })
  script.runInThisContext()(...Object.values(given))
  return module.exports
}
