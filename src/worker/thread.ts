import { threadId } from '../base/index.ts'
import type { ResourceLimits } from '../link/index.ts'
import { BaseWorker } from './base-worker.ts'
import { threadStarter } from './start.ts'
import type { WorkerOptions } from './worker-options.ts'
import { linkOf, openState } from './worker-state.ts'

/** Options of `new Thread`. */
export interface ThreadOptions<A extends readonly unknown[], R> extends WorkerOptions<A, R> {
  /** Limits of its memory, in MiB. Default: Node's. */
  readonly resourceLimits?: ResourceLimits | undefined
}

/**
 * One function in a thread of its own: a V8 of its own in the same process. Python: `threading.Thread`, without the
 * interpreter lock and without shared objects.
 * @example
 * import { Thread } from 'manycore'
 * const thread = new Thread({ target: (a, b) => a + b, args: [1, 2] }).start()
 * await thread.result()   // 3
 */
export class Thread<A extends readonly unknown[] = readonly unknown[], R = unknown> extends BaseWorker<A, R> {
  constructor(options: ThreadOptions<A, R> = {}) {
    super(threadStarter, options)
  }

  /** Node's number of the thread, 0 for the main thread; `undefined` before the start. Python: `ident`. */
  get id(): number | undefined {
    const { elsewhere } = openState(this)
    if (elsewhere) return elsewhere.self ? threadId() : elsewhere.threadId
    return linkOf(this)?.threadId
  }
}
