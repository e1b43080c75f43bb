/*
 * Start many, then wait for all: the same lines for processes and for threads.
 *
 *     Process: 0 1 4 9 16
 *     Thread: 0 1 4 9 16
 */
import { Process, Thread } from 'manycore'

for (const Worker of [Process, Thread]) {
  const workers = Array.from({ length: 5 }, (_, i) => new Worker({ target: (n: number) => n * n, args: [i] }))
  for (const worker of workers) worker.start()
  for (const worker of workers) await worker.join()
  const squares = await Promise.all(workers.map(worker => worker.result()))
  console.log(`${Worker.name}: ${squares.join(' ')}`)
}
