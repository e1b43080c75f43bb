import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explore } from './steps/index.ts'

const BROKEN = new URL('./steps/broken-locks.js', import.meta.url)
const LIMIT = { timeout: 30_000 }

test('finds that testing and then setting excludes nobody, and replays it', LIMIT, async () => {
  const found = await explore(BROKEN, 'test, then set')
  assert.match(found.failure ?? '', /2 threads are inside at once/)
  const again = await explore(BROKEN, 'test, then set', { replay: found.schedule })
  assert.deepEqual({ ...again, schedules: 0 }, { ...found, schedules: 0 })
})

test('finds the wake-up that a release in two operations loses', LIMIT, async () => {
  const found = await explore(BROKEN, 'release by load and store')
  assert.equal(found.failure, 'all threads wait for each other')
})

test('finds nothing wrong with the right one, and ends', LIMIT, async () => {
  const counts: number[] = []
  for (const preemptions of [1, 2, 3, Number.POSITIVE_INFINITY]) {
    const verdict = await explore(BROKEN, 'right', { preemptions })
    assert.deepEqual(
      { failure: verdict.failure, exhausted: verdict.exhausted },
      { failure: undefined, exhausted: true },
    )
    counts.push(verdict.schedules)
  }
  assert.deepEqual(
    counts,
    counts.toSorted((a, b) => a - b),
  )
})

test('kills a thread at each of its steps; only looking after the dead helps', LIMIT, async () => {
  const found = await explore(BROKEN, 'the holder may die')
  assert.equal(found.failure, 'all threads wait for each other')
  assert.match(found.schedule, /A/)
  const mended = await explore(BROKEN, 'the holder may die, others look after it')
  assert.deepEqual(
    { failure: mended.failure, exhausted: mended.exhausted },
    { failure: undefined, exhausted: true },
  )
})

test('finds the waiter that goes by its bell and looks before it is listed', LIMIT, async () => {
  const found = await explore(BROKEN, 'looks, then is listed')
  assert.equal(found.failure, 'all threads wait for each other')
  const right = await explore(BROKEN, 'is listed, then looks', { preemptions: Number.POSITIVE_INFINITY })
  assert.equal(right.failure, undefined)
})

test('a thread that goes round for ever, throws, or has a wrong end is told', LIMIT, async () => {
  assert.match((await explore(BROKEN, 'for ever')).failure ?? '', /no end after/)
  assert.match((await explore(BROKEN, 'throws')).failure ?? '', /out of order/)
  assert.match((await explore(BROKEN, 'wrong end')).failure ?? '', /1 !== 2/)
})
