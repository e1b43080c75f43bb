/*
 * A task starts as soon as any worker is free: 0 to 3 at once, 4 when the first of them ends.
 *
 *     Parent process 4711.
 *     Waiting for all subprocesses to finish...
 *     Task 0 begins in 4712.
 *     Task 1 begins in 4713.
 *     Task 2 begins in 4714.
 *     Task 3 begins in 4715.
 *     Task 0 took 100 ms.
 *     Task 4 begins in 4712.
 *     …
 *     All subprocesses done.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'manycore'

async function longTask(number: number, ms: number): Promise<void> {
  console.log(`Task ${number} begins in ${process.pid}.`)
  await sleep(ms)
  console.log(`Task ${number} took ${ms} ms.`)
}

console.log(`Parent process ${process.pid}.`)
const pool = new Pool(4)
const lengths = [100, 400, 500, 600, 100]
for (const [number, ms] of lengths.entries()) pool.applyAsync(longTask, [number, ms])
console.log('Waiting for all subprocesses to finish...')
pool.close()
await pool.join()
console.log('All subprocesses done.')
