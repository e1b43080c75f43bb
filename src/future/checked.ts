import { checkIterable, createError, describe } from '../base/index.ts'
import { Future } from './future.ts'

/** Each of the futures once, in order. Errors: `NOT_ITERABLE`, `WRONG_OPTION` for what is no future. */
export function checkedFutures<F extends Future<unknown>>(where: string, futures: Iterable<F>): Set<F> {
  checkIterable(where, futures)
  const all = new Set<F>()
  for (const future of futures) {
    if (!(future instanceof Future)) {
      const [got, option] = [describe(future), `item ${all.size} of the futures`]
      throw createError('WRONG_OPTION', { where, option, got, expected: 'a Future' })
    }
    all.add(future)
  }
  return all
}
