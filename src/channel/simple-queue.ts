import { createError, describe } from '../base/index.ts'
import { Arrived, BaseQueue } from './base-queue.ts'

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
    const given: unknown = arguments[0]
    if (given !== undefined && !(given instanceof Arrived)) {
      throw createError('WRONG_OPTION', {
        where: 'new SimpleQueue()',
        option: 'maxsize',
        got: describe(given),
        expected: 'nothing, for it has no limit; a Queue can have one',
      })
    }
    super('SimpleQueue', given)
  }
}
