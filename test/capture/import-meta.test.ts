import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import vm from 'node:vm'
import { runProgram } from '../support/index.ts'
import { ProcessSide, ThreadSide } from './sides.ts'

/* `import.meta` in a function that travels is what it is in its file. */

/** What a module and the worker make of the same names; prints those that differ, and how many did not. */
const COMPARE = `
import { byValue, ThreadPool } from 'manycore'
const resolve = byValue(names => names.map(name => {
  try { return import.meta.resolve(name) } catch (error) { return error.code }
}))
const pool = new ThreadPool(1)
const [here, there] = [resolve(NAMES), await pool.apply(resolve, [NAMES])]
await pool.terminate()
let equal = 0
NAMES.forEach((name, i) => here[i] === there[i] ? equal++ : console.log(name, here[i], there[i]))
console.log(equal, new Set(here).size)
`

const NAMES = [
  ...['fs', 'node:fs', './main.mjs', './missing.mjs', '../up.js', 'file:///x.js', 'data:text/javascript,1'],
  ...['dual', 'dual/feature', 'dual/hidden', 'dual/files/a.js', 'dual/files/b/c.js', 'dual/files/own/x.js'],
  ...[
    'dual/asked',
    'dual/list',
    'dual/nothing',
    'dual/none',
    'dual/alone',
    '@scope/one',
    '@scope/one/sub.js',
  ],
  ...['@scope/one/missing.js', 'old', 'old/lib/x.js', 'bare', 'missing', 'missing/x', '@scope/missing'],
  ...[
    'myself',
    'myself/part',
    'myself/other',
    '#inside',
    '#dual',
    '#star/x',
    '#unknown',
    'dir-main',
    'linked',
  ],
]

const FILES = {
  'package.json': JSON.stringify({
    name: 'myself',
    exports: { '.': './main.mjs', './part': { import: './part.mjs', default: './part.cjs' } },
    imports: {
      '#inside': { require: './in.cjs', default: './in.mjs' },
      '#dual': 'dual',
      '#star/*': './star/*.js',
    },
  }),
  'node_modules/dual/package.json': JSON.stringify({
    name: 'dual',
    main: './main.cjs',
    exports: {
      '.': { require: './main.cjs', node: { import: './main.mjs' } },
      './feature': { import: './feature.mjs', require: './feature.cjs' },
      './files/*': './files/*',
      './files/own/*.js': { import: './own/*.mjs' },
      './asked': { wanted: './wanted.mjs', default: './asked.mjs' },
      './list': [null, './list.mjs'],
      './nothing': null,
      './none': { require: './none.cjs' },
      './alone': { deno: './deno.mjs', default: { require: './alone.cjs', import: './alone.mjs' } },
    },
  }),
  'node_modules/dual/main.cjs': '',
  'node_modules/dual/main.mjs': '',
  'node_modules/dual/feature.mjs': '',
  'node_modules/dual/feature.cjs': '',
  'node_modules/@scope/one/package.json': '{ "main": "start" }',
  'node_modules/@scope/one/start.js': '',
  'node_modules/@scope/one/sub.js': '',
  'node_modules/old/index.js': '',
  'node_modules/bare/package.json': '{}',
  'node_modules/bare/index.json': '{}',
  'node_modules/dir-main/package.json': '{ "main": "lib" }',
  'node_modules/dir-main/lib/index.js': '',
  'in.mjs': '',
}

for (const execArgv of [[], ['--conditions=wanted'], ['-C', 'wanted']]) {
  test(`import.meta.resolve finds what an import would ${execArgv.join(' ')}`, async () => {
    const { stdout, stderr } = await runProgram(`const NAMES = ${JSON.stringify(NAMES)}\n${COMPARE}`, {
      files: FILES,
      execArgv,
    })
    assert.equal(stderr, '')
    assert.equal(stdout.split(' ')[0], String(NAMES.length), stdout)
  })
}

test('also in a folder whose name needs care', async () => {
  const { stdout, stderr } = await runProgram(
    `import { run } from './a%20%231%2525%20%C3%BC/inside.mjs'
    console.log(await run())`,
    {
      files: {
        'a #1%25 ü/inside.mjs': `import { byValue, ThreadPool } from 'manycore'
          const resolve = () => [import.meta.resolve('old'), import.meta.resolve('./x'), import.meta.filename]
          export const run = async () => {
            const pool = new ThreadPool(1)
            const there = await pool.apply(byValue(resolve))
            await pool.terminate()
            return String(there) === String(resolve())
          }`,
        'a #1%25 ü/node_modules/old/index.js': '',
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, 'true\n')
})

const sides = [new ThreadSide(), new ProcessSide()]
after(() => Promise.all(sides.map(side => side.close())))

/** What Vite makes of `import.meta`, and what it writes for it. */
function functionWith(meta: object, text: string): Function {
  const make = vm.compileFunction(`return () => ${text}`, ['__vite_ssr_import_meta__'])
  return make(meta) as Function
}

test('of what Vite has added, the data that a function uses goes along', async () => {
  const env = { MODE: 'test' }
  const meta = { url: 'file:///x.js', env, hot: () => {}, socket: process.stdout, count: 3 }
  for (const side of sides) {
    const given = (text: string) => side.call(functionWith(meta, text), [])
    assert.equal(await given('__vite_ssr_import_meta__.env.MODE'), 'test')
    env.MODE = 'changed'
    assert.equal(
      await given('__vite_ssr_import_meta__.env.MODE + __vite_ssr_import_meta__.count'),
      'changed3',
    )
    assert.equal(await given('typeof __vite_ssr_import_meta__.hot'), 'undefined')
    assert.equal(await given('Object(__vite_ssr_import_meta__).env.MODE'), 'changed')
    assert.equal(await given('typeof __vite_ssr_import_meta__.resolve'), 'function')
    await assert.rejects(given('__vite_ssr_import_meta__.socket'), { code: 'CANNOT_CAPTURE' })
    env.MODE = 'test'
  }
})

test('the environment that a test has changed is the one that Vitest reads', async () => {
  const global = globalThis as { __vitest_worker__?: object }
  global.__vitest_worker__ = { metaEnv: new Proxy({ STUBBED: 'yes' }, {}) }
  try {
    const fn = functionWith({ env: {} }, '__vite_ssr_import_meta__.env.STUBBED')
    for (const side of sides) assert.equal(await side.call(fn, []), 'yes')
  } finally {
    delete global.__vitest_worker__
  }
})
