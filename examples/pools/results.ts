/*
 * The results of tasks, in the order in which they were submitted, whichever ends first.
 *
 *     ::: done hello 0
 *     …
 *     ::: done hello 9
 *     Sub-processes done.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'manycore'

async function work(message: string): Promise<string> {
  await sleep(Math.random() * 50)
  return `done ${message}`
}

const pool = new Pool(4)
const results = Array.from({ length: 10 }, (_, i) => pool.applyAsync(work, [`hello ${i}`]))
pool.close()
await pool.join()
for (const result of results) console.log(':::', await result.get())
console.log('Sub-processes done.')
