/*
 * Five tasks of random length for four workers: the fifth waits for a free one. Leaving the scope waits for all.
 *
 *     Parent process 4711.
 *     Waiting for all subprocesses to finish...
 *     Run task 0 (4712)...
 *     …
 *     Task 4 runs 83 ms.
 *     All subprocesses done.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ProcessPoolExecutor } from 'manycore'

async function longTask(name: number): Promise<void> {
  console.log(`Run task ${name} (${process.pid})...`)
  const began = performance.now()
  await sleep(Math.random() * 300)
  console.log(`Task ${name} runs ${Math.round(performance.now() - began)} ms.`)
}

console.log(`Parent process ${process.pid}.`)
{
  await using executor = new ProcessPoolExecutor({ maxWorkers: 4 })
  for (let i = 0; i < 5; i++) executor.submit(longTask, i)
  console.log('Waiting for all subprocesses to finish...')
}
console.log('All subprocesses done.')
