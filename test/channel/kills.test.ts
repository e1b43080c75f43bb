import assert from 'node:assert/strict'
import { afterEach, suite, test } from 'node:test'
import { nothingLeft } from '../support/index.ts'
import { random } from '../stress/soak.ts'
import { killSender, killSome, killTaker } from './kills.ts'

suite('killed at any moment', () => {
  afterEach(() => nothingLeft())

  test('producers and consumers: nothing torn, doubled or stuck', { timeout: 60_000 }, async () => {
    const { rounds, messages, wrong } = await killSome({ rounds: 3, time: 15_000, random: random(1) })
    assert.deepEqual(wrong, [])
    assert.ok(rounds >= 2 && messages > 10, `${rounds} rounds, ${messages} messages`)
  })

  test('what a dead taker had not done is told by join, and waited for no more', {
    timeout: 30_000,
  }, async () => {
    assert.deepEqual(await killTaker(), { code: 'TASKS_ABANDONED', count: 2 })
  })

  test('a sender: the reader gets whole messages and then the end', { timeout: 30_000 }, async () => {
    assert.ok((await killSender()) >= 100)
  })
})
