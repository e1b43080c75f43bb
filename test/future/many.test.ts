import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { asCompleted, Future } from 'manycore'

/* What a future costs does not grow with the number of others. (These took half a minute and more.) */

const limit = { timeout: 20_000 }

suite('many futures', () => {
  test('are handed out as they get done', limit, async () => {
    const futures = Array.from({ length: 400_000 }, () => new Future<number>())
    for (const [i, future] of futures.entries()) future.setResult(i)
    let count = 0
    for await (const future of asCompleted(futures)) assert.equal(future, futures[count++])
    assert.equal(count, futures.length)
  })

  test('wait for one signal', limit, async () => {
    const { signal } = new AbortController()
    const futures = Array.from({ length: 60_000 }, () => new Future<number>())
    const results = futures.map(future => future.result({ signal }))
    for (const [i, future] of futures.entries()) future.setResult(i)
    assert.equal((await Promise.all(results)).length, futures.length)
  })
})
