import { type Arrived, BaseQueue } from './base-queue.ts'
import { Newest } from './choice.ts'

/**
 * A queue that gives the newest value first. A get takes the longer the more there is in it.
 * Python: `queue.LifoQueue`; here between processes too.
 *
 * @param maxsize how many values it holds at most; zero or less: any number
 * @example
 * const queue = new LifoQueue<number>()
 * await queue.put(1)
 * await queue.put(2)
 * await queue.get()   // 2
 */
export class LifoQueue<T = unknown> extends BaseQueue<T> {
  constructor(maxsize: number = 0) {
    super('LifoQueue', maxsize as number | Arrived, { choice: new Newest() })
  }
}
