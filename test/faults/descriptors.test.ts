import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findTool, runProgram } from '../support/index.ts'

/*
 * A program that may open no more files: what can't be started says so, and the rest goes on.
 */

const SHELL = findTool('sh')
const limit = {
  timeout: 60_000,
  skip: SHELL && process.platform === 'linux' ? false : 'limits the number of files by a shell of Linux',
}

const HEAD = `
import { closeSync, openSync } from 'node:fs'
import { Pool, Process, setStartMethod } from 'manycore'
setStartMethod('spawn')
const opened = []
function useAll() {
  try {
    for (;;) opened.push(openSync('/dev/null'))
  } catch (error) {
    if (error.code !== 'EMFILE') throw error
  }
}
const until = async (pool, holds) => {
  while (!holds(pool.stats().workers)) await new Promise(done => setTimeout(done, 5))
}
const die = pool => pool.apply(() => process.exit(3)).catch(({ code }) => console.log(code))
function giveBack() {
  for (const file of opened.splice(0)) closeSync(file)
}
`

/** What it prints, and what it warns of. */
async function withFewFiles(source: string, warns = /^$/): Promise<string> {
  const { stdout, stderr, code, left } = await runProgram(HEAD + source, {
    node: SHELL as string,
    execArgv: ['-c', 'ulimit -n 128 && exec "$0" "$@"', process.execPath],
  })
  assert.match(stderr, warns)
  assert.deepEqual([code, left], [0, []])
  return stdout
}

test(
  'a process that gets no file descriptors is refused, with the reason, and nothing of it stays',
  limit,
  async () => {
    const stdout = await withFewFiles(`
    const run = async () => {
      const child = new Process({ target: () => 'runs' }).start()
      try {
        return await child.result()
      } finally {
        await child.join()
      }
    }
    console.log(await run())
    useAll()
    for (let i = 0; i < 100; i++)
      await run().then(console.log, ({ code, message }) => i % 50 || console.log(code, /ulimit -n/.test(message)))
    giveBack()
    console.log(await run())
  `)
    assert.equal(stdout, `runs\n${'WORKER_START_FAILED true\n'.repeat(2)}runs\n`)
  },
)

test(
  'a process that is refused before it has a place among the marks keeps no descriptor',
  limit,
  async () => {
    const link = new URL('../../src/link/index.js', import.meta.url).href
    const stdout = await withFewFiles(`
    import { readdirSync } from 'node:fs'
    import { ProcessLink } from ${JSON.stringify(link)}
    const refused = entry => { try { new ProcessLink({ name: 'x', entry }) } catch { return true } }
    // All that a try loads is loaded by the first.
    useAll()
    refused(['x'])
    giveBack()
    useAll()
    for (const file of opened.splice(-3)) closeSync(file)
    const open = () => readdirSync('/proc/self/fd').length
    const before = open()
    const all = Array.from({ length: 5 }, () => refused(['x']))
    // The file of marks stays: it is there for all processes to come.
    console.log(all.every(Boolean), open() - before)
    giveBack()
  `)
    assert.equal(stdout, 'true 1\n')
  },
)

test('a pool does without a spare that can not be started, until it can', limit, async () => {
  const stdout = await withFewFiles(`
    const pool = new Pool({ processes: 1, spares: 1 })
    // What capturing needs is read at its first time.
    await pool.apply(() => 4)
    await until(pool, ({ spare }) => spare === 1)
    useAll()
    await die(pool)
    console.log(await pool.apply(Math.sqrt, [9]))
    await new Promise(done => setTimeout(done, 100))
    console.log(await pool.apply(Math.sqrt, [16]), pool.stats().workers.spare)
    giveBack()
    await die(pool)
    console.log(await pool.apply(Math.sqrt, [25]))
    await until(pool, ({ spare }) => spare === 1)
    pool.close()
    await pool.join()
  `)
  assert.equal(stdout, 'WORKER_DIED\n3\n4 0\nWORKER_DIED\n5\n')
})

test(
  'a pool does without a worker that can not be started, says so, and makes up for it',
  limit,
  async () => {
    const stdout = await withFewFiles(
      `
    const pool = new Pool({ processes: 2 })
    const pidOf = () => pool.apply(() => process.pid)
    await pidOf()
    await until(pool, ({ idle }) => idle === 2)
    useAll()
    await die(pool)
    const others = await Promise.all(Array.from({ length: 50 }, pidOf))
    console.log(new Set(others).size, pool.stats().workers.total)
    giveBack()
    await until(pool, ({ idle }) => idle === 2)
    console.log(pool.stats().deaths)
    pool.close()
    await pool.join()
  `,
      /^\(node:\d+\) ManycoreWarning: Pool-1 does without a worker and will try again: PoolWorker-3 could not start: .*\n(.*\n){1,3}$/,
    )
    assert.equal(stdout, 'WORKER_DIED\n1 1\n1\n')
  },
)

test(
  'a pool that has no worker left waits a moment for one, then gives up with the reason',
  limit,
  async () => {
    const stdout = await withFewFiles(
      `
    const pool = new Pool({ processes: 1 })
    await pool.apply(() => 4)
    useAll()
    await die(pool)
    const late = pool.apply(Math.sqrt, [9])
    setTimeout(giveBack, 100)
    console.log(await late)
    useAll()
    await die(pool)
    const calls = Array.from({ length: 3 }, () => pool.apply(Math.sqrt, [9]))
    for (const each of await Promise.allSettled(calls)) console.log(each.reason.code, /ulimit -n/.test(each.reason.message))
    console.log(pool.stats().state)
    giveBack()
    await pool.apply(Math.sqrt, [9]).catch(({ code }) => console.log(code))
    await pool.join()
  `,
      /Pool-1 does without a worker and will try again/,
    )
    assert.equal(
      stdout,
      `WORKER_DIED\n3\nWORKER_DIED\n${'WORKER_START_FAILED true\n'.repeat(3)}broken\nWORKER_START_FAILED\n`,
    )
  },
)
