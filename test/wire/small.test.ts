import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CALLS, encodeFrame, encodeSmallFrame, FrameReader } from '../../src/wire/index.ts'

const LIMIT = { timeout: 60_000 }
const primitives = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(-0, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, true, false, null, undefined, ''),
  fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map(code => String.fromCharCode(code)),
    maxLength: 128,
  }),
)
/** Lists that are odd in ways that the others are not. */
const oddLists = fc
  .tuple(fc.array(fc.option(fc.nat(9), { nil: undefined }), { maxLength: 4 }), fc.nat(4), fc.boolean())
  .map(([list, hole, named]) => {
    const odd: unknown[] = [...list]
    if (hole < odd.length) Reflect.deleteProperty(odd, hole)
    return named ? Object.assign(odd, { name: 1 }) : odd
  })
const payloads = fc.oneof(
  primitives,
  fc.array(primitives, { maxLength: 6 }),
  fc.anything({
    withSparseArray: true,
    withNullPrototype: true,
    withDate: true,
    withMap: true,
    withBigInt: true,
    maxDepth: 3,
  }),
  fc.oneof(fc.uint8Array(), fc.float64Array(), fc.int16Array(), fc.bigInt64Array(), fc.uint8ClampedArray()),
  oddLists,
  fc.tuple(oddLists, primitives),
)
const messages = fc
  .tuple(fc.integer(), fc.array(payloads, { maxLength: 4 }))
  .map(([first, flat]) => [CALLS, first, flat])

function read(frame: Uint8Array): unknown {
  const arrived: unknown[] = []
  new FrameReader(message => arrived.push(message)).push(Buffer.from(frame))
  assert.equal(arrived.length, 1)
  return arrived[0]
}

test('what a small message holds arrives as by V8', LIMIT, () => {
  let small = 0
  fc.assert(
    fc.property(messages, message => {
      const frame = encodeSmallFrame(message, 1)
      if (!frame) return
      small++
      assert.deepStrictEqual(read(frame), read(encodeFrame(message)))
    }),
    { numRuns: 1000 },
  )
  assert.ok(small > 150, `${small} of 1000 were small`)
})

const TWICE = { a: 1 }
const BUFFER = new ArrayBuffer(4)
type GrowingBuffer = new (length: number, options: { maxByteLength: number }) => ArrayBuffer
const LEFT_TO_V8: Readonly<Record<string, unknown>> = {
  'a large number': 2n,
  'a part of a buffer': new Uint8Array(4).subarray(1),
  'two views of one buffer': [new Uint8Array(BUFFER), new Int8Array(BUFFER)],
  'a view and its buffer': [new Uint8Array(BUFFER), BUFFER],
  'shared memory': new Uint8Array(new SharedArrayBuffer(4)),
  'what may have been handed over': new Uint8Array(0),
  'a buffer that grows': new Uint8Array(
    new (ArrayBuffer as unknown as GrowingBuffer)(4, { maxByteLength: 8 }),
  ),
  'a Buffer': Buffer.alloc(4),
  'a subclass': new (class extends Uint8Array {})(4),
  'what is only called one': Object.create(Uint8Array.prototype),
  'a DataView': new DataView(new ArrayBuffer(4)),
  'many bytes': new Uint8Array(2049),
  'a text of two bytes for a character': 'ŝ',
  'a long text': 'x'.repeat(1025),
  'a long list': Array(4096).fill(0),
  'a date': new Date(0),
  'a list with a name': Object.assign([1], { name: 'x' }),
  'a list with a hole and a name for it': Object.assign([1, , 2], { name: 'x' }), // oxlint-disable-line no-sparse-arrays
  'a list with a hole': [1, , 2], // oxlint-disable-line no-sparse-arrays
  'an object without a prototype': Object.create(null),
  'an object with a name that is not one': JSON.parse('{"__proto__": 1}'),
  'what is there twice': [TWICE, TWICE],
  'many lists': Array.from({ length: 33 }, () => []),
  'a deep list': [[[[[[[[[1]]]]]]]]],
}

for (const [what, payload] of Object.entries(LEFT_TO_V8)) {
  test(`${what} is left to V8`, LIMIT, () => {
    assert.equal(encodeSmallFrame([CALLS, 0, [0, 0, payload]]), undefined)
    assert.ok(encodeSmallFrame([CALLS, 0, [0, 0, 1]]))
  })
}

test('many lists of long texts are no small message', LIMIT, () => {
  const payload = Array(64).fill('x'.repeat(128))
  assert.equal(encodeSmallFrame([CALLS, 0, Array(64).fill(payload)]), undefined)
})

test('bytes that are no small message spoil the road, whatever they are', LIMIT, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), bytes => {
      const frame = Buffer.concat([Buffer.alloc(4), Buffer.from([2]), bytes])
      frame.writeUInt32LE(frame.length - 4, 0)
      const told: unknown[] = []
      new FrameReader(
        message => told.push(message),
        error => told.push(error),
      ).push(frame)
      assert.equal(told.length, 1)
      if (told[0] instanceof Error) assert.ok(told[0] instanceof RangeError, String(told[0]))
    }),
    { numRuns: 2000 },
  )
  const deep = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from([2]),
    Buffer.alloc(300_000, Buffer.from([7, 1, 0])),
  ])
  deep.writeUInt32LE(deep.length - 4, 0)
  const told: unknown[] = []
  new FrameReader(
    () => told.push('a message'),
    error => told.push(error),
  ).push(deep)
  assert.ok(told[0] instanceof RangeError)
})

test('a getter that sends something of its own does not get in between', LIMIT, () => {
  let inner: Uint8Array | undefined
  const message = [
    CALLS,
    {
      get a(): number {
        inner = encodeSmallFrame([CALLS, 1])
        return 7
      },
    },
  ]
  const frame = encodeSmallFrame(message)
  assert.equal(inner, undefined)
  assert.ok(frame)
  assert.deepEqual(read(frame), [CALLS, { a: 7 }])
  const failing = {
    get a(): number {
      throw new Error('not now')
    },
  }
  assert.throws(() => encodeSmallFrame([CALLS, failing]), /not now/)
  assert.ok(encodeSmallFrame([CALLS, 1]), 'and the next goes')
})
