/*
 * A writer ends by itself; the reader would wait for ever for more and is terminated.
 *
 *     put A into the queue
 *     put B into the queue
 *     put C into the queue
 *     got A B C
 *     the reader ended with -15
 */
import { Process, Queue } from 'manycore'

const queue = new Queue<string>()
const seen = new Queue<string>()

async function write(): Promise<void> {
  for (const value of ['A', 'B', 'C']) {
    console.log(`put ${value} into the queue`)
    await queue.put(value)
  }
}

async function read(): Promise<void> {
  for (;;) await seen.put(await queue.get())
}

const writer = new Process({ target: write }).start()
const reader = new Process({ target: read }).start()
await writer.join()
console.log('got', await seen.get(), await seen.get(), await seen.get())
reader.terminate()
await reader.join()
console.log('the reader ended with', reader.exitCode)
