import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ProgramResult, startProgram } from '../support/index.ts'

const LIMIT = { timeout: 60_000, skip: process.platform === 'win32' }

/** Runs a program whose reader goes away after the first line. What it has to say then is in stderr. */
async function withoutReader(source: string): Promise<ProgramResult> {
  const program = startProgram(source)
  await program.line(/^first$/)
  program.child.stdout?.destroy()
  return program.done
}

const program = (kind: string, before: string, work = ''): string => `
  import { ${kind} } from 'manycore'
  const pool = new ${kind}(2)
  let heard = 0
  ${before}
  const work = async n => {
    ${work}
    await new Promise(resolve => setTimeout(resolve, 20))
    console.log(n === 0 ? 'first' : n)
    return process.pid
  }
  await pool.apply(work, [0])
  const pids = new Set()
  for (let n = 1; n < 20; n++) pids.add(await pool.apply(work, [n]))
  console.error(JSON.stringify({ replaced: pids.size > 2, heard: heard > 0 }))
  pool.close()
  await pool.join()
`
const listen = "process.stdout.on('error', error => { if (error.code === 'EPIPE') heard++ })"

describe('stdout of a program whose reader has gone, where tasks print', LIMIT, () => {
  it('ends the program of a pool as it would without one', async () => {
    const { code, stderr, left } = await withoutReader(program('Pool', ''))
    assert.equal(stderr.match(/^Error: write EPIPE$/gm)?.length, 1, stderr)
    assert.match(stderr, /at work \(.*main\.mjs/)
    assert.doesNotMatch(stderr, /replaced/)
    assert.equal(code, 1)
    assert.deepEqual(left, [])
  })

  it('is told to who listens, and no worker ends by it', async () => {
    const { code, stderr } = await withoutReader(program('Pool', listen))
    assert.deepEqual(JSON.parse(stderr), { replaced: false, heard: true })
    assert.equal(code, 0)
  })

  it('is no matter of the program where the task listens', async () => {
    const inTask = "if (process.stdout.listenerCount('error') < 2) process.stdout.on('error', () => {})"
    const { code, stderr } = await withoutReader(program('Pool', listen, inTask))
    assert.deepEqual(JSON.parse(stderr), { replaced: false, heard: false })
    assert.equal(code, 0)
  })

  it('is told to who listens, and else ends nothing, where the tasks run in threads', async () => {
    for (const before of [listen, '']) {
      const { code, stderr } = await withoutReader(program('ThreadPool', before))
      assert.deepEqual(JSON.parse(stderr), { replaced: false, heard: before !== '' })
      assert.equal(code, 0)
    }
  })
})
