import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryRecord } from '../../src/shared/record.ts'
import { RawArray, RawValue, share, SharedArray, struct, Value } from '../../src/shared/index.ts'
import { noNativeCode } from '../support/index.ts'
import { cross, eachRoad, packOn } from '../codec/roads.ts'

const mapped = { skip: noNativeCode() }
const Point = struct({ x: 'd', y: 'd' })

eachRoad(road => {
  test('a value arrives as the same one', () => {
    const value = new Value('i', 3)
    const { there, lock } = cross(road, { there: value, lock: value.getLock() })
    assert.ok(there instanceof Value)
    assert.equal(there.getLock(), lock)
    there.value = 4
    assert.equal(value.value, 4)
    const raw = cross(road, new RawValue('q', 5))
    assert.ok(!(raw instanceof Value))
    assert.equal(raw.value, 5n)
  })

  test('a value of a struct', mapped, () => {
    const value = new Value(Point, { x: 1 })
    const there = cross(road, value)
    there.value.y = 2
    assert.deepEqual(Point.copy(value.value), { x: 1, y: 2 })
  })

  test('an array with its lock arrives as itself', mapped, () => {
    const array = new SharedArray('i', [1, 2, 3])
    assert.equal(cross(road, array), array)
    assert.equal(cross(road, { array }).array.getLock(), array.getLock())
    const text = new SharedArray('c', 'abc', { lock: array.getLock() })
    assert.equal(cross(road, text), text)
    assert.equal(cross(road, array), array)
  })

  test('a raw array, and views of any, are views of the same memory', mapped, () => {
    const raw = new RawArray('d', [1, 2, 3, 4])
    const there = cross(road, [raw.subarray(1, 3), raw, new DataView(raw.buffer, 8, 8)] as const)
    assert.equal(there[0].buffer, raw.buffer)
    assert.deepEqual([there[0].byteOffset, there[0].length], [8, 2])
    there[0][0] = 20
    assert.equal(raw[1], 20)
    there[1][0] = 10
    assert.equal(raw[0], 10)
    assert.deepEqual([there[2].byteOffset, there[2].byteLength, there[2].getFloat64(0, true)], [8, 8, 20])
    assert.equal(cross(road, new RawArray('c', 'text')).value, 'text')
  })

  test('the buffer by itself', mapped, () => {
    const { buffer } = new RawArray('i', 3)
    assert.equal(cross(road, { buffer }).buffer, buffer)
  })

  test('records, by themselves too', mapped, () => {
    const path = new SharedArray(Point, [{ x: 1 }, { x: 2 }])
    const there = cross(road, path)
    assert.equal(there, path)
    const raw = new RawArray(Point, 3)
    const copy = cross(road, raw)
    assert.equal(copy.length, 3)
    copy[2]!.y = 7
    assert.equal(raw[2]!.y, 7)
    for (const record of [path[1]!, new RawValue(Point, { x: 2 }).value, raw[1]!]) {
      const arrived = cross(road, { record }).record
      arrived.y = 5
      assert.equal(record.y, 5)
      assert.ok(MemoryRecord.placeOf(arrived))
    }
    const Line = struct({ from: Point, to: Point })
    const line = new RawValue(Line)
    cross(road, line.value.to).x = 3
    assert.equal(line.value.to.x, 3)
  })

  test('a struct arrives as the one that is known here', () => {
    assert.equal(cross(road, Point), Point)
  })

  test('a shared value', mapped, () => {
    const shared = share({ list: [1, 2], weights: new Float64Array(20_000).fill(2) })
    const there = cross(road, shared)
    assert.deepEqual(there.get(), shared.get())
    assert.equal(there.get().weights.buffer, shared.get().weights.buffer)
    shared.close()
    assert.throws(() => packOn(road, shared), { code: 'SHARED_CLOSED' })
  })

  test('other shared memory: between threads only, and the error says what to use', () => {
    const stranger = new Int32Array(new SharedArrayBuffer(8))
    if (road.can.share) assert.equal(cross(road, { stranger }).stranger.buffer.byteLength, 8)
    else
      assert.throws(() => packOn(road, [stranger]), {
        code: 'CANNOT_SHARE_WITH_PROCESS',
        message: /SharedArray/,
      })
  })
})
