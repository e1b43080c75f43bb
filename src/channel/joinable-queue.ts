import { NO_LIMITS, type WaitOptions } from '../base/index.ts'
import { type Arrived, BaseQueue, insideOf } from './base-queue.ts'

/**
 * A queue that knows when all that was put into it has been worked on. What was taken by a thread that died before it
 * said `taskDone()` is counted as done, and `join()` tells how many that were.
 * Python: `multiprocessing.JoinableQueue`, `queue.Queue`.
 *
 * @param maxsize how many values it holds at most; zero or less: any number
 * @example
 * const queue = new JoinableQueue<number>()
 * await queue.put(1)
 * await queue.get()   // 1
 * queue.taskDone()
 * await queue.join()
 */
export class JoinableQueue<T = unknown> extends BaseQueue<T> {
  constructor(maxsize: number = 0) {
    super('JoinableQueue', maxsize as number | Arrived, { joinable: true })
  }

  /** Says that a value that `get()` gave has been worked on. Errors: `TASK_DONE_TOO_OFTEN`. Python: `task_done()`. */
  taskDone(): void {
    insideOf(this).joining?.taskDone()
  }

  /**
   * Waits until every value that was put has been taken and said to be done. Python: `join()`, which has no limits.
   * @param options `timeout` in milliseconds (zero or less polls), `signal`
   * @returns false when the timeout came first
   * Errors: `TASKS_ABANDONED` when takers died over some of them, `WAIT_ABORTED`.
   */
  async join(options: WaitOptions = NO_LIMITS): Promise<boolean> {
    return insideOf(this).joining?.join(options) ?? true
  }
}
