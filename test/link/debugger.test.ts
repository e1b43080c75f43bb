import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

test('threads work in a debugger that attaches to the main thread only', { timeout: 60_000 }, async () => {
  // `node inspect` starts the program with --inspect-brk, which a thread would take over.
  const driver = `
    import { spawn } from 'node:child_process'
    const child = spawn(process.execPath, ['inspect', '--port=0', 'debugged.mjs'], { stdio: ['pipe', 'pipe', 'inherit'] })
    let output = ''
    let step = 0
    const steps = [[/Break on start/, 'cont'], [/from a thread/, '.exit']]
    child.stdout.setEncoding('utf8').on('data', text => {
      process.stdout.write(text)
      output += text
      while (step < steps.length && steps[step][0].test(output)) child.stdin.write(steps[step++][1] + '\\n')
    })`
  const debugged = `
    import { ThreadPool } from 'manycore'
    const pool = new ThreadPool(1)
    console.log(await pool.apply(() => 'from a ' + 'thread'))
    await pool.terminate()`
  const { stdout, late, left } = await runProgram(driver, {
    files: { 'debugged.mjs': debugged },
    timeout: 15_000,
  })
  assert.match(stdout, /from a thread/)
  assert.equal(late, false)
  assert.deepEqual(left, [])
})
