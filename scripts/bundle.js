// @ts-check
/*
 * Joins the library's built files into a few: loading over a hundred small files took longer than starting Node,
 * in every program and again in every worker. The separate files stay beside them for the tests and for reading.
 *
 *   dist/src/**  ─►  dist/lib/index.js  entry-process.js  entry-thread.js  entry-broker.js  and what they share
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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

await build({
  absWorkingDir: root,
  entryPoints: {
    index: 'dist/src/index.js',
    'entry-process': 'dist/src/worker/entry-process.js',
    'entry-thread': 'dist/src/worker/entry-thread.js',
    'entry-broker': 'dist/src/memory/broker/entry-broker.js',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  plugins: [builtins],
  sourcemap: true,
  // Names stay: errors and stacks show them. The rest is only to be read by Node; people have the map.
  minifyWhitespace: true,
  // Above an uncaught error Node prints the line it came from.
  lineLimit: 160,
  logLevel: 'warning',
  // Import attributes that only older Nodes need are in a variable, and are meant for Node alone.
  logOverride: { 'unsupported-dynamic-import': 'silent' },
})

// See src/capture/parse.ts: written plainly, esbuild would take it for a request of our own.
for (const name of readdirSync(outdir)) {
  const file = join(outdir, name)
  const text = readFileSync(file, 'utf8')
  if (name.endsWith('.js') && text.includes(PLACEHOLDER))
    writeFileSync(file, text.replaceAll(PLACEHOLDER, 'require'))
}

// For `require`. Tools with a loader of their own that knows CommonJS only, such as Jest, get the modules by Node's,
// which is behind their replacements: the functions of Node's modules come from where the real `process` is.
writeFileSync(
  join(outdir, 'index.cjs'),
  `try {
  module.exports = require('./index.js')
} catch {
  const { getBuiltinModule } = require('node:events').constructor('return process')()
  module.exports = getBuiltinModule('node:module').createRequire(__filename)('./index.js')
}
`,
)
