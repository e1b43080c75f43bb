import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { allocateCell, createSegment } from '../../src/memory/index.ts'
import { BUFFER } from '../../src/channel/tags.ts'
import { makeRing } from './make-ring.ts'
import {
  type Attempt,
  CLOSED,
  FRONT,
  type Message,
  NOT_NOW,
  Ring,
  RING_WORDS,
  RingReader,
  RingWriter,
  SegmentMemory,
  SUCCESS,
} from './parts.ts'

const LIMIT = { timeout: 60_000 }
const FIRST = 256
const LARGEST = 16 * 1024

interface Model {
  readonly messages: Buffer[]
  open: boolean
}

class Real {
  readonly ring: Ring
  readonly writer: RingWriter
  readonly reader: RingReader

  constructor(maxsize: number) {
    this.ring = makeRing(FIRST, LARGEST, maxsize)
    this.writer = new RingWriter(this.ring)
    this.reader = new RingReader(this.ring)
  }

  put(bytes: Buffer, pieces: number): Attempt {
    const message: Message = { tag: BUFFER, aux: 0, bytes, start: 0, length: bytes.length }
    const result = this.writer.begin(message)
    if (result !== SUCCESS) return result
    const step = Math.max(1, Math.ceil(bytes.length / pieces))
    for (let at = 0; at < bytes.length; at += step) {
      this.writer.write(message, at, Math.min(step, bytes.length - at))
    }
    this.writer.commit(message)
    return SUCCESS
  }

  take(pieces: number): Buffer | Attempt {
    const result = this.reader.begin()
    if (result !== SUCCESS) return result
    const { length } = this.reader.header
    const target = Buffer.alloc(length)
    const step = Math.max(1, Math.ceil(length / pieces))
    for (let at = 0; at < length; at += step) this.reader.read(target, at, Math.min(step, length - at))
    const { bytes, start } = this.reader.whole()
    assert.deepEqual(bytes.subarray(start, start + length), target)
    this.reader.commit()
    return target
  }
}

type Command = fc.Command<Model, Real>

const put = fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 5 })).map(
  ([length, pieces]): Command => ({
    check: () => true,
    run(model, real) {
      const bytes = Buffer.from(Array.from({ length }, (_, i) => (i * 7 + model.messages.length) & 0xff))
      const result = real.put(bytes, pieces)
      if (!model.open) assert.equal(result, CLOSED)
      else if (result === SUCCESS) model.messages.push(bytes)
      // Full only where it can't grow any more.
      else assert.ok(result === NOT_NOW && room(model) < length + 64, `${result} with ${room(model)} left`)
    },
    toString: () => `put(${length}, ${pieces})`,
  }),
)

/** Bytes that are left in the largest ring. */
function room({ messages }: Model): number {
  return LARGEST - 16 - messages.reduce((sum, { length }) => sum + 16 + Math.ceil(length / 16) * 16, 0)
}

const take = fc.integer({ min: 1, max: 5 }).map(
  (pieces): Command => ({
    check: () => true,
    run(model, real) {
      const expected = model.messages.shift()
      const result = real.take(pieces)
      if (expected) assert.deepEqual(result, expected)
      else assert.equal(result, model.open ? NOT_NOW : CLOSED)
    },
    toString: () => `take(${pieces})`,
  }),
)

const count = fc.constant<Command>({
  check: () => true,
  run(model, real) {
    assert.equal(real.ring.count(), model.messages.length)
    assert.equal(real.ring.isEmpty, model.messages.length === 0)
  },
  toString: () => 'count()',
})

const shrink = fc.constant<Command>({
  check: () => true,
  run: (_, real) => real.ring.shrinkTo(FIRST),
  toString: () => 'shrink()',
})

const shutDown = fc.boolean().map(
  (drop): Command => ({
    check: () => true,
    run(model, real) {
      let dropped = 0
      assert.equal(
        real.ring.shutDown(drop, many => (dropped = many)),
        SUCCESS,
      )
      model.open = false
      if (drop) assert.equal(dropped, model.messages.splice(0).length)
    },
    toString: () => `shutDown(${drop})`,
  }),
)

suite('a ring is a queue', () => {
  test('puts and takes in any order, whatever it has grown and shrunk to', LIMIT, () => {
    const commands = fc.commands([put, take, take, count, shrink], { maxCommands: 100 })
    fc.assert(
      fc.property(commands, steps =>
        fc.modelRun(() => ({ model: { messages: [], open: true }, real: new Real(0) }), steps),
      ),
      { numRuns: 150 },
    )
  })

  test('shut down in between', LIMIT, () => {
    const commands = fc.commands([put, take, count, shutDown], { maxCommands: 30 })
    fc.assert(
      fc.property(commands, steps =>
        fc.modelRun(() => ({ model: { messages: [], open: true }, real: new Real(0) }), steps),
      ),
      { numRuns: 100 },
    )
  })

  test('positions and ordinals go round', LIMIT, () => {
    const real = new Real(0)
    // Close to the ends of 32 bits, signed and unsigned: by way of the words, as nobody waits for 2 ** 32 messages.
    for (const start of [0x7ffffff0, -16]) {
      const { cells, memory } = real.ring
      cells.store(16, start)
      cells.store(32, start)
      memory.writeHeader(start, real.ring.load(), { tag: 0xff, aux: 0, length: 0 }, start)
      for (let i = 0; i < 100; i++) {
        assert.equal(real.put(Buffer.from([i, i]), 1), SUCCESS)
        assert.equal(real.ring.count(), 1)
        assert.deepEqual(real.take(1), Buffer.from([i, i]))
      }
    }
  })

  test('words that somebody else wrote over are an error, never garbage', LIMIT, () => {
    const word = fc.oneof(fc.constantFrom(0, 16, 17, 32, 33), fc.nat(RING_WORDS - 1))
    const property = fc.property(word, fc.integer(), fc.nat(2), (at, value, messages) => {
      const real = new Real(0)
      for (let i = 0; i < messages; i++) real.put(Buffer.from('abc'), 1)
      const before = real.ring.cells.load(at)
      real.ring.cells.store(at, value)
      let got: unknown
      try {
        got = real.take(1)
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'CHANNEL_DAMAGED')
        return
      }
      // What does no harm is no error; a message is whole, or is not there.
      if (Buffer.isBuffer(got)) assert.equal(String(got), 'abc')
      else assert.ok(typeof got === 'number', `word ${at} was ${before}`)
    })
    fc.assert(property, { numRuns: 500 })
  })

  test('headers that somebody else wrote over are an error', LIMIT, () => {
    for (const [word, value] of [
      [0, 0x7fffffff],
      [0, 100],
      [1, 17],
      [2, 0],
      [2, 0x4d4352ff],
      [5, 9],
    ]) {
      const cell = allocateCell(RING_WORDS)
      const segment = createSegment(FRONT + LARGEST)
      const memory = new SegmentMemory(segment)
      Ring.init(cell.cells, memory, FIRST, 0)
      const ring = new Ring(cell.cells, cell.seats, memory, { growth: 'always', name: 'the ring' })
      const [writer, reader] = [new RingWriter(ring), new RingReader(ring)]
      const message: Message = { tag: 0, aux: 0, bytes: Buffer.alloc(0), start: 0, length: 0 }
      assert.equal(writer.begin(message), SUCCESS)
      writer.commit(message)
      new Int32Array(segment.buffer, FRONT)[word as number] = value as number
      assert.throws(() => reader.begin(), { code: 'CHANNEL_DAMAGED' }, `word ${word} = ${value}`)
    }
  })
})
