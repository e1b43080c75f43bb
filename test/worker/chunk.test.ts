import assert from 'node:assert/strict'
import { test } from 'node:test'
import { now } from '../../src/base/index.ts'
import { BETWEEN_PROCESSES } from '../../src/link/index.ts'
import { LONG, WHOLE } from '../../src/wire/index.ts'
import { patienceFor, runChunk } from '../../src/worker/chunk.ts'

const LIMIT = { timeout: 60_000 }
const ITEMS = Array.from({ length: 30 }, (_, item) => item)

/** Keeps its core for a millisecond. */
function work(item: number): number {
  const end = now() + 1
  while (now() < end);
  return item
}

/** How many of the items were run before the rest was given back. */
async function done(fn: Function, mode: number, items = ITEMS): Promise<number> {
  const begun: number[] = []
  const [values, , failures, next] = await runChunk({
    fn,
    items,
    star: false,
    longEnough: patienceFor(mode),
    can: BETWEEN_PROCESSES,
    beginItem: item => void begun.push(item),
    stopped: () => false,
  })
  assert.equal(failures, null)
  assert.deepEqual([...values], items.slice(0, next))
  assert.ok(begun.every(item => item < items.length))
  return next
}

for (const [how, fn] of [
  ['synchronous', work],
  ['asynchronous', async (item: number) => work(item)],
] as const) {
  test(
    `${how} items: a chunk gives its rest back after 20 ms, a long one later, a whole one never`,
    LIMIT,
    async () => {
      assert.ok((await done(fn, 0)) <= 21)
      // 30 ms of 100.
      assert.equal(await done(fn, LONG), ITEMS.length)
      const long = [...ITEMS, ...ITEMS, ...ITEMS, ...ITEMS].map((_, item) => item)
      const next = await done(fn, LONG, long)
      assert.ok(next > 21 && next <= 101, `${next} of ${long.length}`)
      assert.equal(await done(fn, WHOLE, long), long.length)
    },
  )
}
