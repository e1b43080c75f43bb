import {
  checkTimeout,
  createError,
  type Deferred,
  deferred,
  now,
  TIMED_OUT,
  type WaitOptions,
  waitFor,
} from '../base/index.ts'
import { checkedFutures } from './checked.ts'
import type { Future } from './future.ts'

/**
 * The futures one by one as they get done, those that are done already first. Each comes once, and nothing of it runs
 * any more. Python: `concurrent.futures.as_completed`.
 * @param futures any iterable of futures
 * @param options `timeout` in milliseconds from this call until the last one; `signal`
 * Errors: `NOT_ITERABLE`, `WRONG_OPTION` at the call; `FUTURES_UNFINISHED`, `WAIT_ABORTED` while it is read. What the
 * futures failed with is theirs to tell.
 * @example
 * import { asCompleted, ThreadPoolExecutor } from 'manycore'
 * const executor = new ThreadPoolExecutor({ maxWorkers: 2 })
 * const futures = [3, 2, 1].map(n => executor.submit(m => m * m, n))
 * let sum = 0
 * for await (const future of asCompleted(futures)) sum += await future
 * sum   // 14
 * await executor.shutdown()
 */
export function asCompleted<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitOptions = {},
): AsyncIterableIterator<F> {
  checkTimeout('asCompleted', options.timeout)
  return inTurn(checkedFutures('asCompleted', futures), options, now())
}

async function* inTurn<F extends Future<unknown>>(
  all: Set<F>,
  { timeout, signal }: WaitOptions,
  called: number,
): AsyncGenerator<F, void> {
  const total = all.size
  let ready: F[] = []
  let wake: Deferred<void> | undefined
  const forget = new Map<F, () => void>()
  for (const future of all) {
    if (future.over) ready.push(future)
    else
      forget.set(
        future,
        future.onOver(() => {
          forget.delete(future)
          ready.push(future)
          wake?.resolve()
        }),
      )
  }
  // Who has got a future is the only one to keep it.
  all.clear()
  try {
    while (ready.length > 0 || forget.size > 0) {
      const batch = ready.reverse()
      ready = []
      for (let future = batch.pop(); future; future = batch.pop()) yield future
      if (ready.length > 0 || forget.size === 0) continue
      wake = deferred()
      const left = timeout === undefined ? undefined : called + timeout - now()
      const woken = await waitFor(wake.promise, 'the next future', { timeout: left, signal })
      if (woken === TIMED_OUT)
        throw createError('FUTURES_UNFINISHED', { unfinished: forget.size, total, timeout: timeout as number })
    }
  } finally {
    for (const stop of forget.values()) stop()
  }
}
