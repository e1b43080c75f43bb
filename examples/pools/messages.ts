/*
 * Ten tasks, four processes: at most four run at a time, and the pool is waited for in the end.
 *
 *     msg: hello 0
 *     …
 *     msg: hello 9
 *     Sub-processes done, never more than 4 at a time: true.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'manycore'

/** Says it, and tells from when to when that took. */
async function say(message: string): Promise<[began: number, ended: number]> {
  const began = Date.now()
  console.log(`msg: ${message}`)
  await sleep(50)
  return [began, Date.now()]
}

const pool = new Pool(4)
const results = Array.from({ length: 10 }, (_, i) => pool.applyAsync(say, [`hello ${i}`]))
pool.close() // no more work after this
await pool.join() // until all of it is done

const times = await Promise.all(results)
const most = Math.max(
  ...times.map(([at]) => times.filter(([began, ended]) => began <= at && at < ended).length),
)
console.log(`Sub-processes done, never more than 4 at a time: ${most <= 4}.`)
