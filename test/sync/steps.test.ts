import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOCK_STATES } from '../../src/sync/states.ts'
import { explore } from '../support/steps/index.ts'
import { scenarios as others } from './steps/other-scenarios.ts'
import { scenarios as locks, seen } from './steps/lock-scenarios.ts'

const SETS = { 'lock-scenarios': locks, 'other-scenarios': others }
/** Little time for each unless asked for more: `npm run stress` goes deeper. */
const time = Number(process.env['MANYCORE_STEPS_TIME'] ?? 250)
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

test('every row of the table of a lock occurs in some order', { timeout: 60_000 }, async () => {
  const { transitions } = LOCK_STATES
  const arrow = (row: number): string => `${transitions[row]?.from} → ${transitions[row]?.to}`
  const missing = (): string[] => {
    const occurred = new Set([...seen].map(arrow))
    return transitions.map((_, row) => arrow(row)).filter(each => !occurred.has(each))
  }
  const module = new URL('./steps/lock-scenarios.js', import.meta.url)
  for (const name of [
    'handed over, one dies',
    'handed to one that is late',
    'handed to a sleeper that is late',
  ]) {
    if (missing().length > 0) await explore(module, name, { preemptions, most: 5000 })
  }
  assert.deepEqual(missing(), [])
})
