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
 *                             for-bundlers.js   all of it in one module without files beside it, to be built into others
 */
import { createHash } from 'node:crypto'
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const PLACEHOLDER = 'requireForBundlers'
/** What scripts find by name: of CommonJS, and of the loader (`lib/bundle/load.cjs`). */
const LOADER_GIVES = ['exports', 'require', 'module', '__dirname', 'importByLoader', 'compileAhead', 'core']
const root = fileURLToPath(new URL('..', import.meta.url))
const outdir = `${root}dist/lib`
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
 * imports it.
 * @param {string} file
 * @returns {import('esbuild').BuildOptions}
 */
const asScript = file => ({
  ...common,
  format: 'cjs',
  define: { 'import.meta.url': 'libraryUrl' },
  banner: { js: `const libraryUrl=require('node:url').pathToFileURL(__dirname+'/${file}').href;` },
})

/**
 * One that the loader runs: a function, as it stands in the file. To put one around it when it is read would copy all
 * of it once more.
 * @param {string} file
 * @returns {import('esbuild').BuildOptions}
 */
const asFunction = file => {
  const script = asScript(file)
  return {
    ...script,
    banner: { js: `(function(${LOADER_GIVES.join()}){${script.banner?.js}` },
    footer: { js: '})' },
  }
}

// ── what a worker needs ──────────────────────────────────────────────────────────────────────────────────────
const { metafile } = await build({
  ...common,
  format: 'esm',
  entryPoints: ['dist/src/worker/entries.js'],
  outdir,
  write: false,
  metafile: true,
})
const coreFiles = Object.keys(metafile.inputs).filter(name => name.startsWith('dist/'))
/** What is named so is a file's export, in the core: `m7_createError`. */
const CORE_NAME = /\bm(\d+)_([\w$]+)/g

/**
 * In the faces, what stands in the core is taken from there.
 * @type {import('esbuild').Plugin}
 */
const fromCore = {
  name: 'core',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const number = coreFiles.indexOf(relative(root, path).replaceAll('\\', '/'))
      if (number < 0) return undefined
      const names = Object.keys(await import(pathToFileURL(path).href))
      const lines = names.map(
        name => `export const ${name} = /* @__PURE__ */ (() => core.m${number}_${name})()`,
      )
      return { contents: lines.join('\n') }
    })
  },
}

await build({
  ...asFunction('index.js'),
  plugins: [fromCore, builtins],
  entryPoints: ['dist/src/index.js'],
  outfile: `${outdir}/faces.cjs`,
  sourcemap: true,
})
// A script has no `import()` of its own on every Node.
const faces = readFileSync(`${outdir}/faces.cjs`, 'utf8').replaceAll('import("', 'importByLoader("')
writeFileSync(`${outdir}/faces.cjs`, faces)
const used = new Map()
for (const [name, number, exported] of faces.matchAll(CORE_NAME)) {
  used.set(name, `export { ${exported} as ${name} } from './${coreFiles[Number(number)]}'`)
}
await build({
  ...asFunction('core.cjs'),
  stdin: {
    contents: [
      `export { rehearseCall, startProcess, startThread } from './dist/src/worker/entries.js'`,
      `export { publishExports } from './dist/src/capture/index.js'`,
      ...used.values(),
    ].join('\n'),
    resolveDir: root,
  },
  outfile: `${outdir}/core.cjs`,
  sourcemap: true,
})

// ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────
await build({
  ...asScript('core.cjs'),
  entryPoints: ['dist/src/memory/broker/entry-broker.js'],
  outfile: `${outdir}/entry-broker.cjs`,
})
await build({
  ...common,
  format: 'esm',
  entryPoints: ['dist/src/index.js'],
  outfile: `${outdir}/for-bundlers.js`,
})

// See src/capture/parse.ts: written plainly, esbuild would take it for a request of our own.
for (const name of ['core.cjs', 'for-bundlers.js']) {
  const file = join(outdir, name)
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(PLACEHOLDER, 'require'))
}

const parts = fileURLToPath(new URL('lib/bundle/', import.meta.url))
for (const name of readdirSync(parts)) copyFileSync(join(parts, name), join(outdir, name))

// What is kept in compiled form is known by what it was compiled from.
const contents = createHash('sha256')
for (const name of ['core.cjs', 'faces.cjs']) contents.update(readFileSync(join(outdir, name)))
const loader = join(outdir, 'load.cjs')
writeFileSync(loader, readFileSync(loader, 'utf8').replace('@build', contents.digest('hex')))

const names = Object.keys(await import(pathToFileURL(`${root}dist/src/index.js`).href))
const index = join(outdir, 'index.js')
const lines = names.map(name => `export const ${name} = library.${name}`)
writeFileSync(index, `${readFileSync(index, 'utf8')}\n${lines.join('\n')}\n`)
