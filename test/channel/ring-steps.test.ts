import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { explore } from '../support/steps/index.ts'
import { scenarios } from './ring-steps.ts'

const MODULE = new URL('./ring-steps.js', import.meta.url)
/** With it: one pre-emption more, and until the end. */
const DEEP = process.env['MANYCORE_STRESS'] !== undefined

suite('every order of steps', () => {
  for (const name of Object.keys(scenarios)) {
    test(name, { timeout: DEEP ? 600_000 : 60_000 }, async () => {
      const verdict = await explore(MODULE, name, { preemptions: DEEP ? 3 : 2, time: DEEP ? 300_000 : 2000 })
      assert.equal(verdict.failure, undefined, `schedule ${verdict.schedule}`)
      assert.ok(verdict.schedules > 10)
    })
  }
})
