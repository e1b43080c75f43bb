import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

test('under --frozen-intrinsics what is built in crosses as what it is', { timeout: 60_000 }, async () => {
  const { stdout, stderr } = await runProgram(
    `
    import { Pool, ThreadPool } from 'manycore'
    class Counts extends Map {}
    for (const Kind of [ThreadPool, Pool]) {
      const pool = new Kind(1)
      const back = await pool.apply(value => value, [[new Map(), new Set(), /a/, new Date(0), new Uint8Array(1), new Counts()]])
      console.log(back.map(Object.getPrototypeOf).map(({ constructor }) => constructor.name).join(' '))
      const error = await pool.apply(() => { throw new RangeError('too far') }).catch(error => error)
      console.log(error instanceof RangeError, error.message)
      pool.close()
      await pool.join()
    }`,
    { execArgv: ['--frozen-intrinsics', '--no-warnings'] },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, 'Map Set RegExp Date Uint8Array Counts\ntrue too far\n'.repeat(2))
})
