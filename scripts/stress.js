// @ts-check
/*
 * Random faults on pools of both kinds, for as long as you like: tasks that throw, exit, are killed, never end or
 * bring much. Each has to end as it must, and nothing may be left. Then a thousand kills of processes that put into
 * and take from a queue.
 *
 *    npm run stress                          a minute of each kind
 *    npm run stress -- --time 600 --seed 4   ten minutes in all, with this seed
 */
import { parseArgs } from 'node:util'
import { nothingLeft } from '../dist/test/support/index.js'
import { killSome } from '../dist/test/channel/kills.js'
import { random, soak } from '../dist/test/stress/soak.js'

const { values } = parseArgs({
  options: {
    time: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
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

const { rounds, kills, messages, wrong } = await killSome({ rounds: 400, random: random(Number(values.seed)) })
await nothingLeft({ within: 5000 })
console.log(`queues: ${kills} kills in ${rounds} rounds, ${messages} messages, ${wrong.length} wrong`)
for (const problem of wrong.slice(0, 20)) console.log(`  ${problem}`)
if (wrong.length > 0) process.exitCode = 1
