import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { RawArray, SharedArray, struct, type Typecode } from '../../src/shared/index.ts'
import { Lock, RLock } from '../../src/sync/index.ts'

const CLASSES: readonly (readonly [Typecode, Function])[] = [
  ['c', Uint8Array],
  ['u', process.platform === 'win32' ? Uint16Array : Uint32Array],
  ['b', Int8Array],
  ['B', Uint8Array],
  ['h', Int16Array],
  ['H', Uint16Array],
  ['i', Int32Array],
  ['I', Uint32Array],
  ['l', process.platform === 'win32' ? Int32Array : BigInt64Array],
  ['L', process.platform === 'win32' ? Uint32Array : BigUint64Array],
  ['q', BigInt64Array],
  ['Q', BigUint64Array],
  ['f', Float32Array],
  ['d', Float64Array],
  ['int8', Int8Array],
  ['uint16', Uint16Array],
  ['float64', Float64Array],
  ['bigint64', BigInt64Array],
  ['uint64', BigUint64Array],
]
const misfit = { name: 'UsageError', code: 'VALUE_DOES_NOT_FIT' }

describe('shared arrays', () => {
  for (const [code, Class] of CLASSES) {
    test(`${code}: a ${Class.name} of the language itself`, () => {
      const array: NodeJS.TypedArray = new SharedArray(code, 3)
      assert.equal(Object.getPrototypeOf(array), Class.prototype)
      assert.equal(array.length, 3)
      assert.ok(array.buffer instanceof SharedArrayBuffer)
      assert.deepEqual(Object.keys(array), ['0', '1', '2'])
    })
  }

  test('length, index, slice, iteration', () => {
    const array = new SharedArray('i', [1, 2, 3, 4])
    assert.deepEqual(array, Int32Array.of(1, 2, 3, 4))
    array[1] = 20
    assert.deepEqual(array.slice(1, 3), Int32Array.of(20, 3))
    assert.deepEqual([...array.map(n => n * 2)], [2, 40, 6, 8])
    array.set([7, 8], 2)
    assert.equal(array.at(-1), 8)
    assert.ok(!(array.slice().buffer instanceof SharedArrayBuffer), 'a slice is a private copy')
    assert.equal(array.subarray(1).buffer, array.buffer)
    assert.equal(inspect(new SharedArray('h', 2)), 'Int16Array(2) [ 0, 0 ]')
  })

  test('values come from anything iterable, and each is checked', () => {
    assert.deepEqual(new RawArray('d', new Set([1.5, 2])), Float64Array.of(1.5, 2))
    assert.deepEqual(new RawArray('q', [1, 2n]), BigInt64Array.of(1n, 2n))
    assert.deepEqual(new RawArray('b', Int8Array.of(1, 2)), Int8Array.of(1, 2))
    assert.deepEqual(new RawArray('b', Float64Array.of(1, 2)), Int8Array.of(1, 2))
    assert.throws(() => new RawArray('b', [1, 2, 300]), /RawArray\[2\] can't hold 300/)
    assert.throws(() => new SharedArray('i', [1.5]), misfit)
    assert.throws(() => new SharedArray('i', ['1'] as never), misfit)
  })

  test('a wrong length, or what is neither a length nor values', () => {
    for (const wrong of [-1, 1.5, NaN, Infinity, 2 ** 60, true, null, undefined, {}]) {
      assert.throws(() => new SharedArray('d', wrong as number), { code: 'WRONG_OPTION' }, inspect(wrong))
    }
    assert.throws(() => new RawArray('x' as 'i', 1), { code: 'UNKNOWN_TYPECODE' })
    assert.equal(new SharedArray('d', 0).length, 0)
  })

  test('an array made from a size is zeroed, three times in a row', () => {
    for (let round = 0; round < 3; round++) {
      const array = new SharedArray('i', 1000)
      assert.ok(array.every(item => item === 0))
      array.fill(round + 1)
    }
  })

  test('the lock: by default, given, or none', async () => {
    const array = new SharedArray('i', 2)
    assert.ok(array.getLock() instanceof RLock)
    assert.ok(array instanceof SharedArray)
    await array.getLock().run(() => (array[0] = 1))
    const lock = new Lock()
    assert.equal(new SharedArray('i', 2, { lock }).getLock(), lock)
    const without = new SharedArray('i', 2, { lock: false })
    assert.ok(!('getLock' in without) && !(without instanceof SharedArray))
    assert.throws(() => new SharedArray('i', 2, { lock: 'notalock' as never }), { code: 'WRONG_OPTION' })
  })

  test('texts', () => {
    const name = new SharedArray('c', 'héllo')
    assert.equal(name.value, 'héllo')
    assert.equal(name.length, 5)
    name.value = 'hi'
    assert.equal(name.value, 'hi')
    assert.deepEqual([...name], [104, 105, 0, 0, 0])
    assert.throws(() => (name.value = 'longer'), misfit)
    assert.throws(() => (name.value = 'a\0b'), misfit)
    assert.throws(() => (name.value = 'Ā'), misfit)
    assert.equal(name.value, 'hi')
    assert.equal(new RawArray('c', Buffer.from('bytes')).value, 'bytes')
    assert.equal(new RawArray('u', 'w🙂').value, 'w🙂')
    assert.throws(() => new RawArray('c', [300]), misfit)
  })

  test('records by index', () => {
    const Point = struct({ x: 'd', y: 'd' })
    const path = new SharedArray(Point, 3)
    assert.equal(path.length, 3)
    path[1]!.x = 2
    assert.deepEqual(
      path.map(point => Point.copy(point)),
      [
        { x: 0, y: 0 },
        { x: 2, y: 0 },
        { x: 0, y: 0 },
      ],
    )
    assert.ok(path.getLock() instanceof RLock && Array.isArray(path))
    assert.throws(() => ((path as unknown[])[0] = {}), TypeError)
    const given = new RawArray(Point, [{ x: 1 }, { y: 2 }])
    assert.deepEqual(JSON.parse(JSON.stringify(given)), [
      { x: 1, y: 0 },
      { x: 0, y: 2 },
    ])
    assert.throws(() => new RawArray(Point, [{ x: 'a' as never }]), misfit)
    assert.throws(() => new RawArray(Point, [{ z: 1 } as never]), { code: 'UNKNOWN_FIELD' })
    assert.throws(() => new RawArray(Point, -1), { code: 'WRONG_OPTION' })
  })
})
