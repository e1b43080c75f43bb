import { type Arrived, BaseQueue } from './base-queue.ts'

/**
 * A queue without a limit. Python: `multiprocessing.SimpleQueue`, `queue.SimpleQueue`.
 *
 * @example
 * const queue = new SimpleQueue<string>()
 * await queue.put('hello')
 * await queue.get()   // 'hello'
 */
export class SimpleQueue<T = unknown> extends BaseQueue<T> {
  constructor()
  /** @internal */
  constructor(arrived: Arrived)
  constructor(arrived?: Arrived) {
    super('SimpleQueue', arrived ?? 0)
  }
}
