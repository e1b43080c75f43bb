/*
 * One process puts squares into a queue, another takes them out until it is empty.
 *
 *     1 squared: 1
 *     …
 *     4 squared: 16
 *     the queue is empty: true
 */
import { Process, Queue } from 'manycore'

const queue = new Queue<[number, number]>()

async function squareList(numbers: number[]): Promise<void> {
  for (const n of numbers) await queue.put([n, n * n])
}

async function printAll(): Promise<void> {
  while (!queue.empty()) {
    const [n, square] = await queue.get()
    console.log(`${n} squared: ${square}`)
  }
  console.log(`the queue is empty: ${queue.empty()}`)
}

const first = new Process({ target: squareList, args: [[1, 2, 3, 4]] }).start()
await first.join()
const second = new Process({ target: printAll }).start()
await second.join()
