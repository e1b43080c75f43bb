import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachKind, rounds } from '../support/index.ts'
import { episode } from './episodes.ts'

/* A few of the lives of which `npm run stress` tries many. */

eachKind(kind => {
  test('pools and executors with options, calls and ends by chance', { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= rounds(2, 20); seed++) {
      const { story, wrong } = await episode({ kind: kind.name, seed })
      assert.deepEqual(wrong, [], story)
    }
  })
})
