import assert from 'node:assert/strict'
import { writeSync } from 'node:fs'
import { afterEach, test } from 'node:test'
import { serialize } from 'node:v8'
import { Pool } from 'manycore'
import { nothingLeft } from '../support/index.ts'

/* Code in a worker says what the library would say, of a call that can't end like that. */

const limit = { timeout: 30_000 }

afterEach(() => nothingLeft())

/** Answers calls 0 to 9, whichever of them is this one. */
function forge(how: number, payload: unknown): void {
  const results = Array.from({ length: 10 }, (_, call) => [call, how, payload]).flat()
  const body = serialize([1, results, 1, 1])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(body.length)
  writeSync(3, Buffer.concat([length, body]))
}

for (const [what, how, payload] of [
  ['more items than it has', 4, [[1, 2, 3, 4], null, null, 4, 1]],
  ['one value', 0, 5],
  ['nothing known', 9, undefined],
] as const) {
  test(`a chunk that ends with ${what} ends its worker`, limit, async () => {
    await using pool = new Pool(1)
    const forged = pool.map(
      item => {
        if (item === 0) forge(how, payload)
        return item
      },
      [0, 1, 2],
      { chunksize: 3 },
    )
    await assert.rejects(forged, { code: 'WORKER_DIED' })
    assert.deepEqual(await pool.map(item => item, [3, 4]), [3, 4])
  })
}

test('so does a call that ends as a chunk does', limit, async () => {
  await using pool = new Pool(1)
  await assert.rejects(pool.apply(forge, [4, [[1], null, null, 1, 1]]), { code: 'WORKER_DIED' })
  assert.equal(await pool.apply(() => 1), 1)
})
