import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explore } from '../support/steps/index.ts'
import { scenarios as others } from './steps/other-scenarios.ts'
import { scenarios as locks } from './steps/lock-scenarios.ts'

const SETS = { 'lock-scenarios': locks, 'other-scenarios': others }
/** A second each unless asked for more: `npm run stress` goes through all of them. */
const time = Number(process.env['MANYCORE_STEPS_TIME'] ?? 700)
const preemptions = Number(process.env['MANYCORE_STEPS_BOUND'] ?? 2)

for (const [file, scenarios] of Object.entries(SETS)) {
  const module = new URL(`./steps/${file}.js`, import.meta.url)
  for (const name of Object.keys(scenarios)) {
    test(`${file}: ${name}: every order is right`, { timeout: time + 20_000 }, async t => {
      const verdict = await explore(module, name, { preemptions, time })
      t.diagnostic(`${verdict.schedules} schedules${verdict.exhausted ? ', all there are' : ''}`)
      assert.equal(verdict.failure, undefined, `${verdict.failure}\nreplay: '${verdict.schedule}'`)
    })
  }
}
