import { AsyncLocalStorage } from 'node:async_hooks'

/*
 * Who is "the same task"? A thread can say it by its seat only while it runs without a pause. On an event loop many
 * tasks take turns, so each acquisition starts a context that everything after it in the same task inherits, and
 * everything that the task calls.
 */

/** One outermost acquisition of a lock by a task. */
export interface Hold {
  /** Tells it from the others of this thread. */
  readonly number: number
  /** Its task stands still at `await lock.acquire()`: whoever asks meanwhile is another. */
  pending: boolean
  /** It is over: not worth being carried along. */
  over: boolean
  /** Acquired by a call that did not wait on the event loop: it is the thread's, whichever task runs. */
  readonly byThread: boolean
}

let made = 0

export function newHold({ pending = false, byThread = false } = {}): Hold {
  return { number: ++made, pending, over: false, byThread }
}

/** For locks that need not know their holds one from the other. */
export const BY_THREAD: Hold = newHold({ byThread: true })

/** What this thread holds of the locks that are watched. */
export const holdsHere = new Set<Hold>()

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

/**
 * Drops from the front what is over, so that chains don't grow with every acquisition, and what is pending: that is
 * the hold of a task that was called from here and stands still.
 */
function alive(chain: Chain | undefined): Chain | undefined {
  let first = chain
  while (first && (first.hold.over || first.hold.pending)) first = first.outer
  return first
}

/** All that the running task is inside of. */
export function holdsOfTask(): Hold[] {
  const holds: Hold[] = []
  for (let chain = chains.getStore(); chain; chain = chain.outer) {
    if (!chain.hold.over && !chain.hold.pending) holds.push(chain.hold)
  }
  return holds
}
