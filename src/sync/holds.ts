import { AsyncLocalStorage } from 'node:async_hooks'

/*
 * Who is "the same task"? A thread can say it by its seat only while it runs without a pause. On an event loop many
 * tasks take turns, so each acquisition starts a context that everything after it in the same task inherits, and
 * everything that the task calls.
 */

/** One outermost acquisition of a lock by a task. */
export interface Hold {
  /** Its task stands still at `await lock.acquire()`: whoever asks meanwhile is another. */
  pending: boolean
  /** It is over: not worth being carried along. */
  over: boolean
}

/** Acquired by a call that did not wait on the event loop: it is the thread's, whichever task runs. */
export const BY_THREAD: Hold = { pending: false, over: false }

interface Chain {
  readonly lock: object
  readonly hold: Hold
  readonly outer: Chain | undefined
}

const chains = new AsyncLocalStorage<Chain | undefined>()

/** The acquisition of `lock` that the running task is inside of. */
export function holdOf(lock: object): Hold | undefined {
  for (let chain = chains.getStore(); chain; chain = chain.outer) {
    if (chain.lock === lock && !chain.hold.over) return chain.hold.pending ? undefined : chain.hold
  }
  return undefined
}

/** From here on the running task is inside of `hold`. */
export function enterHold(lock: object, hold: Hold): void {
  chains.enterWith({ lock, hold, outer: alive(chains.getStore()) })
}

/** Calls `fn` as a task that is inside of `hold`; what comes after is not. */
export function runInHold<R>(lock: object, hold: Hold, fn: () => R): R {
  return chains.run({ lock, hold, outer: alive(chains.getStore()) }, fn)
}

/** Drops what is over from the front, so that chains don't grow with every acquisition. */
function alive(chain: Chain | undefined): Chain | undefined {
  let first = chain
  while (first?.hold.over) first = first.outer
  return first
}
