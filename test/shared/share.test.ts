import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RawArray, share, Value } from '../../src/shared/index.ts'
import { noNativeCode } from '../support/index.ts'

describe('share', { timeout: 20_000 }, () => {
  test('a large typed array is read in place', () => {
    const big = new Float64Array(100_000).map((_, i) => i)
    const shared = share(big)
    const read = shared.get()
    assert.deepEqual(read, big)
    assert.ok(read.buffer instanceof SharedArrayBuffer)
    assert.equal(shared.get(), read)
    assert.ok(shared.size >= big.byteLength)
    big[0] = 7
    assert.equal(read[0], 0, 'a snapshot')
  })

  test('every kind of binary data keeps its class', () => {
    const bytes = Buffer.alloc(100_000, 'abc')
    assert.equal(share(bytes).get().toString('latin1', 0, 6), 'abcabc')
    const buffer = share(new Uint8Array(70_000).fill(3).buffer).get()
    assert.ok(buffer instanceof SharedArrayBuffer && buffer.byteLength === 70_000)
    const view = share(new DataView(new ArrayBuffer(80_000), 8, 70_000)).get()
    assert.ok(view instanceof DataView && view.byteLength === 70_000)
    assert.deepEqual(share(new Int16Array([1, 2])).get(), Int16Array.of(1, 2))
    assert.deepEqual(share(new BigInt64Array(10_000).fill(4n).subarray(10)).get()[0], 4n)
  })

  test('anything else is decoded once, and frozen', () => {
    const weights = new Float32Array(100_000).fill(0.5)
    const value = {
      name: 'model',
      layers: [{ size: 3 }],
      weights,
      at: new Map([['a', [1]]]),
      on: new Date(5),
    }
    const shared = share(value)
    const read = shared.get()
    assert.deepEqual(read, value)
    assert.equal(read, shared.get())
    assert.notEqual(read, value)
    assert.ok(read.weights.buffer instanceof SharedArrayBuffer)
    assert.throws(() => (read.layers[0]!.size = 4), TypeError)
    assert.throws(() => read.layers.push({ size: 4 }), TypeError)
    assert.throws(() => read.at.get('a')!.push(2), TypeError)
  })

  test('primitives, circles, errors, functions', () => {
    assert.equal(share('text').get(), 'text')
    assert.equal(share(undefined).get(), undefined)
    const circle: { self?: object } = {}
    circle.self = circle
    const read = share(circle).get()
    assert.equal(read.self, read)
    assert.ok(share(new RangeError('x')).get() instanceof RangeError)
  })

  test('what cannot cross is refused where it was shared', () => {
    assert.throws(() => share({ promise: Promise.resolve() }), { name: 'CodecError', code: 'CANNOT_CLONE' })
    assert.throws(() => share([new WeakMap()]), /value\[0\] is a WeakMap/)
  })

  test('what is shared already is refused: it travels by itself', { skip: noNativeCode() }, () => {
    for (const live of [new Value('i'), new RawArray('d', 3), share(1)]) {
      assert.throws(() => share({ live }), { name: 'CodecError', code: 'CANNOT_SHARE_LIVE' })
    }
  })

  test('closed', () => {
    const shared = share([1])
    assert.equal(shared.closed, false)
    shared.close()
    shared.close()
    assert.equal(shared.closed, true)
    const closed = { name: 'ClosedError', code: 'SHARED_CLOSED' }
    assert.throws(() => shared.get(), closed)
    assert.throws(() => shared.size, closed)
  })
})
