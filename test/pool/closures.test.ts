import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachKind } from '../support/index.ts'

eachKind(kind => {
  test('a closure for each call, far more than a worker keeps', { timeout: 60_000 }, async () => {
    const pool = new kind.Pool(1)
    const work = (x: number) => x * 2
    const calls = Array.from({ length: 1500 }, (_, i) => pool.apply(() => work(i)))
    assert.deepEqual(
      await Promise.all(calls),
      Array.from({ length: 1500 }, (_, i) => i * 2),
    )
    await pool.terminate()
  })

  test('a function that was forgotten meanwhile is sent again', { timeout: 60_000 }, async () => {
    const pool = new kind.Pool(1)
    const first = (x: number) => x + 1
    assert.equal(await pool.apply(first, [1]), 2)
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 300 }, (_, i) => pool.apply(() => i + round))
      assert.equal((await Promise.all(calls)).at(-1), 299 + round)
    }
    assert.equal(await pool.apply(first, [2]), 3)
    await pool.terminate()
  })
})
