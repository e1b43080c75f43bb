import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { ChunkSizes, LARGEST_OF_STREAM } from '../../src/pool/chunk-sizes.ts'
import { LONG } from '../../src/wire/index.ts'

/** Takes chunks of items that take `ms` each, until none of so many is left. */
function cut(sizes: ChunkSizes, ms: number, expected: number, workers: number): number[] {
  const taken: number[] = []
  for (let sum = 0; sum < expected; ) {
    const size = Math.min(expected - sum, sizes.next({ taken: sum, expected, workers, streamed: undefined }))
    sizes.take(size)
    sizes.measure(ms)
    taken.push(size)
    sum += size
  }
  return taken
}

suite('the sizes of chunks', { timeout: 20_000 }, () => {
  test('one by one while nothing is known, then at most four times as many as ever', () => {
    const sizes = new ChunkSizes()
    const taken = cut(sizes, 0.001, 1_000_000, 4)
    assert.equal(taken[0], 1)
    let largest = 1
    for (const size of taken.slice(1)) {
      assert.ok(size <= 4 * largest, `${size} after ${largest}`)
      largest = Math.max(largest, size)
    }
    assert.equal(sizes.largest, largest)
  })

  test('they take 32 ms where much is left, 4 where little is, and less at the very end', () => {
    const taken = cut(new ChunkSizes(), 0.01, 1_000_000, 2)
    assert.equal(Math.max(...taken), 3200)
    const few = cut(new ChunkSizes(), 0.01, 4000, 2)
    assert.equal(Math.max(...few), 400)
    assert.ok((few.at(-1) as number) < 10, 'the workers finish together')
  })

  test('items that take longer travel alone', () => {
    const sizes = new ChunkSizes()
    sizes.measure(50)
    assert.equal(sizes.next({ taken: 1, expected: 1000, workers: 2, streamed: undefined }), 1)
  })

  test('of an input without a length as much may be left as there has been', () => {
    const sizes = new ChunkSizes()
    sizes.measure(0.01)
    sizes.take(10_000)
    const at = (taken: number): number =>
      sizes.next({ taken, expected: undefined, workers: 2, streamed: undefined })
    assert.equal(at(1000), 400)
    assert.equal(at(1_000_000), 3200)
  })

  test("a stream's stay small, and within what its reader may be behind", () => {
    const sizes = new ChunkSizes()
    sizes.measure(0.001)
    sizes.take(10_000)
    const at = (streamed: number): number =>
      sizes.next({ taken: 10_000, expected: undefined, workers: 2, streamed })
    assert.equal(at(100_000), LARGEST_OF_STREAM)
    assert.equal(at(20), 20)
  })

  test('an item that took longer is believed at once, a quicker one by halves', () => {
    const sizes = new ChunkSizes()
    sizes.take(1000)
    const next = (): number =>
      sizes.next({ taken: 1000, expected: undefined, workers: 1000, streamed: undefined })
    sizes.measure(0.1)
    assert.equal(next(), 40)
    sizes.measure(0.4)
    assert.equal(next(), 10)
    sizes.measure(0.1)
    assert.equal(next(), 16)
  })

  test('of single items each eighth is measured, and all before one is', () => {
    const sizes = new ChunkSizes()
    assert.deepEqual([sizes.goesAlone(), sizes.goesAlone()], [false, false])
    sizes.measure(10)
    const alone = Array.from({ length: 16 }, () => sizes.goesAlone())
    assert.deepEqual(
      alone.flatMap((is, n) => (is ? [] : [n])),
      [7, 15],
    )
  })

  test('a chunk that was made to take long is let run for longer', () => {
    const sizes = new ChunkSizes()
    assert.equal(sizes.patience(1000), 0)
    sizes.measure(0.01)
    assert.equal(sizes.patience(800), 0)
    assert.equal(sizes.patience(801), LONG)
  })
})
