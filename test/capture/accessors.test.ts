import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { Pool as ProcessPool, ThreadPool } from 'manycore'

/* What a function captures keeps its accessors; arguments and results are data. */

const makePoint = () => ({
  x: 1,
  get double() {
    return this.x * 2
  },
})

for (const Pool of [ThreadPool, ProcessPool]) {
  describe(Pool.name, { timeout: 20_000 }, () => {
    const pool = new Pool(1)
    after(() => pool.terminate())

    test('in an argument and in a result a getter is its value', async () => {
      const change = (given: { x: number; readonly double: number }) => {
        given.x = 5
        return given.double
      }
      assert.equal(await pool.apply(change, [makePoint()]), 2)
      const result = await pool.apply(makePoint)
      assert.deepEqual(Object.getOwnPropertyDescriptor(result, 'double'), {
        value: 2,
        enumerable: true,
        writable: true,
        configurable: true,
      })
    })

    test('of what a function among the arguments captures it is a getter', async () => {
      const [captured, given] = [makePoint(), makePoint()]
      const use = (fn: () => number, data: { x: number; readonly double: number }) => {
        data.x = 5
        return [fn(), data.double]
      }
      const read = () => {
        captured.x = 5
        return captured.double
      }
      assert.deepEqual(await pool.apply(use, [read, given]), [10, 2])
    })

    test('one that uses what can not travel is its value there, too', async () => {
      const promised = Promise.resolve()
      const state = {
        get kind() {
          return typeof promised
        },
      }
      assert.equal(await pool.apply((fn: () => string) => fn(), [() => state.kind]), 'object')
    })
  })
}
