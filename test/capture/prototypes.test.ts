import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { pack, prepare, unpack } from '../../src/codec/index.ts'
import { Pool as ProcessPool, ThreadPool } from 'manycore'
import { ProcessSide, ThreadSide } from './sides.ts'

/* Prototypes that were replaced, over more than one journey. */

interface Point {
  readonly x: number
  norm(): number
}

function Point(this: { x: number }, x: number): void {
  this.x = x
}
Point.prototype = {
  norm(this: Point) {
    return Math.abs(this.x)
  },
}
const make = Point as unknown as new (x: number) => Point

for (const Make of [ThreadSide, ProcessSide]) {
  describe(Make.name, { timeout: 20_000 }, () => {
    const side = new Make()
    after(() => side.close())

    test('an instance that comes home is one of the original', async () => {
      const made = (await side.call(() => new make(-4), [])) as Point
      assert.ok(made instanceof make)
      assert.equal(made.norm(), 4)
      assert.equal(Object.getPrototypeOf(made), Point.prototype)
    })

    test('a prototype that comes home is the original', async () => {
      class Plain {}
      const prototype: unknown = Plain.prototype
      assert.equal(await side.call(() => prototype, []), prototype)
      assert.equal(await side.call(() => Plain.prototype, []), prototype)
      assert.equal(await side.call(() => Array.prototype as unknown, []), Array.prototype)
    })
  })
}

for (const Pool of [ThreadPool, ProcessPool]) {
  test(`an instance among the arguments is one of the function that was captured (${Pool.name})`, async () => {
    const pool = new Pool(1)
    const judge = (point: Point) => [point instanceof make, point.norm()]
    assert.deepEqual(await pool.apply(judge, [new make(-3)]), [true, 3])
    await pool.terminate()
  })
}

test('values by themselves: a prototype is that of its class, a record with a constructor is a record', async () => {
  class Plain {}
  const record = { constructor: 'text', prototype: null }
  const odd = { constructor: class Other {} }
  const graph = pack([Plain.prototype, Plain, record, odd], {
    path: 'args',
    can: { transfer: true, share: true },
  })
  assert.ok(graph)
  const copy = structuredClone(graph)
  await prepare(copy)
  const [prototype, constructor, text, other] = unpack(copy) as [object, Function, object, typeof odd]
  assert.equal(prototype, constructor.prototype)
  assert.deepEqual(text, record)
  assert.deepEqual(Object.keys(other), ['constructor'])
  assert.equal(typeof other.constructor, 'function')
})
