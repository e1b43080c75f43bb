import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachKind, nothingLeft } from '../support/index.ts'
import { lockKills } from './lock-kills.ts'

/* A dozen of the thousand that `npm run stress` kills. */

eachKind(kind => {
  test('killed at any moment: the lock goes on, and never lets two in', { timeout: 60_000 }, async () => {
    const { turns, wrong } = await lockKills({ kind: kind.name, kills: 12, seed: 1 })
    assert.deepEqual(wrong, [])
    assert.ok(turns > 20, `${turns} turns`)
    await nothingLeft()
  })
})
