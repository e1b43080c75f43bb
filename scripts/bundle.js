// @ts-check
/*
 * Joins the library's built files: loading over a hundred small files took longer than starting Node, in every program
 * and again in every worker. The separate files stay beside them for the tests and for reading.
 *
 *   dist/src/**  ─►  dist/lib/core.cjs          what a worker needs, as one script
 *                             faces.cjs         the rest of what users hold: made of the core
 *                             load.cjs          runs both; a worker gets the core as its program has compiled it
 *                             keep.cjs          keeps what came of compiling for programs to come
 *                             index.js          for `import`: the names, by load.cjs
 *                             index.cjs         for `require`, likewise
 *                             entry-*.cjs       what workers run
 *                             empty.js          what rehearsals load
 *                             for-bundlers.js   all of it in one module without files beside it, to be built into others
 */
import { createHash } from 'node:crypto'
import { appendFileSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { globSync } from 'tinyglobby'

const PLACEHOLDER = 'requireForBundlers'
/** What the two scripts find by name: of CommonJS, and of the loader (`lib/bundle/load.cjs`). */
const LOADER_GIVES = [
  'require',
  '__dirname',
  'libraryBuild',
  'importByLoader',
  'compileAhead',
  'give',
  'core',
  'later',
]
/**
 * What a worker rarely needs, and then waits for: files of which the core calls functions, and takes nothing else. The
 * smaller it is, the sooner a worker begins.
 */
const LATER = [
  'base/error-table/index.js',
  'base/options.js',
  'capture/inspect.js',
  'capture/instances.js',
  'capture/pack-function.js',
  'capture/parse.js',
  'capture/scripts.js',
  'capture/by-reference.js',
  'capture/resolve-import.js',
  'codec/kinds/length-tracking.js',
  'memory/arena-file.js',
  'memory/arenas.js',
  'memory/collect-child.js',
  'memory/dead-names.js',
  'memory/handles.js',
  'memory/map-file.js',
  'worker/own-classes.js',
]
const root = fileURLToPath(new URL('..', import.meta.url))
const outdir = `${root}dist/lib`
const { sideEffects } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
/** Files that do something when they are loaded, as the package says it to all bundlers. */
const EFFECTS = new Set(globSync(sideEffects, { cwd: root, absolute: true }))
rmSync(outdir, { recursive: true, force: true })

/**
 * Node's own modules by `process.getBuiltinModule`, name by name: an `import` of one makes Node list and touch all
 * that it exports, which costs milliseconds and loads what nobody asked for.
 * @type {import('esbuild').Plugin}
 */
const builtins = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin', sideEffects: false }))
    onLoad({ filter: /.*/, namespace: 'builtin' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter(name => name !== 'default')
      // Names that nobody imports are dropped, so that a Node that lacks one is no matter.
      const exported = names.map(name => `export const ${name} = /* @__PURE__ */ (() => all.${name})()`)
      return {
        contents: [`const all = process.getBuiltinModule('${path}')`, 'export default all', ...exported].join(
          '\n',
        ),
      }
    })
  },
}

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  plugins: [builtins],
  // Names stay: errors and stacks show them. The rest is only to be read by Node; people have the map.
  minifyWhitespace: true,
  // Above an uncaught error Node prints the line it came from.
  lineLimit: 160,
  logLevel: 'warning',
  // Import attributes that only older Nodes need are in a variable, and are meant for Node alone.
  logOverride: { 'unsupported-dynamic-import': 'silent' },
}

/**
 * A CommonJS script. Where it takes its own address, it gets that of `file`: a worker that lacks what it registers
 * imports it. Found out at the first question, for a worker has none at its start.
 * @param {string} file
 * @returns {import('esbuild').BuildOptions}
 */
const asScript = file => ({
  ...common,
  format: 'cjs',
  define: { 'import.meta.url': 'library.url', ENTRY_ENDING: '".cjs"' },
  banner: {
    js: `const library={get url(){return require('node:url').pathToFileURL(__dirname+'/${file}').href}};`,
  },
})

/**
 * One that the loader runs: a function, as it stands in the file. To put one around it when it is read would copy all
 * of it once more. It exports nothing, for making hundreds of exports takes a worker a millisecond: it gives.
 * @param {string} name
 * @param {string} file
 * @param {readonly string[]} contents
 * @returns {import('esbuild').BuildOptions}
 */
const asFunction = (name, file, contents) => {
  const script = asScript(file)
  return {
    ...script,
    stdin: { contents: contents.join('\n'), resolveDir: root },
    banner: { js: `(function(${LOADER_GIVES.join()}){${script.banner?.js}` },
    footer: { js: '})' },
    outfile: `${outdir}/${name}`,
    sourcemap: true,
  }
}

// ── what a worker needs ──────────────────────────────────────────────────────────────────────────────────────
/** What is named so is a file's export: `m7_createError`. Of the core, or of what comes later. */
const PART_NAME = /\b(m|later)(\d+)_([\w$]+)/g

/** @param {string} path */
const nameOf = path => relative(`${root}dist/src`, path).replaceAll('\\', '/')

/**
 * A function of a file that the core has not: it loads the faces, which have it, and calls it there.
 * @param {string} name @param {unknown} value @param {number} file
 */
function laterExport(name, value, file) {
  if (typeof value === 'function' && !/^class\b/.test(String(value)))
    return `export function ${name}(...args) { return later().later${file}_${name}(...args) }`
  // Not to be used from the core: what is no function would have to be there at once.
  return `export const ${name} = /* @__PURE__ */ onlyLater()`
}

/**
 * The core: of most files only what is used, of some only who calls them later.
 * @type {import('esbuild').Plugin}
 */
const withoutLater = {
  name: 'later',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path)
      return { path: file, sideEffects: EFFECTS.has(file) }
    })
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const file = LATER.indexOf(nameOf(path))
      if (file < 0) return undefined
      const all = Object.entries(await import(pathToFileURL(path).href))
      return { contents: all.map(([name, value]) => laterExport(name, value, file)).join('\n') }
    })
  },
}

/** What users get. */
const publicNames = Object.keys(await import(pathToFileURL(`${root}dist/src/index.js`).href))

/** Files of which the core has something: it has all of each. A room's face, which only hands on, is none. @type {string[]} */
const coreFiles = []

/** @param {import('esbuild').Metafile} metafile */
function noteCoreFiles({ outputs }) {
  const { inputs } = /** @type {(typeof outputs)[string]} */ (outputs['dist/lib/core.cjs'])
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const file = path.slice('dist/src/'.length)
    const isPart = path.startsWith('dist/src/') && !/^\w+\/index\.js$/.test(file) && !LATER.includes(file)
    if (isPart && bytesInOutput > 0 && !coreFiles.includes(file)) coreFiles.push(file)
  }
}

/**
 * In the faces, what stands in the core is taken from there.
 * @type {import('esbuild').Plugin}
 */
const fromCore = {
  name: 'core',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const number = coreFiles.indexOf(nameOf(path))
      if (number < 0) return undefined
      const names = Object.keys(await import(pathToFileURL(path).href))
      const lines = names.map(
        name => `export const ${name} = /* @__PURE__ */ (() => core.m${number}_${name})()`,
      )
      return { contents: lines.join('\n') }
    })
  },
}

/**
 * What a text uses of these files, by its names there.
 * @param {string} text @param {string} kind @param {string[]} files
 */
function partsIn(text, kind, files) {
  const found = new Map()
  for (const [name, is, number, exported] of text.matchAll(PART_NAME))
    if (is === kind) found.set(name, `{ ${exported} as ${name} } from './dist/src/${files[Number(number)]}'`)
  return found
}

/*
 * Both are built until each has what the other takes from it: the faces take more from the core than workers do, and
 * that may call more of what comes later.
 */
let core = ''
let faces = ''
for (let before; before !== core + faces; ) {
  before = core + faces
  const taken = partsIn(faces, 'm', coreFiles)
  const { metafile } = await build({
    ...asFunction('core.cjs', 'core.cjs', [
      `import { rehearseCall, startProcess, startThread } from './dist/src/worker/entries.js'`,
      `import { publishExports } from './dist/src/capture/own-functions.js'`,
      ...[...taken.values()].map(part => `import ${part}`),
      `const parts = () => ({ ${[...taken.keys()].join()} })`,
      `give({ rehearseCall, startProcess, startThread, publishExports, parts })`,
    ]),
    plugins: [withoutLater, builtins],
    metafile: true,
  })
  core = readFileSync(`${outdir}/core.cjs`, 'utf8')
  if (core.includes('onlyLater')) throw new Error('the core uses more than functions of what comes later')
  noteCoreFiles(metafile)
  const later = partsIn(core, 'later', LATER)
  await build({
    ...asFunction('faces.cjs', 'index.js', [
      `import { ${publicNames.join()} } from './dist/src/index.js'`,
      ...[...later.values()].map(part => `import ${part}`),
      `give({ names: { ${publicNames.join()} }, later: { ${[...later.keys()].join()} } })`,
    ]),
    plugins: [fromCore, builtins],
  })
  // A script has no `import()` of its own on every Node.
  faces = readFileSync(`${outdir}/faces.cjs`, 'utf8').replaceAll('import("', 'importByLoader("')
  writeFileSync(`${outdir}/faces.cjs`, faces)
}

// ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────
await build({
  ...asScript('core.cjs'),
  entryPoints: ['dist/src/memory/broker/entry-broker.js'],
  outfile: `${outdir}/entry-broker.cjs`,
})
await build({
  ...common,
  format: 'esm',
  stdin: {
    contents: [
      `import * as all from './dist/src/index.js'`,
      `import { publishExports } from './dist/src/capture/own-functions.js'`,
      `publishExports(undefined, all)`,
      `export * from './dist/src/index.js'`,
    ].join('\n'),
    resolveDir: root,
  },
  outfile: `${outdir}/for-bundlers.js`,
  define: {
    'import.meta.url': 'libraryUrl',
    ENTRY_ENDING: '".cjs"',
    libraryInBundle: 'true',
    brokerText: JSON.stringify(readFileSync(`${outdir}/entry-broker.cjs`, 'utf8')),
  },
  // Some bundlers make CommonJS of it without an address.
  banner: {
    js: `const libraryUrl=import.meta.url??process.getBuiltinModule('node:url').pathToFileURL(__filename).href;`,
  },
})

// See src/capture/parse.ts: written plainly, esbuild would take it for a request of our own.
for (const name of ['faces.cjs', 'for-bundlers.js']) {
  const file = join(outdir, name)
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(PLACEHOLDER, 'require'))
}

/*
 * A class that names itself in its body is `var Shared=class _Shared{…}` by now, and people would be shown an object of
 * `_Shared`. A blank in place of the line keeps the map right.
 */
for (const name of ['core.cjs', 'faces.cjs', 'for-bundlers.js']) {
  const file = join(outdir, name)
  const text = readFileSync(file, 'utf8')
  const own = new Set(Array.from(text.matchAll(/\b(\w+)=class _\1\b/g), ([, named]) => named))
  writeFileSync(
    file,
    text.replaceAll(/\b_(\w+)/g, (all, named) => (own.has(named) ? ` ${named}` : all)),
  )
}

// As src/capture/empty.ts, without a map beside it.
writeFileSync(join(outdir, 'empty.js'), 'export default undefined\n')

const parts = fileURLToPath(new URL('lib/bundle/', import.meta.url))
for (const name of readdirSync(parts)) copyFileSync(join(parts, name), join(outdir, name))

// What workers run has the loader in it: to find and read another file takes them half a millisecond.
const entries = ['entry-process.cjs', 'entry-thread.cjs']
await build({
  ...common,
  plugins: [],
  format: 'cjs',
  entryPoints: entries.map(name => join(parts, name)),
  outdir,
  outExtension: { '.js': '.cjs' },
  external: ['./keep.cjs'],
})

// What is kept in compiled form is known by what it was compiled from, and both scripts by whom they belong to.
const scripts = ['core.cjs', 'faces.cjs'].map(name => join(outdir, name))
const contents = createHash('sha256')
for (const file of scripts) contents.update(readFileSync(file))
const contentsHash = contents.digest('hex').slice(0, 16)
for (const file of scripts) appendFileSync(file, `//${contentsHash}`)
for (const name of ['load.cjs', ...entries]) {
  const file = join(outdir, name)
  writeFileSync(file, readFileSync(file, 'utf8').replace('@build', contentsHash))
}

const index = join(outdir, 'index.js')
const lines = publicNames.map(name => `export const ${name} = library.${name}`)
writeFileSync(index, `${readFileSync(index, 'utf8')}\n${lines.join('\n')}\n`)
