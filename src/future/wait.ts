import {
  checkLimits,
  checkOneOf,
  deferred,
  NO_LIMITS,
  refuseIfAborted,
  waitFor,
  type WaitOptions,
} from '../base/index.ts'
import { checkedFutures } from './checked.ts'
import type { Future } from './future.ts'

/** What `wait` waits for. */
export type ReturnWhen = 'ALL_COMPLETED' | 'FIRST_COMPLETED' | 'FIRST_EXCEPTION'

/** Options of `wait`. */
export interface WaitFuturesOptions extends WaitOptions {
  /** Default: `'ALL_COMPLETED'`. */
  readonly returnWhen?: ReturnWhen | undefined
}

/** What `wait` found. */
export interface DoneAndNotDone<F> {
  /** Those of which nothing runs any more. */
  readonly done: Set<F>
  /** The others. */
  readonly notDone: Set<F>
}

const MODES: readonly unknown[] = [
  'ALL_COMPLETED',
  'FIRST_COMPLETED',
  'FIRST_EXCEPTION',
] satisfies ReturnWhen[]

/** For messages. */
const WHAT = 'the futures'

/**
 * Waits until all futures are done, or any is, or any has failed. Of what it calls done, nothing runs any more: one
 * that was cancelled while it ran is done when its worker has let go of it. Python: `concurrent.futures.wait`.
 * @param futures any iterable of futures; one that is there twice counts once
 * @param options `returnWhen`; `timeout` in milliseconds, after which it answers with what there is; `signal`
 * @returns two sets, `done` and `notDone`
 * Errors: `NOT_ITERABLE`, `WRONG_OPTION`, `WAIT_ABORTED`. What futures failed with is not thrown.
 * @example
 * import { ThreadPoolExecutor, wait } from 'manycore'
 * const executor = new ThreadPoolExecutor({ maxWorkers: 2 })
 * const futures = [1, 2, 3].map(n => executor.submit(m => m * m, n))
 * const { done, notDone } = await wait(futures)
 * [done.size, notDone.size]   // [3, 0]
 * await executor.shutdown()
 */
export async function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitFuturesOptions = NO_LIMITS,
): Promise<DoneAndNotDone<F>> {
  checkLimits('wait', options, ['timeout', 'signal', 'returnWhen'])
  const { returnWhen = 'ALL_COMPLETED', timeout, signal } = options
  checkOneOf('wait', 'returnWhen', returnWhen, MODES)
  const all = checkedFutures('wait', futures)
  refuseIfAborted(options, WHAT)
  const pending = new Set([...all].filter(future => !future.over))
  const enough = (future: F): boolean =>
    returnWhen === 'FIRST_COMPLETED' || (returnWhen === 'FIRST_EXCEPTION' && future.failure !== undefined)
  const satisfied = pending.size === 0 || [...all].some(future => future.over && enough(future))
  if (!satisfied) await untilEnough(pending, enough, { timeout, signal })
  const done = new Set([...all].filter(future => future.over))
  return { done, notDone: new Set([...all].filter(future => !done.has(future))) }
}

async function untilEnough<F extends Future<unknown>>(
  pending: Set<F>,
  enough: (future: F) => boolean,
  options: WaitOptions,
): Promise<void> {
  const woken = deferred()
  const forget = [...pending].map(future =>
    future.onOver(() => {
      pending.delete(future)
      if (pending.size === 0 || enough(future)) woken.resolve()
    }),
  )
  try {
    await waitFor(woken.promise, WHAT, options)
  } finally {
    for (const stop of forget) stop()
  }
}
