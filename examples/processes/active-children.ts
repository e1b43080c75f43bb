/*
 * Three workers at once: who is there, and that the parent goes on meanwhile.
 *
 *     2 usable CPUs
 *     child Process-1 with pid 4712
 *     child Process-2 with pid 4713
 *     child Process-3 with pid 4714
 *     END
 *     worker 1 slept 200 ms
 *     worker 2 slept 300 ms
 *     worker 3 slept 400 ms
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { activeChildren, cpuCount, Process } from 'manycore'

async function work(number: number, ms: number): Promise<void> {
  await sleep(ms)
  console.log(`worker ${number} slept ${ms} ms`)
}

new Process({ target: work, args: [1, 200] }).start()
new Process({ target: work, args: [2, 300] }).start()
new Process({ target: work, args: [3, 400] }).start()

console.log(`${cpuCount()} usable CPUs`)
for (const child of activeChildren()) console.log(`child ${child.name} with pid ${child.pid}`)
console.log('END')
