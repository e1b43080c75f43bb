import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findTool, runProgram } from '../support/index.ts'

/*
 * A program that may start no more processes. Root always may: the program becomes somebody else under way.
 */

/** Not every `sh` can limit the number of processes. */
const SHELL = findTool('bash')
const limit = {
  timeout: 60_000,
  skip:
    SHELL && process.platform === 'linux' && process.getuid?.() === 0
      ? false
      : 'is for root on Linux, and bash',
}

test('a pool does without a worker that has no room; without any it ends, and says why', limit, async () => {
  const { stdout, stderr, code, left } = await runProgram(
    `
    import { Pool, Process } from 'manycore'
    const pool = new Pool(2)
    const told = ({ code, message }) => console.log(code, /ulimit -u/.test(message))
    const die = () => pool.apply(() => process.exit(3)).catch(told)
    while (pool.stats().workers.starting > 0) await pool.apply(() => new Promise(done => setTimeout(done, 5)))
    process.setuid(65534)
    await die()
    console.log(await pool.apply(Math.sqrt, [9]))
    await die()
    await pool.apply(Math.sqrt, [9]).catch(told)
    console.log(pool.stats().state)
    try { new Process({ target: () => 1, env: {} }).start() } catch (error) { told(error) }
    `,
    {
      node: SHELL as string,
      execArgv: ['-c', 'ulimit -u 5 && exec "$0" "$@"', process.execPath],
    },
  )
  assert.match(stderr, /Pool-1 does without a worker and will try again: .*ulimit -u/)
  assert.deepEqual([code, left], [0, []])
  assert.equal(
    stdout,
    'WORKER_DIED false\n3\nWORKER_DIED false\nWORKER_START_FAILED true\nbroken\nWORKER_START_FAILED true\n',
  )
})
