import assert from 'node:assert/strict'
import { test } from 'node:test'
import vm from 'node:vm'
import { capture } from '../../src/capture/index.ts'
import { runProgram } from '../support/index.ts'

/*
 * Code is as strict in a worker as it is here, also where the engine shows no scope that would say so.
 */

/** Prints what each function gives here and in both kinds of workers. */
const EVERYWHERE = `
async function everywhere(...fns) {
  const pools = [new ThreadPool(1), new Pool(1)]
  for (const fn of fns) {
    const here = (() => { try { return fn() } catch (error) { return error.name } })()
    const there = []
    for (const pool of pools) there.push(await pool.apply(fn).catch(error => error.name))
    console.log(String(here), ...there.map(String))
  }
  for (const pool of pools) await pool.terminate()
}
`

test('a module without a static import is strict', async () => {
  const { stdout, stderr } = await runProgram(`
    const { Pool, ThreadPool } = await import('manycore')
    ${EVERYWHERE}
    await everywhere(function () { return this === undefined }, () => { typo = 5; return 'made a global' })`)
  assert.equal(stderr, '')
  assert.equal(stdout, 'true true true\nReferenceError ReferenceError ReferenceError\n')
})

test('so is one in a package of modules, and one whose text alone says that it is one', async () => {
  const isUndefined = 'export default function () { return this === undefined }\n'
  const { stdout, stderr } = await runProgram(
    `import { Pool, ThreadPool, byValue, explain } from 'manycore'
    import inPackage from './modules/index.js'
    import byText from './by-text.mjs'
    ${EVERYWHERE}
    console.log(explain(inPackage).root.way, explain(byText).root.way)
    await everywhere(byValue(inPackage), byValue(byText))`,
    {
      files: {
        'modules/package.json': '{ "type": "module" }',
        'modules/index.js': isUndefined,
        'by-text.mjs': isUndefined,
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, 'by reference by reference\n' + 'true true true\n'.repeat(2))
})

test('a nameless default export alone in its module goes by reference', async () => {
  const { stdout, stderr } = await runProgram(
    `import { Pool, ThreadPool, byReference, explain } from 'manycore'
    import Shape from './shape.mjs'
    import Square from './square.mjs'
    import area from './area.mjs'
    for (const one of [Shape, Square, area]) console.log(explain(one).root.way)
    for (const Kind of [ThreadPool, Pool]) {
      const pool = new Kind(1)
      console.log(await pool.apply(one => one instanceof Shape, [new Shape()]), await pool.apply(byReference(area), [3]))
      await pool.terminate()
    }`,
    {
      files: {
        'shape.mjs': 'export default class { name() { return "shape" } }\n',
        'square.mjs': 'export default class extends Object { name() { return "square" } }\n',
        'area.mjs': 'export default x => x * x\n',
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, 'by reference\n'.repeat(3) + 'true 9\n'.repeat(2))
})

test('sloppy code stays sloppy, and evaluated functions are what the code around made them', async () => {
  const { stdout, stderr } = await runProgram(
    `const { Pool, ThreadPool } = require('manycore')
    ${EVERYWHERE}
    const text = '(function () { return this === undefined })'
    const strict = (function () { 'use strict'; return eval(text) })()
    const own = function () { 'use strict'; return this === undefined }
    everywhere(strict, own, (0, eval)(text), eval(text), new Function('return this === undefined'),
      function () { return this === undefined }, () => { typo = 5; return 'made a global' })`,
    { name: 'main.cjs' },
  )
  assert.equal(stderr, '')
  const lines = ['true', 'true', 'false', 'false', 'false', 'false', 'made a global']
  assert.equal(stdout, lines.map(line => `${line} ${line} ${line}\n`).join(''))
})

test('what webpack evaluates for development is strict where it was a module', async () => {
  const { stdout, stderr } = await runProgram(
    `'use strict'
    const { Pool, ThreadPool } = require('manycore')
    ${EVERYWHERE}
    function __webpack_require__() {}
    __webpack_require__.r = () => {}
    const load = __webpack_exports__ => eval("__webpack_require__.r(__webpack_exports__); const three = 3; " +
      "[() => { typo = three; return 'made a global' }]\\n//# sourceURL=webpack:///./src/a.js?")
    everywhere(...load({}))`,
    { name: 'main.cjs' },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, 'ReferenceError ReferenceError ReferenceError\n')
})

test('functions of another realm too', () => {
  const strictOf = (fn: unknown): boolean => {
    const { graph } = capture(fn as Function, 'test', { transfer: true, share: true })
    return ((graph.graph[5] as { text: { strict: boolean } }[])[0] as { text: { strict: boolean } }).text
      .strict
  }
  assert.equal(strictOf(vm.runInNewContext('(function () { return 1 })')), false)
  assert.equal(strictOf(vm.runInNewContext('"use strict"; (function () { return 1 })')), true)
  assert.equal(strictOf(vm.runInNewContext('"use strict"; (async () => 1)')), true)
})
