/*
 * Ten tasks, four workers, and a look at who starts and ends when: 0 to 3 start at once, and each of the others as soon
 * as any of those before it has ended.
 *
 *     began at once: 0 1 2 3
 *     task 1 ended first, then task 4 began
 *     10 tasks done, never more than 4 at a time: true
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { asCompleted, ProcessPoolExecutor } from 'manycore'

interface Times {
  readonly task: number
  readonly began: number
  readonly ended: number
}

async function work(task: number, ms: number): Promise<Times> {
  const began = Date.now()
  await sleep(ms)
  return { task, began, ended: Date.now() }
}

const executor = new ProcessPoolExecutor({ maxWorkers: 4 })
// So that all four are there when it begins.
do await Promise.all([1, 2, 3, 4].map(() => executor.submit(work, 0, 100)))
while (executor.stats().workers.idle < 4)

const lengths = [1000, 300, 1200, 1500, 200, 200, 200, 200, 200, 200]
const futures = lengths.map((ms, task) => executor.submit(work, task, ms))
const done: Times[] = []
for await (const future of asCompleted(futures)) done.push(await future)
await executor.shutdown()

const inTurn = done.toSorted((a, b) => a.began - b.began).map(({ task }) => task)
const atOnce = inTurn.slice(0, 4).toSorted((a, b) => a - b)
console.log('began at once:', atOnce.join(' '))
console.log(`task ${done[0]?.task} ended first, then task ${inTurn[4]} began`)
const most = Math.max(
  ...done.map(({ began: at }) => done.filter(({ began, ended }) => began <= at && at < ended).length),
)
console.log(`${done.length} tasks done, never more than 4 at a time: ${most <= 4}`)
