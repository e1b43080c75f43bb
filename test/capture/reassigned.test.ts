import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

/*
 * A module that assigns to what it exports after it has been loaded: a worker that loads it gets the first value.
 */

/** Prints how each function travels, and what it gives in a new worker of each kind. */
const EVERYWHERE = `
async function everywhere(...calls) {
  const pools = [new ThreadPool(1), new Pool(1)]
  for (const [fn, ...args] of calls) {
    const given = []
    for (const pool of pools) given.push(await pool.apply(fn, args).catch(error => error.message))
    console.log(explain(fn).root?.way, ...given)
  }
  for (const pool of pools) await pool.terminate()
}
`

async function linesOf(
  main: string,
  files: Record<string, string>,
  name = 'main.mjs',
  args: readonly string[] = [],
): Promise<string[]> {
  const { stdout, stderr } = await runProgram(main, { name, files, args })
  assert.equal(stderr, '')
  return stdout.trimEnd().split('\n')
}

const IMPORTS = "import { explain, Pool, ThreadPool } from 'manycore'\n"

test('an export that a function has replaced goes by value', { timeout: 60_000 }, async () => {
  const lines = await linesOf(
    `${IMPORTS}
    import { add, configure, declared, held, log, op, swap } from './conf.mjs'
    ${EVERYWHERE}
    await everywhere([op, 3, 4], [declared, 1])
    swap()
    configure('debug: ')
    await everywhere([op, 3, 4], [log, 'x'], [declared, 1], [add, 3, 4], [held.op, 3, 4])`,
    {
      'conf.mjs': `
        export let op = (a, b) => a + b
        export const add = op, held = { op }
        export let log = null
        export { declared }
        function declared(x) { return x }
        export const configure = level => { log = message => level + message }
        export function swap() {
          op = (a, b) => a * b
          ;[declared] = [x => x * 10]
        }`,
    },
  )
  assert.deepEqual(lines, [
    'by reference 7 7',
    'by reference 1 1',
    'by value 12 12',
    'by value debug: x debug: x',
    'by value 10 10',
    'by reference 7 7',
    'by reference 7 7',
  ])
})

test('what is assigned while the module is loaded goes by reference', { timeout: 60_000 }, async () => {
  const lines = await linesOf(
    `${IMPORTS}
    import { early, plain } from './early.mjs'
    import common from './early.cjs'
    ${EVERYWHERE}
    await everywhere([early, 1], [plain, 1], [common.early, 1], [common.listed, 1])`,
    {
      'early.mjs': `
        export let early, plain = x => x
        ;(() => { early = x => x + 1 })()
        if (early) plain = x => x + 2
        export class Unrelated { static { this.early = plain } }`,
      'early.cjs': `
        'use strict'
        ;(function () { exports.early = x => x + 1 })()
        exports.listed = void 0
        const listed = x => x + 2
        exports.listed = listed`,
    },
  )
  assert.deepEqual(lines, ['by reference 2 2', 'by reference 3 3', 'by reference 2 2', 'by reference 3 3'])
})

const COMMON = {
  'one-line.cjs':
    'exports.op = (a, b) => a + b; exports.swap = () => { exports.op = (a, b) => a * b }; exports.other = x => x',
  // As TypeScript writes it.
  'compiled.cjs': `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.other = exports.swap = exports.op = void 0;
let op = (a, b) => a + b;
exports.op = op;
const swap = () => {
    exports.op = op = (a, b) => a * b;
};
exports.swap = swap;
const other = x => x;
exports.other = other;
`,
  // As esbuild writes it.
  'getters.cjs': `"use strict";
for (const [name, get] of Object.entries({ op: () => op, swap: () => swap, other: () => other }))
  Object.defineProperty(exports, name, { get, enumerable: true });
Object.defineProperty(exports, '__esModule', { value: true });
let op = (a, b) => a + b;
const swap = () => {
  op = (a, b) => a * b;
};
const other = (x) => x;
`,
  'whole.cjs': `module.exports = {
  op: (a, b) => a + b,
  swap() { module.exports['op'] = (a, b) => a * b },
  other: x => x
}`,
}

test('the same in CommonJS, however it is written', { timeout: 60_000 }, async () => {
  const lines = await linesOf(
    `const { explain, Pool, ThreadPool } = require('manycore')
    const all = process.argv.slice(2).map(file => require('./' + file))
    ${EVERYWHERE}
    ;(async () => {
      await everywhere(...all.map(conf => [conf.op, 3, 4]))
      for (const conf of all) conf.swap()
      await everywhere(...all.flatMap(conf => [[conf.op, 3, 4], [conf.other, 5]]))
    })()`,
    COMMON,
    'main.cjs',
    Object.keys(COMMON),
  )
  assert.deepEqual(lines, [
    ...Object.keys(COMMON).map(() => 'by reference 7 7'),
    ...Object.keys(COMMON).flatMap(() => ['by value 12 12', 'by reference 5 5']),
  ])
})

test('an export that the program has put in the place of another goes by its own name', async () => {
  const lines = await linesOf(
    `const { explain, Pool, ThreadPool } = require('manycore')
    const conf = require('./conf.cjs')
    ${EVERYWHERE}
    conf.log = conf.debugLog
    everywhere([conf.log, 'x'])`,
    {
      'conf.cjs':
        'function log(x) { return x }\nfunction debugLog(x) { return "debug: " + x }\nmodule.exports = { log, debugLog }',
    },
    'main.cjs',
  )
  assert.deepEqual(lines, ['by reference debug: x debug: x'])
})
