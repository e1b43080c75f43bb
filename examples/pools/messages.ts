/*
 * Ten tasks, four processes: at most four run at a time, and the pool is waited for in the end.
 *
 *     msg: hello 0
 *     …
 *     msg: hello 9
 *     Sub-processes done, at most 4 at a time.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'manycore'

async function say(message: string): Promise<number> {
  const began = Date.now()
  console.log(`msg: ${message}`)
  await sleep(50)
  return began
}

const pool = new Pool(4)
const begun: PromiseLike<number>[] = []
for (let i = 0; i < 10; i++) begun.push(pool.applyAsync(say, [`hello ${i}`]))
pool.close() // no more work after this
await pool.join() // until all of it is done

const starts = await Promise.all(begun)
const most = Math.max(...starts.map(at => starts.filter(start => start <= at && at < start + 50).length))
console.log(`Sub-processes done, at most ${most} at a time.`)
