/*
 * Threads share one pid, processes don't. A plain counter is copied to either; a `Value` is one for all of them.
 *
 *     main 4711
 *     thread in 4711
 *     …
 *     process in 4712
 *     …
 *     a plain counter: 0
 *     a shared one: 10
 *     pids of threads: 1, of processes: 5
 */
import { Lock, Process, SharedArray, Thread, Value } from 'manycore'

const plain = { count: 0 }
const shared = new Value('i', 0)
const lock = new Lock()
const pids = new SharedArray('i', 10)

async function work(kind: string, index: number): Promise<void> {
  await lock.run(() => {
    plain.count += 1
    shared.value += 1
    pids[index] = process.pid
    console.log(`${kind} in ${process.pid}`)
  })
}

console.log('main', process.pid)
for (const [kind, Worker] of [
  ['thread', Thread],
  ['process', Process],
] as const) {
  const first = kind === 'thread' ? 0 : 5
  const workers = Array.from({ length: 5 }, (_, i) => new Worker({ target: work, args: [kind, first + i] }))
  for (const worker of workers) worker.start()
  for (const worker of workers) await worker.join()
}
console.log('a plain counter:', plain.count)
console.log('a shared one:', shared.value)
const different = (some: Int32Array): number => new Set(some).size
console.log(`pids of threads: ${different(pids.slice(0, 5))}, of processes: ${different(pids.slice(5))}`)
