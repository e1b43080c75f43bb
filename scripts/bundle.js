// @ts-check
/*
 * Joins the library's built files: loading over a hundred small files took longer than starting Node, in every program
 * and again in every worker. The separate files stay beside them for the tests and for reading.
 *
 *   dist/src/**  ─►  dist/lib/library.cjs       all of it as one script, which programs and their workers run
 *                             load.cjs          runs it, compiled where a program has left that to its worker
 *                             index.js          for `import`: the names, by load.cjs
 *                             index.cjs         for `require`, likewise
 *                             entry-*.cjs       what workers run
 *                             for-bundlers.js   the same as a module without files beside it, to be built into others
 */
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const PLACEHOLDER = 'requireForBundlers'
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
/** @type {import('esbuild').BuildOptions} */
const asScript = {
  ...common,
  format: 'cjs',
  define: { 'import.meta.url': 'libraryUrl' },
  banner: { js: "const libraryUrl=require('node:url').pathToFileURL(__filename).href;" },
}

await build({
  ...asScript,
  stdin: {
    contents: `export * from './dist/src/index.js'
      export { startProcess, startThread } from './dist/src/worker/entries.js'`,
    resolveDir: root,
  },
  outfile: `${outdir}/library.cjs`,
  sourcemap: true,
})
await build({
  ...asScript,
  entryPoints: ['dist/src/memory/broker/entry-broker.js'],
  outfile: `${outdir}/entry-broker.cjs`,
})
await build({ ...common, format: 'esm', entryPoints: ['dist/src/index.js'], outfile: `${outdir}/for-bundlers.js` })

// See src/capture/parse.ts: written plainly, esbuild would take it for a request of our own.
for (const name of ['library.cjs', 'for-bundlers.js']) {
  const file = join(outdir, name)
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(PLACEHOLDER, 'require'))
}

const parts = fileURLToPath(new URL('lib/bundle/', import.meta.url))
for (const name of readdirSync(parts)) copyFileSync(join(parts, name), join(outdir, name))

const names = Object.keys(await import(pathToFileURL(`${root}dist/src/index.js`).href))
const index = join(outdir, 'index.js')
const lines = names.map(name => `export const ${name} = library.${name}`)
writeFileSync(index, `${readFileSync(index, 'utf8')}\n${lines.join('\n')}\n`)
