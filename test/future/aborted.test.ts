import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Future, wait } from 'manycore'

test('wait is refused by a signal that was given before, as all waits are', { timeout: 5000 }, async () => {
  const future = new Future<number>()
  future.setResult(1)
  for (const futures of [[future], [new Future()], []]) {
    await assert.rejects(wait(futures, { signal: AbortSignal.abort() }), { code: 'WAIT_ABORTED' })
  }
})
