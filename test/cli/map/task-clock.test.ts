import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startTaskClock, waitedForCore } from '../../../cli/map/task-clock.ts'

describe('the clock of a task', { timeout: 20_000 }, () => {
  it('counts work and waiting for others, and no more than passed', async () => {
    const start = performance.now()
    const elapsed = startTaskClock()
    await sleep(30)
    const slept = elapsed()
    assert.ok(slept > 10, `${slept} ms for a sleep of 30`)
    while (performance.now() - start < 60);
    const both = elapsed()
    assert.ok(both > slept)
    assert.ok(both <= performance.now() - start)
  })

  it('the time in the queue for a core only grows', () => {
    const before = waitedForCore()
    assert.ok(before >= 0)
    for (let i = 0, start = performance.now(); performance.now() - start < 20; i++);
    assert.ok(waitedForCore() >= before)
  })
})
