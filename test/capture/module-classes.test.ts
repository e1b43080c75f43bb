import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

/*
 * Classes that a module does not export: the worker's own copy of the module knows their instances. Where it may not
 * have the class, the class goes by value as it is.
 */

const LIB = `
class Hidden { constructor() { this.x = 1 } }
class Failure extends Error {}
const Made = (() => { function Made() { this.y = 2 } Made.prototype.get = function () { return this.y }; return Made })()`
const ABOUT = `
const make = () => new Hidden()
const is = o => o instanceof Hidden
const old = () => new Made()
const isOld = o => o instanceof Made && o.get()
const fail = () => { throw new Failure('f') }
const isFailure = e => e instanceof Failure`
const NAMES = 'make, is, old, isOld, fail, isFailure'

/** Runs a program with a pool of threads and with one of processes; both have to say the same. */
async function eachPool(body: string, files: Record<string, string>, imports: string): Promise<string[]> {
  const { stdout, stderr } = await runProgram(
    `import { byValue, Pool, ThreadPool } from 'manycore'
    ${imports}
    const lines = []
    for (const Kind of [ThreadPool, Pool]) {
      const pool = new Kind(1)
      const out = []
      ${body}
      lines.push(out.map(String).join(' '))
      await pool.terminate()
    }
    console.log([...new Set(lines)].join('\\n'))`,
    { files },
  )
  assert.equal(stderr, '')
  return stdout.trim().split('\n')
}

for (const [kind, files] of [
  ['an ES module', { 'lib.mjs': `${LIB}${ABOUT}\nexport { ${NAMES} }` }],
  ['a CommonJS module', { 'lib.mjs': undefined, 'lib.cjs': `${LIB}${ABOUT}\nmodule.exports = { ${NAMES} }` }],
] as const) {
  test(`instances of a class that ${kind} does not export are its own there, and here again`, {
    timeout: 60_000,
  }, async () => {
    const [file = '', text = ''] = Object.entries(files).find(([, one]) => one !== undefined) ?? []
    const lines = await eachPool(
      `const [one, two] = [make(), old()]
      out.push(await pool.apply(is, [one]), await pool.apply(() => is(one)), await pool.apply(o => is(o), [one]))
      out.push(is(await pool.apply(() => make())), is(await pool.apply(make)), is(await pool.apply(o => o, [one])))
      out.push(await pool.apply(isOld, [two]), isOld(await pool.apply(old)))
      const thrown = await pool.apply(fail).catch(error => error)
      out.push(isFailure(thrown), await pool.apply(isFailure, [thrown]))
      class Above extends one.constructor {}
      out.push(await pool.apply(() => is(new Above())), is(await pool.apply(() => new Above())))`,
      { [file]: text },
      `import { ${NAMES} } from './${file}'`,
    )
    assert.deepEqual(lines, ['true true true true true true 2 2 true true true true'])
  })
}

test('a class that one file makes and another has: exported, in a namespace, in a variable', {
  timeout: 60_000,
}, async () => {
  const lines = await eachPool(
    `out.push(await pool.apply(o => o instanceof Model, [new Model()]))
    out.push(await pool.apply(o => all.isB(o), [all.b()]), all.isB(await pool.apply(() => all.b())))
    out.push(all.isB(await pool.apply(() => all.a())), await pool.apply(is, [make()]))
    out.push(is(await pool.apply(() => make())))`,
    {
      'maker.mjs': `export const maker = n => class Model { constructor() { this.n = n } get() { return n } }
        export const pair = () => { class Own {} return { make: () => new Own(), is: o => o instanceof Own } }`,
      'model.mjs': `import { maker } from './maker.mjs'\nexport const Model = maker(1)`,
      'all.mjs': `import { maker } from './maker.mjs'
        export const A = maker(1)
        export const B = maker(1)
        export const a = () => new A()
        export const b = () => new B()
        export const isB = o => o instanceof B`,
      'inner.mjs': `import { pair } from './maker.mjs'\nexport const { make, is } = pair()`,
    },
    `import { Model } from './model.mjs'
    import * as all from './all.mjs'
    import { is, make } from './inner.mjs'`,
  )
  assert.deepEqual(lines, ['true true true false true true'])
})

test('goes by value: what the module over there may not have', { timeout: 60_000 }, async () => {
  const lines = await eachPool(
    `const each = [late.make(), apart.make(), patched.make(), again.make(2), here.make(), kept.make()]
    out.push(await pool.apply(() => each.map(o => o.get())), await pool.apply(o => o.map(x => x.get()), [each]))
    out.push(each.every(o => o instanceof o.constructor))`,
    {
      'late.mjs': `let Late
        export const make = () => { Late ??= class { get() { return 'late' } }; return new Late() }`,
      'apart.mjs': `const all = new WeakMap()
        const inside = o => all.get(o)
        class Apart { constructor() { all.set(this, 'apart') } get() { return inside(this) } }
        export const make = () => new Apart()`,
      'patched.mjs': `class Patched {}\nexport const make = () => new Patched()`,
      'again.mjs': `export const make = n => { class Again { get() { return n } } return new Again() }`,
      'here.mjs': `import './main.mjs'
        class Here { get() { return 'here' } }
        export const make = () => new Here()`,
      'kept.mjs': `import { isMainThread } from 'node:worker_threads'
        if (!isMainThread || process.send) throw new Error('must not run in a worker')
        class Kept { get() { return 'kept' } }
        export const make = () => new Kept()`,
    },
    `import * as late from './late.mjs'
    import * as apart from './apart.mjs'
    import * as patched from './patched.mjs'
    import * as again from './again.mjs'
    import * as here from './here.mjs'
    import * as kept from './kept.mjs'
    byValue(kept.make)
    patched.make().constructor.prototype.get = () => 'patched'`,
  )
  assert.deepEqual(lines, ['late,apart,patched,2,here,kept late,apart,patched,2,here,kept true'])
})

test('a function that is put on such a class later goes along with the next call', {
  timeout: 60_000,
}, async () => {
  const lines = await eachPool(
    `const one = make()
    out.push(await pool.apply(o => is(o), [one]), await pool.apply(() => is(one)))
    one.constructor.prototype.more = () => 'more'
    out.push(await pool.apply(o => o.more(), [one]), await pool.apply(() => one.more()))
    delete one.constructor.prototype.more`,
    {
      'lib.mjs': `class Hidden {}\nexport const make = () => new Hidden()\nexport const is = o => o instanceof Hidden`,
    },
    `import { make, is } from './lib.mjs'`,
  )
  assert.deepEqual(lines, ['true true more more'])
})
