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

const CORE = 'core.cjs'

let core
let faces
const scripts = new Map()

/** What a worker needs. @param {Uint8Array} [code] what `compileAhead` gave in the program that started it */
exports.loadCore = code => {
  core ??= run(CORE, { compileAhead: exports.compileAhead }, code)
  return core
}

/** What users hold. */
exports.loadFaces = () => {
  faces ??= loadFaces()
  return faces
}

/** What came of compiling the core, with what only workers do. */
exports.compileAhead = () => {
  core.rehearseCall()
  return scripts.get(CORE).createCachedData()
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

/** @param {object} more what it finds by these names, beside what a CommonJS module does */
function run(name, more, code) {
  const filename = join(__dirname, name)
  // Nothing but ASCII: so it is read, and held, as it is.
  const text = readFileSync(filename, 'latin1')
  const module = { exports: {} }
  const given = { exports: module.exports, require, module, __dirname, importByLoader, ...more }
  const names = Object.keys(given).join()
  const script = new Script(`(function (${names}) {${text}\n})`, { filename, cachedData: code })
  scripts.set(name, script)
  script.runInThisContext()(...Object.values(given))
  return module.exports
}
