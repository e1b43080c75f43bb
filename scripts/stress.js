// @ts-check
/*
 * Random faults on pools of both kinds, for as long as you like: tasks that throw, exit, are killed, never end or
 * bring much. Each has to end as it must, and nothing may be left.
 *
 *    npm run stress                          a minute of each kind
 *    npm run stress -- --time 600 --seed 4   ten minutes in all, with this seed
 *    npm run stress -- --captures 100000     so many captures of functions instead, and what they leave in memory
 */
import { parseArgs } from 'node:util'
import { nothingLeft } from '../dist/test/support/index.js'
import { manyCaptures } from '../dist/test/stress/captures.js'
import { soak } from '../dist/test/stress/soak.js'

const { values } = parseArgs({
  options: {
    time: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    captures: { type: 'string' },
  },
})
if (values.captures === undefined) await soakAll()
else await captureAll(Number(values.captures))

async function soakAll() {
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
}

/** @param {number} count */
async function captureAll(count) {
  const { bytesEach, msEach } = await manyCaptures(count)
  console.log(`${count} captures: ${bytesEach.toFixed(1)} bytes left by each, ${msEach.toFixed(3)} ms each`)
  if (bytesEach > 100) process.exitCode = 1
}
