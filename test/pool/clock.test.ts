import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

/*
 * A machine that slept, or whose clock was set, between the start of the program and that of its workers: the date differs
 * between them by hours, and nothing that counts may go by it.
 */

const HOUR = 60 * 60 * 1000

/** Loaded by workers before all else. */
const SHIFT = `
const { performance } = require('node:perf_hooks')
const by = Number(process.env.SHIFT)
const { timeOrigin } = performance
Object.defineProperty(performance, 'timeOrigin', { value: timeOrigin + by })
const { now } = Date
Date.now = () => now() + by
`

for (const [what, hours] of [
  ['before', -8],
  ['after', 8],
] as const) {
  test(`limits and times of tasks hold in workers whose date is hours ${what} the program's`, {
    timeout: 60_000,
  }, async () => {
    const { stdout, stderr, late } = await runProgram(
      `import { Pipe, Pool, ThreadPool } from 'manycore'
      for (const Kind of [ThreadPool, Pool]) {
        const pool = new Kind({ processes: 1, execArgv: ['--require', './shift.cjs'] })
        console.log(await pool.apply(date => Math.round((Date.now() - date) / ${HOUR}), [Date.now()]))
        const wait = ms => new Promise(done => setTimeout(done, ms, 'done'))
        // The second's limit has the first looked at as well.
        const limits = [[300, 10_000], [1, 200]]
        const both = limits.map(([ms, timeout]) => pool.apply(wait, [ms], { timeout }).catch(({ code }) => code))
        console.log((await Promise.all(both)).join())
        console.log(await pool.apply(() => { for (;;); }, [], { timeout: 100 }).catch(({ code }) => code))
        const { wait: waited, run } = pool.stats().times
        console.log(waited.p99 < 10_000, run.p99 < 10_000)
        const [ours, theirs] = Pipe()
        const answered = pool.apply(async end => end.send(await end.recv()), [theirs])
        await ours.send('there and back')
        console.log(await ours.recv({ timeout: 10_000 }))
        await answered
        await pool.terminate()
      }`,
      { files: { 'shift.cjs': SHIFT }, env: { SHIFT: String(hours * HOUR) } },
    )
    const expected = [hours, 'done,done', 'TASK_TIMEOUT', 'true true', 'there and back', '']
    assert.deepEqual([stdout, stderr, late], [expected.join('\n').repeat(2), '', false])
  })
}
