import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachKind, nothingLeft } from '../support/index.ts'
import { random, soak } from './soak.ts'

/* Two seconds of what `npm run stress` does for minutes. */

eachKind(kind => {
  test('random faults: every task ends as it has to, and nothing is left', { timeout: 30_000 }, async () => {
    const { tasks, byFate, wrong } = await soak({ kind: kind.name, seed: 1, time: 2_000 })
    assert.deepEqual(wrong, [], JSON.stringify(byFate))
    assert.ok(tasks > 20, `${tasks} tasks`)
    await nothingLeft()
  })
})

test('a seed gives the same numbers each time', () => {
  const [a, b] = [random(7), random(7)]
  assert.deepEqual([a(), a(), a()], [b(), b(), b()])
  assert.notEqual(random(8)(), random(7)())
})
