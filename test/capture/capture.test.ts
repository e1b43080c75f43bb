import assert from 'node:assert/strict'
import fs, { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import util from 'node:util'
import { capture, loadExport } from '../../src/capture/index.ts'
import { type Graph, unpack } from '../../src/codec/index.ts'
import { runProgram } from '../support/index.ts'
import { HereSide, ThreadSide } from './sides.ts'

const can = { transfer: true, share: true }
const take = (fn: Function) => capture(fn, 'pool.map', can)
const FIXTURES = new URL('../../../test/capture/fixtures/', import.meta.url)
const fixture = (file: string): Promise<Record<string, never>> => import(new URL(file, FIXTURES).href)

let thread: ThreadSide
before(() => {
  thread = new ThreadSide()
})
after(() => thread.close())

/** What kind of node the root function became. */
function rootNode(fn: Function): { by: string; form?: string } {
  const { graph } = take(fn) as { graph: Graph }
  return (graph.graph[5] as { by: string }[])[0] as { by: string }
}

test('an export of another module goes by reference, whatever imports it', async () => {
  const shapes = await fixture('shapes.mjs')
  const late = await fixture('late.mjs')
  const tools = await fixture('tools.cjs')
  for (const fn of [
    shapes['area'],
    shapes['default'],
    shapes['Shape'],
    shapes['Renamed'],
    late['whenReady'],
    tools['double'],
  ]) {
    assert.equal(rootNode(fn as unknown as Function).by, 'export')
  }
})

test('what is not exported goes by value, also from another module', async () => {
  const { makeCounter } = (await fixture('shapes.mjs')) as unknown as {
    makeCounter: () => { read: Function }
  }
  assert.equal(rootNode(makeCounter().read).by, 'text')
  assert.equal(rootNode(() => 1).by, 'text')
})

test('native functions go by name', () => {
  assert.equal(rootNode(Math.sqrt).by, 'native')
  assert.equal(rootNode(Array.prototype.map).by, 'native')
  assert.equal(rootNode(structuredClone).by, 'native')
})

test('a module of Node in an object is the one there', async () => {
  const tools = { fs, nested: [{ util }], own: { a: () => 1, b: () => 2, c: 3, d: 4, e: 5, f: 6 } }
  const load = process.getBuiltinModule
  const call = (): unknown => [
    tools.fs === load('node:fs'),
    tools.nested[0]?.util === load('node:util'),
    tools.own.a(),
    typeof tools.fs.readFileSync,
  ]
  assert.deepEqual(await thread.call(call, []), [true, true, 1, 'function'])
})

test('a function may have several names for itself', async () => {
  const down = (n: number): unknown => (n > 0 ? again(n - 1) : [down === again, again === third])
  const again = down
  const third = again
  assert.deepEqual(await thread.call(down, [2]), [true, true])
  // As TypeScript writes a class with decorators.
  const Decorated = (() => {
    let self: unknown
    let Made: { new (): { names(): unknown }; double: number }
    Made = class {
      static {
        // oxlint-disable-next-line typescript/no-this-alias -- so it is written
        Made = self = this
      }
      static size = 2
      static double = this.size * 2
      names(): unknown {
        return [self === Made, Made.double]
      }
    }
    return Made
  })()
  assert.deepEqual(await thread.call(() => new Decorated().names(), []), [true, 4])
})

test('static code of a class finds in lists and records what is in them', async () => {
  const around = {
    list: [(n: number): number => n + around.deep.by],
    deep: { by: 5 },
  }
  const registry: number[] = []
  class Counts {
    static {
      for (const one of around.list) registry.push(one(1))
    }
    seen(): unknown {
      return registry
    }
  }
  assert.deepEqual(await thread.call(() => new Counts().seen(), []), [6, 6])
})

test('the same text with the same values has the same hash, other values another one', () => {
  const make = (n: number) => (x: number) => x + n
  assert.equal(take(make(1)).hash, take(make(1)).hash)
  assert.notEqual(take(make(1)).hash, take(make(2)).hash)
  const state = { n: 1 }
  const reads = () => state.n
  const first = take(reads).hash
  state.n = 2
  assert.notEqual(take(reads).hash, first)
})

test('shared memory counts by identity in the hash', () => {
  const [one, two] = [new SharedArrayBuffer(8), new SharedArrayBuffer(8)]
  const over = (buffer: SharedArrayBuffer) => () => buffer.byteLength
  assert.equal(take(over(one)).hash, take(over(one)).hash)
  assert.notEqual(take(over(one)).hash, take(over(two)).hash)
})

test('stable only where nothing captured can change', () => {
  const fixed = 3
  const helper = (x: number) => x * fixed
  let assigned = 1
  const change = () => {
    assigned = 2
  }
  const object = { n: 1 }
  const stable: [Function, boolean][] = [
    [(x: number) => x + 1, true],
    [(x: number) => x + fixed, true],
    [(x: number) => helper(x), true],
    [() => assigned, false],
    [() => object.n, false],
    [() => [1].map(helper), false],
    [() => Math.max(1, 2), true],
    [change, false],
  ]
  for (const [fn, expected] of stable) assert.equal(take(fn).stable, expected, String(fn))
})

test('a capture is kept and given again while nothing has changed', () => {
  const helper = (x: number) => x + 1
  const uses = () => [1].map(helper)
  const first = take(uses)
  assert.equal(take(uses), first)
  Object.assign(helper, { hung: 'on' })
  assert.notEqual(take(uses).hash, first.hash)
})

test('a let is taken at its value now', async () => {
  let value = 'first'
  const read = () => value
  assert.equal(await thread.call(read, []), 'first')
  value = 'second'
  assert.equal(await thread.call(read, []), 'second')
})

test('a class that comes home is the original', async () => {
  class Point {
    readonly x: number
    constructor(x: number) {
      this.x = x
    }
  }
  const made = await thread.call(() => new Point(3), [])
  assert.ok(made instanceof Point)
  assert.equal(made.x, 3)
  assert.equal(await thread.call(() => Point, []), Point)
})

test('a function that comes home is the original', async () => {
  const callback = () => 'me'
  assert.equal(await thread.call(() => callback, []), callback)
})

test('an error of a class of the entry script is of that class here', async () => {
  class Refused extends Error {
    readonly code: number
    constructor(request: { id: number }) {
      super(`refused ${request.id}`)
      this.code = 4
    }
  }
  const fails = () => {
    throw new Refused({ id: 7 })
  }
  await assert.rejects(thread.call(fails, []), (error: unknown) => {
    assert.ok(error instanceof Refused)
    assert.equal(error.message, 'refused 7')
    assert.equal(error.code, 4)
    return true
  })
})

test('a class that travels twice is one class over there', async () => {
  class Tag {
    readonly word = 'tag'
  }
  const keep = () => {
    ;(globalThis as { kept?: unknown }).kept = new Tag()
  }
  const compare = () => (globalThis as { kept?: unknown }).kept instanceof Tag
  await thread.call(keep, [])
  assert.equal(await thread.call(compare, []), true)
})

test('a class instance among the arguments has the class that the function captured', async () => {
  class Money {
    readonly amount: number
    constructor(amount: number) {
      this.amount = amount
    }
    twice() {
      return this.amount * 2
    }
  }
  const money = new Money(4)
  const bound = ((given: Money) => given instanceof Money && given.twice()).bind(null, money)
  assert.equal(await thread.call(bound, []), 8)
})

test('a function rebuilt in a worker travels on from there', async () => {
  const base = 20
  const inner = (x: number) => x + base
  const outer = (x: number) => inner(x) * 2
  const once = await new HereSide().call(() => outer, [])
  assert.equal(await thread.call(once as Function, [1]), 42)
})

test('imports and import.meta survive a second journey', async () => {
  const { cases } = (await fixture('cases.mjs')) as unknown as {
    cases: { name: string; fn: Function; expected: unknown }[]
  }
  const here = new HereSide()
  for (const name of [
    'import, named',
    'import, npm ES module',
    'import.meta.url',
    'dynamic import, relative',
    'subclass',
    'closures of one factory share',
  ]) {
    const { fn, expected } = cases.find(one => one.name === name) as (typeof cases)[number]
    const give = { give: () => fn }.give
    const rebuilt = (await here.call(give, [])) as Function
    assert.deepEqual(await thread.call(rebuilt, []), expected, name)
  }
})

test('an error over there shows the file and line of the user', async () => {
  const fails = () => {
    throw new Error('here')
  }
  const error = (await thread.call(fails, []).catch((thrown: unknown) => thrown)) as Error
  const [, url = '', line = ''] = /\(?(file:\/\/\S+capture\.test\.ts):(\d+):\d+/.exec(error.stack ?? '') ?? []
  const written = readFileSync(new URL(url), 'utf8').split('\n')[Number(line) - 1]
  assert.match(written ?? '', /throw new Error\('here'\)/)
})

test('an assignment to a captured variable is warned of once, and refused when strict', async () => {
  let total = 0
  const add = (n: number) => {
    total += n
  }
  const warnings: (Error & { code?: string; detail?: string })[] = []
  const listen = (warning: Error) => warnings.push(warning)
  process.on('warning', listen)
  take(add)
  take(add)
  await new Promise(resolve => setImmediate(resolve))
  process.off('warning', listen)
  const [warning, ...more] = warnings
  assert.equal(more.length, 0)
  assert.equal(warning?.name, 'ManycoreWarning')
  assert.equal(warning?.code, 'CAPTURED_ASSIGNMENT')
  assert.match(
    warning?.message ?? '',
    /add assigns to the variable total, declared at .*capture\.test\.ts:\d+:\d+/,
  )
  assert.throws(() => capture(add, 'pool.map', can, { strict: true }), {
    code: 'CANNOT_CAPTURE',
    kind: 'assigned captured variable',
  })
  assert.match(warning?.detail ?? '', /strict: true, or MANYCORE_STRICT=1, makes this an error\.$/)
  assert.equal(total, 0)
})

test('MANYCORE_STRICT=1 makes the same an error', { timeout: 60_000 }, async () => {
  const program = `
    import { ThreadPool } from 'manycore'
    let total = 0
    const pool = new ThreadPool(1)
    await pool.apply(n => { total += n }, [1]).catch(({ code, kind }) => console.log(code, kind))
    await pool.terminate()`
  const { stdout } = await runProgram(program, { env: { MANYCORE_STRICT: '1' } })
  assert.equal(stdout, 'CANNOT_CAPTURE assigned captured variable\n')
})

test('a variable that has no value yet is refused', () => {
  const early = () => later
  if (process.versions.node.startsWith('20.')) return assert.ok(early)
  assert.throws(() => take(early), { code: 'CANNOT_CAPTURE', kind: 'uninitialised variable' })
  const later = 1
  return assert.equal(early(), later)
})

test('not a function', () => {
  assert.throws(() => take(3 as never), { code: 'NOT_A_FUNCTION' })
})

test('a module that is not there is an error that names it', async () => {
  const graph = structuredClone(
    take(await loadExport(new URL('shapes.mjs', FIXTURES).href, 'area').then(({ fn }) => fn)).graph,
  )
  const [node] = graph.graph[5] as { module: { from: string } }[]
  node!.module.from = new URL('gone.mjs', FIXTURES).href
  assert.throws(() => unpack(graph), { code: 'INTERNAL' })
})

test('loadExport finds the function that is meant', async () => {
  const at = (file: string) => new URL(file, FIXTURES).href
  assert.equal((await loadExport(at('shapes.mjs'))).name, 'default')
  assert.equal((await loadExport(at('shapes.mjs'), 'area')).fn.name, 'area')
  assert.equal((await loadExport(at('late.mjs'))).name, 'whenReady')
  assert.equal((await loadExport('acorn', 'parse')).fn.name, 'parse')
  await assert.rejects(loadExport(at('shapes.mjs'), 'aera'), (error: Error & { code: string }) => {
    assert.equal(error.code, 'EXPORT_NOT_FOUND')
    assert.match(error.message, /no export aera; it has .*area/)
    return true
  })
  await assert.rejects(loadExport(at('shapes.mjs'), 'UNIT'), { code: 'NOT_A_FUNCTION' })
  await assert.rejects(loadExport(at('gone.mjs')), { code: 'MODULE_NOT_FOUND' })
  await assert.rejects(loadExport('no-such-package'), { code: 'MODULE_NOT_FOUND' })
})

test('loadExport finds what a compiler has made of an ES module by its own names', async () => {
  const at = (file: string) => new URL(file, FIXTURES).href
  for (const name of [undefined, 'default']) {
    const { fn, name: found } = await loadExport(at('compiled-default.cjs'), name)
    assert.equal(found, 'default')
    assert.equal(fn.name, 'work')
    assert.equal(await thread.call(fn, ['a']), 'work a')
  }
  assert.equal((await loadExport(at('compiled-default.cjs'), 'helper')).fn.name, 'helper')
  assert.equal((await loadExport(at('compiled-default.cjs'), 'unseen')).fn.name, 'unseen')
  await assert.rejects(loadExport(at('compiled-default.cjs'), 'toString'), (error: Error) => {
    assert.match(error.message, /it has helper, default, unseen\n/)
    return true
  })
  // An ES module has the names that it says, whatever its default export is.
  assert.equal((await loadExport(at('compiled-again.mjs'))).name, 'own')
  await assert.rejects(loadExport(at('compiled-again.mjs'), 'default'), { code: 'NOT_A_FUNCTION' })
})
