import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { explore } from '../support/steps/index.ts'
import { scenarios } from './ring-steps.ts'

const MODULE = new URL('./ring-steps.js', import.meta.url)
/** Little time for each unless asked for more: `npm run stress` goes deeper. */
const time = Number(process.env['MANYCORE_STEPS_TIME'] ?? 500)
/** One is tried to its end, or nearly so, in that time; more only grazed. */
const preemptions = Number(process.env['MANYCORE_STEPS_BOUND'] ?? 1)

suite('every order of steps', () => {
  for (const name of Object.keys(scenarios)) {
    test(name, { timeout: time + 20_000 }, async () => {
      const verdict = await explore(MODULE, name, { preemptions, time })
      assert.equal(verdict.failure, undefined, `schedule ${verdict.schedule}`)
      assert.ok(verdict.schedules > 10)
    })
  }
})
