import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Collection, Snapshot } from '../../src/pool/snapshot.ts'

/** Around the ends of pieces, of 4096 items. */
const lengths = fc.oneof(
  fc.integer({ min: 0, max: 20 }),
  fc.integer({ min: 4090, max: 4100 }),
  fc.constant(8192),
)
const range = (length: number): number[] => Array.from({ length }, (_, i) => i)

test('what is taken is what was there, in order, whatever is taken at a time', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 6000 }), { maxLength: 5 })
  fc.assert(
    fc.property(lengths, counts, (length, takes) => {
      const items = range(length)
      const snapshot = new Snapshot(items)
      items.fill(-1)
      assert.equal(snapshot.length, length)
      let at = 0
      for (const count of [...takes, length + 1]) {
        const taken = snapshot.take(count)
        assert.deepEqual(taken, range(length).slice(at, at + count))
        at += taken.length
        assert.deepEqual([...snapshot], range(length).slice(at))
      }
      assert.deepEqual(snapshot.take(1), [])
    }),
    { numRuns: 200 },
  )
})

test('every collection of the language, and places without a value', () => {
  const long = range(5000)
  const holes = new Array<number>(3)
  holes[0] = 1
  holes[2] = 3
  const collections: [Collection, unknown[]][] = [
    ['aä😀', ['a', 'ä', '😀']],
    [new Set(long), long],
    [new Map([[1, 'one']]), [[1, 'one']]],
    [Float32Array.of(1.5, 2), [1.5, 2]],
    [
      [[1], [2, [3]]],
      [[1], [2, [3]]],
    ],
    [holes, [1, undefined, 3]],
  ]
  for (const [given, expected] of collections) {
    const snapshot = new Snapshot(given)
    assert.equal(snapshot.length, expected.length)
    const taken = snapshot.take(expected.length)
    assert.deepEqual(taken, expected)
    assert.equal(Object.keys(taken).length, expected.length, 'there is no hole')
  }
})

test('what is cleared gives no more', () => {
  const snapshot = new Snapshot(range(9000))
  assert.equal(snapshot.take(10).length, 10)
  snapshot.clear()
  assert.deepEqual(snapshot.take(10), [])
  assert.deepEqual([...snapshot], [])
})
