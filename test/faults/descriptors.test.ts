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
function giveBack() {
  for (const file of opened.splice(0)) closeSync(file)
}
`

async function withFewFiles(source: string): Promise<string> {
  const { stdout, stderr, code, left } = await runProgram(HEAD + source, {
    node: SHELL as string,
    execArgv: ['-c', 'ulimit -n 128 && exec "$0" "$@"', process.execPath],
  })
  assert.deepEqual([stderr, code, left], ['', 0, []])
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

test('a pool does without a spare that can not be started, until it can', limit, async () => {
  const stdout = await withFewFiles(`
    const pool = new Pool({ processes: 1, spares: 1 })
    const until = async holds => { while (!holds(pool.stats().workers)) await new Promise(done => setTimeout(done, 5)) }
    const die = () => pool.apply(() => process.exit(3)).catch(({ code }) => console.log(code))
    // What capturing needs is read at its first time.
    await pool.apply(() => 4)
    await until(({ spare }) => spare === 1)
    useAll()
    await die()
    console.log(await pool.apply(Math.sqrt, [9]))
    await new Promise(done => setTimeout(done, 100))
    console.log(await pool.apply(Math.sqrt, [16]), pool.stats().workers.spare)
    giveBack()
    await die()
    console.log(await pool.apply(Math.sqrt, [25]))
    await until(({ spare }) => spare === 1)
    pool.close()
    await pool.join()
  `)
  assert.equal(stdout, 'WORKER_DIED\n3\n4 0\nWORKER_DIED\n5\n')
})
