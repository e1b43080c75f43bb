import { BaseQueue } from './base-queue.ts'

/**
 * A queue without a limit. Python: `multiprocessing.SimpleQueue`, `queue.SimpleQueue`.
 *
 * @example
 * const queue = new SimpleQueue<string>()
 * await queue.put('hello')
 * await queue.get()   // 'hello'
 */
export class SimpleQueue<T = unknown> extends BaseQueue<T> {
  constructor() {
    // What arrives from elsewhere brings its memory along, see `handles.ts`.
    super('SimpleQueue', arguments[0] as undefined)
  }
}
