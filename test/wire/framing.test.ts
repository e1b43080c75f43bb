import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeFrame, FrameReader, isLater } from '../../src/wire/index.ts'

const LIMIT = { timeout: 60_000 }
const messages = fc.array(
  fc.oneof(
    fc.jsonValue(),
    fc.uint8Array({ maxLength: 200 }),
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.constant(undefined),
    fc.string({ maxLength: 300 }),
  ),
  { maxLength: 8 },
)

test('messages arrive whole, in order, however the stream is cut', LIMIT, () => {
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (sent, cuts) => {
      const arrived: unknown[] = []
      const reader = new FrameReader(message => arrived.push(message))
      const stream = Buffer.concat(sent.map(message => encodeFrame(message)))
      const scratch = Buffer.alloc(64)
      for (let at = 0, piece = 0; at < stream.length; piece++) {
        const size = Math.min(cuts[piece % cuts.length] as number, stream.length - at)
        // The same memory each time: the reader may keep none of it.
        stream.copy(scratch, 0, at, at + size)
        reader.push(scratch.subarray(0, size))
        scratch.fill(0xff)
        at += size
      }
      assert.deepEqual(arrived, sent)
    }),
    { numRuns: 300 },
  )
})

test('a view arrives on memory of its own', LIMIT, () => {
  const arrived: unknown[] = []
  const reader = new FrameReader(message => arrived.push(message))
  const whole = new Uint8Array(1000)
  const frame = encodeFrame([whole.subarray(10, 20).fill(7)])
  reader.push(frame)
  frame.fill(0)
  const [[view]] = arrived as [[Uint8Array]]
  assert.deepEqual([...view], Array(10).fill(7))
})

test('what can not be cloned is refused by the sender', LIMIT, () => {
  assert.throws(() => encodeFrame([() => 1]), /could not be cloned/)
})

test('numbers of calls go round', LIMIT, () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 31 - 1 }), (call, ahead) => {
      const later = (call + ahead) | 0
      assert.equal(isLater(later, call), true)
      assert.equal(isLater(call, later), false)
      assert.equal(isLater(call, call), false)
    }),
  )
})

test(
  'stray bytes in front of a message spoil the road, and are not waited for as the length of one',
  LIMIT,
  () => {
    const message = encodeFrame(['a result', Array(9).fill('some text')])
    for (const stray of ['hello\n', '{"cmd":"x"}\n', 'a', '12', '123', 'four']) {
      const told: unknown[] = []
      const reader = new FrameReader(
        arrived => told.push(arrived),
        error => told.push(error),
      )
      reader.push(Buffer.from(stray))
      for (let sent = 0; sent < 2; sent++) reader.push(message)
      assert.equal(told.length, 1, stray)
      assert.ok(told[0] instanceof RangeError, stray)
    }
  },
)
