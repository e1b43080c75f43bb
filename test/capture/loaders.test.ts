import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

/* Modules that compilers wrote, and modules that only a tool in the program can load. */

const everywhere = `
const { Pool, ThreadPool } = require('manycore')
async function everywhere(...calls) {
  for (const Kind of [ThreadPool, Pool]) {
    const pool = new Kind(1)
    for (const [fn, ...args] of calls)
      console.log(JSON.stringify(await pool.apply(fn, args).catch(error => error.message)))
    pool.close()
    await pool.join()
  }
}
`
/** What a loader does that was not asked for by a flag: it takes types away when this program loads a file. */
const LOADER = `
const { readFileSync } = require('node:fs')
require.extensions['.ts'] = (module, file) =>
  module._compile(readFileSync(file, 'utf8').replace(/: (number|Size)\\b/g, ''), file)
`

test('what only a loader of this program can read goes by value', async () => {
  const { stdout, stderr } = await runProgram(
    `${LOADER}${everywhere}
    const shapes = require('./shapes.ts')
    const { area, Shape } = shapes
    everywhere([area, { width: 1, height: 2 }], [() => new Shape(2).twice() + shapes.UNIT], [() => shapes.count()])`,
    {
      name: 'main.cjs',
      files: {
        'shapes.ts': `exports.UNIT = 10
exports.area = (size: Size): number => size.width * size.height * exports.UNIT
exports.Shape = class { constructor(width: number) { this.width = width } twice(): number { return this.width * 2 } }
let calls = 0
exports.count = (): number => ++calls\n`,
      },
    },
  )
  assert.doesNotMatch(stderr, /Error/)
  assert.equal(stdout, '20\n14\n1\n'.repeat(2))
})

test('with the loader asked for by a flag, the module itself is loaded over there', async () => {
  const { stdout, stderr } = await runProgram(
    `${everywhere}
    const { count, area } = require('./shapes.ts')
    everywhere([area, 2], [() => [count(), count()]])`,
    {
      name: 'main.cjs',
      execArgv: ['-r', './loader.cjs'],
      files: {
        'loader.cjs': LOADER,
        'shapes.ts': `let calls = 0
exports.count = (): number => ++calls
exports.area = (x: number): number => x * 10\n`,
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, '20\n[1,2]\n'.repeat(2))
})

/** As esbuild and swc write modules and \`import * as all\`. */
const COMPILED = `
Object.defineProperty(exports, '__esModule', { value: true })
Object.defineProperty(exports, 'level', { enumerable: true, get: () => level })
Object.defineProperty(exports, 'raise', { enumerable: true, get: () => raise })
let level = 0
const raise = () => { level++ }
`
const COPY = `
function copy(from) {
  const to = {}
  for (const key of Object.getOwnPropertyNames(from))
    Object.defineProperty(to, key, { get: () => from[key], enumerable: key !== '__esModule' })
  return to
}
`

test('exports by getters go by reference, also through a copy of the whole module', async () => {
  const { stdout, stderr } = await runProgram(
    `${everywhere}${COPY}
    const state = copy(require('./state.cjs'))
    const { raise } = require('./state.cjs')
    everywhere([() => { state.raise(); raise(); return state.level }])`,
    { name: 'main.cjs', files: { 'state.cjs': COMPILED } },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, '2\n2\n')
})

test('a variable that goes by value with the function that changes it stays one', async () => {
  const { stdout } = await runProgram(
    `${LOADER}${everywhere}
    const import_state = require('./state.ts')
    everywhere([() => { import_state.raise(); return import_state.level }])`,
    { name: 'main.cjs', files: { 'state.ts': COMPILED } },
  )
  assert.equal(stdout, '1\n1\n')
})

test('require of the package gives what import gives', async () => {
  const { stdout, stderr } = await runProgram(
    `const required = require('manycore')
    import('manycore').then(imported => console.log(required.Pool === imported.Pool, Object.keys(imported).length > 20))`,
    { name: 'main.cjs' },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, 'true true\n')
})

/** A program whose modules only its own hooks can load. */
const HOOKED = {
  'hooks.mjs': `
    export const resolve = (specifier, context, next) => {
      if (specifier.startsWith('virtual:')) return { url: specifier, shortCircuit: true }
      return next(specifier.startsWith('~/') ? new URL('./' + specifier.slice(2), import.meta.url).href : specifier, context)
    }
    const SETTINGS = \`import { three } from '~/three.mjs'
      export const port = 8080
      export const next = x => x + port + three
      export class Shape { size() { return port } }\`
    export const load = (url, context, next) => {
      if (url === 'virtual:settings') return { format: 'module', shortCircuit: true, source: SETTINGS }
      if (url.endsWith('.yaml')) return { format: 'module', shortCircuit: true, source: 'export default { yes: true }' }
      return next(url, context)
    }`,
  'register.mjs': `
    import nodeModule from 'node:module'
    import * as hooks from './hooks.mjs'
    if (nodeModule.registerHooks) nodeModule.registerHooks(hooks)
    else nodeModule.register('./hooks.mjs', import.meta.url)`,
  'three.mjs': 'let calls = 0\nexport const three = 3\nexport const count = () => ++calls',
  'data.yaml': 'yes: true',
  'program.mjs': `
    import { Pool, ThreadPool, explain } from 'manycore'
    import { next, port, Shape } from 'virtual:settings'
    import * as settings from 'virtual:settings'
    import { count } from '~/three.mjs'
    import data from './data.yaml'
    const shape = new Shape()
    console.log(explain(next).root.way, explain(count).root.way)
    for (const Kind of [ThreadPool, Pool]) {
      const pool = new Kind(1)
      console.log(JSON.stringify([await pool.apply(() => [port, next(1), settings.port, data.yes]), await pool.apply(next, [2]),
        await pool.apply(one => [one instanceof Shape, one.size()], [shape]), await pool.apply(count), await pool.apply(() => [count(), count()])]))
      await pool.terminate()
    }`,
}

test('modules, aliases and files that only hooks of this program know go by value', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await runProgram(`import './register.mjs'\nawait import('./program.mjs')`, {
    files: HOOKED,
  })
  assert.equal(stderr, '')
  // What a hook has only given another name is the same module.
  const line = '[[8080,8084,8080,true],8085,[true,8080],1,[2,3]]\n'
  assert.equal(stdout, `by value by reference\n${line}${line}`)
})

test('with hooks that a flag brings, they are imported over there', { timeout: 60_000 }, async () => {
  const { stdout, stderr } = await runProgram(`await import('./program.mjs')`, {
    files: HOOKED,
    execArgv: ['--import', './register.mjs'],
  })
  assert.equal(stderr, '')
  const line = '[[8080,8084,8080,true],8085,[true,8080],1,[2,3]]\n'
  assert.equal(stdout, `by reference by reference\n${line}${line}`)
})

test('what Node finds by itself is imported again', async () => {
  const { stdout, stderr } = await runProgram(
    `import { explain } from 'manycore'
    import * as installed from 'installed'
    import { own } from 'myself/own'
    import { hashed } from '#hashed'
    import { inData } from 'data:text/javascript,export const inData = () => 1'
    import plain from './plain.mjs?version=1'
    import packed from './package.json' with { type: 'json' }
    for (const fn of [() => installed.value, () => own, () => hashed, () => inData, () => plain, () => packed])
      console.log(explain(fn).root.imports.length)`,
    {
      files: {
        'package.json':
          '{ "name": "myself", "exports": { "./own": "./own.mjs" }, "imports": { "#hashed": "./own.mjs" } }',
        'node_modules/installed/package.json': '{ "exports": { "import": "./index.mjs" } }',
        'node_modules/installed/index.mjs': 'export const value = 1',
        'own.mjs': 'export const own = () => 1\nexport const hashed = () => 2',
        'plain.mjs': 'export default () => 1',
      },
    },
  )
  assert.doesNotMatch(stderr, /Error/)
  assert.equal(stdout, '1\n'.repeat(6))
})
