// @ts-check
/*
 * Joins the library's built files into a few: loading over a hundred small files took longer than starting Node,
 * in every program and again in every worker. The separate files stay beside them for the tests and for reading.
 *
 *   dist/src/**  ─►  dist/lib/index.js  entry-process.js  entry-thread.js  and what they share
 */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const outdir = `${root}dist/lib`
rmSync(outdir, { recursive: true, force: true })

await build({
  absWorkingDir: root,
  entryPoints: {
    index: 'dist/src/index.js',
    'entry-process': 'dist/src/worker/entry-process.js',
    'entry-thread': 'dist/src/worker/entry-thread.js',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  // Names stay: errors and stacks show them. The rest is only to be read by Node; people have the map.
  minifyWhitespace: true,
  logLevel: 'warning',
  // Import attributes that only older Nodes need are in a variable, and are meant for Node alone.
  logOverride: { 'unsupported-dynamic-import': 'silent' },
})
