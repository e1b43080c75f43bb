import { type Arrived, BaseQueue } from './base-queue.ts'

/**
 * A queue that any number of threads and processes put into and take from: first in, first out, each value to exactly
 * one taker. It can be captured, passed as an argument, and put into other queues; wherever it arrives it is the same
 * queue. A thread that is killed in the middle of a put leaves nothing behind, one that is killed in the middle of a
 * get leaves the value to the next. Python: `multiprocessing.Queue`, `queue.Queue`.
 *
 * @param maxsize how many values it holds at most; zero or less: any number
 * @example
 * const queue = new Queue<number>()
 * await queue.put(1)
 * await queue.put(2)
 * await queue.get()   // 1
 * queue.qsize()   // 1
 */
export class Queue<T = unknown> extends BaseQueue<T> {
  constructor(maxsize: number = 0) {
    super('Queue', maxsize as number | Arrived)
  }
}
