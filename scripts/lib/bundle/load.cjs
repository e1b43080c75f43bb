/*
 * Runs the library's two scripts, each at the first request and once in a thread.
 *
 *   program: text, and what an earlier program kept ─► compile ─► run ─► when it has started a worker: leaves the
 *            compiled core to it; keeps both for programs to come, if there was nothing to find
 *   worker:  text, and what its program left ─► run
 *
 * What is kept lies in `node_modules/.cache/manycore`, beside the library: who may write there may change the library
 * itself. NODE_DISABLE_COMPILE_CACHE=1, which turns off Node's own cache, does so with this one.
 */
const { readFileSync, realpathSync, statSync } = require('node:fs')
const { dirname, join, sep } = require('node:path')
// Kept from before: the user's code may put others in their place.
const { clearTimeout, setTimeout } = require('node:timers')
const { Script } = require('node:vm')

const CORE = 'core.cjs'
const FACES = 'faces.cjs'
/** Stands for the contents of both scripts: scripts/bundle.js writes it here, and at their ends. */
const BUILD = '@build'
exports.BUILD = BUILD

/**
 * The folder of this file, as the program sees it. With --preserve-symlinks that may be another than Node tells a worker,
 * whose own file it looks for behind all links; the modules that are loaded there would have a library of their own.
 */
const HOME = home()

function home() {
  const started = process.argv[1] ?? ''
  const folder = /[\\/]entry-(process|thread)\.cjs$/.test(started) ? dirname(started) : __dirname
  return folder === __dirname || realpathSync(folder) !== __dirname ? __dirname : folder
}

let core
let faces
/** Each that runs, by its name. */
const scripts = new Map()
/** Those that had not to be compiled. */
const taken = new Set()
/** What came of compiling the core, where that was kept or came from the program. */
let coreCode

/** What a worker needs. @param {Uint8Array} [code] what `compileAhead` gave in the program that started it */
exports.loadCore = code => {
  core ??= run(CORE, undefined, code)
  return core
}

/** What users hold. */
exports.loadFaces = () => faceParts().names

/** Functions of the faces that the core calls. */
function later() {
  return faceParts().later
}

/** What came of compiling the core, with what only workers do. */
exports.compileAhead = () => {
  keepSoon()
  coreCode ??= compiled(CORE)
  return coreCode
}

function faceParts() {
  if (faces) return faces
  faces = run(FACES, exports.loadCore().parts())
  // What compilers make of `import` asks for it.
  Object.defineProperty(faces.names, '__esModule', { value: true })
  // Workers need no more of it than their first module does.
  const { pathToFileURL } = require('node:url')
  core.publishExports(pathToFileURL(join(HOME, 'index.js')).href, faces.names)
  return faces
}

/** A script has no `import()` of its own on every Node. */
function importByLoader(url, options) {
  return options ? import(url, options) : import(url)
}

/** A script is a function of what it finds by name, and gives what it has: see scripts/bundle.js. */
function run(name, parts, code = keptCode(name)) {
  const filename = join(HOME, name)
  // Nothing but ASCII: so it is read, and held, as it is.
  const text = readFileSync(filename, 'latin1')
  if (!text.endsWith(BUILD))
    throw new Error(`${filename} was replaced while this program ran: start the program anew`)
  const script = new Script(text, { filename, cachedData: code })
  scripts.set(name, script)
  if (script.cachedDataRejected === false) {
    taken.add(name)
    if (name === CORE) coreCode = code
  }
  let given
  const give = all => {
    given = all
  }
  script.runInThisContext()(require, HOME, BUILD, importByLoader, exports.compileAhead, give, parts, later)
  return given
}

function compiled(name) {
  core.rehearseCall()
  return scripts.get(name).createCachedData()
}

// ── what is kept ───────────────────────────────────────────────────────────────────────────────────────────────

/** In milliseconds: by then the functions that a program needs at first have run, and are kept compiled. */
const KEEP_AFTER = 2000

let keeping = false
let label

function keepSoon() {
  const { isMainThread } = require('node:worker_threads')
  if (keeping || !isMainThread || taken.size === 2 || !scripts.has(FACES) || !keptFile(CORE)) return
  keeping = true
  const keep = () => {
    clearTimeout(timer)
    process.off('exit', keep)
    try {
      // In a file of its own: it is needed once.
      const kept = require('./keep.cjs')
      for (const name of scripts.keys()) kept.keep(keptFile(name), compiled(name), labelOfKept())
    } catch {
      // Not ours to write, no room, in use, or gone: then programs compile the text, and are none the worse.
    }
  }
  const timer = setTimeout(keep, KEEP_AFTER).unref()
  process.on('exit', keep)
}

/**
 * Where the compiled form of this script is kept, for an engine like this with flags like these. The engine's own tag is
 * not enough: it is the same for releases of Node whose engines differ, and they die of each other's code.
 */
function keptFile(name) {
  if (process.env.NODE_DISABLE_COMPILE_CACHE || process.env.NODE_V8_COVERAGE) return undefined
  const at = HOME.lastIndexOf(`${sep}node_modules${sep}`)
  const around = at < 0 ? join(HOME, '../..') : HOME.slice(0, at)
  const { cachedDataVersionTag } = require('node:v8')
  const engine = [process.version, process.arch, cachedDataVersionTag()].join('-')
  return join(around, 'node_modules/.cache/manycore', `${name}-${engine}`)
}

/** Ends what is kept. Another program of the same version may be built otherwise; and the compiled form has the path in it. */
function labelOfKept() {
  return (label ??= Buffer.from([BUILD, statSync(process.execPath).size, HOME].join()))
}

/** The engine takes everything that is the right length, and dies of it: so it lies there twice. */
function keptCode(name) {
  try {
    const bytes = readFileSync(keptFile(name))
    const ending = labelOfKept()
    const end = bytes.length - ending.length
    const code = bytes.subarray(0, end / 2)
    return bytes.subarray(end).equals(ending) && bytes.subarray(end / 2, end).equals(code) ? code : undefined
  } catch {
    return undefined // There is none.
  }
}

// ── one for all ────────────────────────────────────────────────────────────────────────────────────────────────

/*
 * What workers run has this file in it, and tools load a file as often as they see names for it. There is one library in
 * a thread all the same: whoever came first.
 */
const SHARED = Symbol.for(`manycore ${BUILD} ${HOME}`)
const first = globalThis[SHARED] ?? exports
if (first === exports) Object.defineProperty(globalThis, SHARED, { value: exports })
module.exports = first
