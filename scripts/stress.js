// @ts-check
/*
 * Random faults on pools of both kinds, for as long as you like: tasks that throw, exit, are killed, never end or
 * bring much. Each has to end as it must, and nothing may be left.
 *
 * Then holders and waiters of a lock are killed at any moment, and the algorithms of locks are tried in more orders
 * than the tests have time for.
 *
 *    npm run stress                          a minute of each kind, 1,000 kills, 10 s for each scenario of locks
 *    npm run stress -- --time 600 --seed 4   ten minutes in all for the pools, with this seed
 *    npm run stress -- --kills 0 --steps 0   pools alone
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { nothingLeft } from '../dist/test/support/index.js'
import { lockKills } from '../dist/test/stress/lock-kills.js'
import { soak } from '../dist/test/stress/soak.js'

const { values } = parseArgs({
  options: {
    time: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '1000' },
    steps: { type: 'string', default: '10' },
  },
})
const kinds = /** @type {const} */ (['threads', 'processes'])
const time = (Number(values.time) * 1000) / kinds.length
console.log(`seed ${values.seed}`)
for (const kind of kinds) {
  const before = process.memoryUsage().rss
  const { tasks, bySort, beside, wrong } = await soak({ kind, seed: Number(values.seed), time })
  await nothingLeft({ within: 5000 })
  const grown = Math.round((process.memoryUsage().rss - before) / 2 ** 20)
  const sorts = Object.entries(bySort).map(([sort, count]) => `${sort} ${count}`)
  console.log(`${kind}: ${tasks} tasks (${sorts.join(', ')})`)
  console.log(`  ${wrong.length} wrong, ${beside} lost beside another, memory ${grown} MiB more`)
  for (const problem of wrong.slice(0, 20)) console.log(`  ${problem}`)
  if (wrong.length > 0) process.exitCode = 1
}

for (const kind of kinds) {
  if (Number(values.kills) === 0) break
  const { turns, abandoned, longestPause, wrong } = await lockKills({
    kind,
    kills: Math.ceil(Number(values.kills) / kinds.length),
    seed: Number(values.seed),
  })
  await nothingLeft({ within: 5000 })
  console.log(`a lock among ${kind}: ${turns} turns, ${abandoned} of the killed held it`)
  console.log(`  ${wrong.length} wrong, ${Math.round(longestPause)} ms the longest without a turn`)
  for (const problem of wrong) console.log(`  ${problem}`)
  if (wrong.length > 0) process.exitCode = 1
}

if (Number(values.steps) > 0) {
  const tests = fileURLToPath(new URL('../dist/test/sync/steps.test.js', import.meta.url))
  const env = {
    ...process.env,
    MANYCORE_STEPS_TIME: String(Number(values.steps) * 1000),
    MANYCORE_STEPS_BOUND: '3',
  }
  const { status } = spawnSync(process.execPath, ['--test', tests], { env, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
