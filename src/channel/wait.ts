import type { Readable } from 'node:stream'
import {
  checkIterable,
  checkLimits,
  createError,
  describe,
  KeepAlive,
  NO_LIMITS,
  refuseIfAborted,
  TIMED_OUT,
  waitFor,
  type WaitOptions,
} from '../base/index.ts'
import { Connection, endsOf, readinessOf } from './connection.ts'

/** What can be waited for: a connection with something to receive, a socket with something to read, a worker's sentinel that has settled. */
export type Waitable = Connection<never, unknown> | Readable | PromiseLike<unknown>

/** Something that can be waited for, as `wait` sees it. */
interface Source {
  isReady(): boolean
  /** Calls back when it may have become ready, and is told whether that is enough. Answers how to stop that. */
  listen(changed: () => boolean): () => void
}

/**
 * Waits until one of several things is ready: a connection that has something to receive or has come to its end, a
 * socket or another stream that can be read from or has ended, the sentinel of a process that has ended.
 *
 * @param things connections, sockets, and promises such as `process.sentinel`
 * @param options `timeout` in milliseconds (zero or less: don't wait), `signal`
 * @returns those that are ready, in the order in which they were given; none when the time came first
 * Errors: `WRONG_OPTION`, `WAIT_ABORTED`, `CHANNEL_CLOSED` when one of them is closed here. Python: `multiprocessing.connection.wait()`.
 * @example
 * const [here, there] = Pipe()
 * await there.send(1)
 * const ready = await connection.wait([here, there])
 * ready[0] === here   // true
 */
export async function wait<T extends Waitable>(
  things: Iterable<T>,
  options: WaitOptions = NO_LIMITS,
): Promise<T[]> {
  checkLimits('connection.wait()', options)
  refuseIfAborted(options, 'one of several connections')
  checkIterable('connection.wait()', things)
  const list = [...things]
  const sources = list.map(sourceOf)
  const ready = (): T[] => list.filter((_, i) => sources[i]?.isReady())
  // A promise that has settled says so a turn later.
  await Promise.resolve()
  await Promise.resolve()
  const now = ready()
  if (now.length > 0 || (options.timeout !== undefined && options.timeout <= 0)) return now
  const stops: (() => void)[] = []
  const found = new Promise<T[]>((resolve, reject) => {
    const look = (): boolean => {
      try {
        const some = ready()
        if (some.length === 0) return false
        resolve(some)
      } catch (error) {
        // One of them was closed here meanwhile.
        reject(error as Error)
      }
      return true
    }
    for (const source of sources) stops.push(source.listen(look))
    look()
  })
  try {
    const waiting = waitFor(found, 'one of several connections', options)
    // A daemon's end would be waited for in vain by a program that ends.
    const some = await (list.some(isSentinel) ? keepAlive.hold(waiting) : waiting)
    return some === TIMED_OUT ? ready() : some
  } finally {
    for (const stop of stops) stop()
  }
}

const keepAlive = new KeepAlive()

function sourceOf(thing: unknown): Source {
  if (thing instanceof Connection) return connectionSource(thing)
  if (isStream(thing)) return streamSource(thing)
  if (isSentinel(thing)) return sentinelSource(thing)
  throw createError('WRONG_OPTION', {
    where: 'connection.wait()',
    option: 'things',
    got: describe(thing),
    expected: 'connections, sockets and sentinels',
  })
}

function connectionSource(connection: Connection): Source {
  const isReady = readinessOf(connection)
  return {
    isReady,
    listen(changed) {
      const stop = new AbortController()
      const { inbound } = endsOf(connection)
      // Settles when there is something, when it fails, or when it is stopped.
      const listen = (): void => void inbound?.wake(isReady, stop.signal).then(heard, changed)
      const heard = (): void => {
        // Another thread may have been faster, and more may come.
        if (!stop.signal.aborted && !changed()) listen()
      }
      listen()
      return () => stop.abort()
    },
  }
}

function isSentinel(thing: unknown): thing is PromiseLike<unknown> {
  return typeof (thing as PromiseLike<unknown> | undefined)?.then === 'function'
}

function isStream(thing: unknown): thing is Readable {
  const { on, off, read } = (thing ?? {}) as Record<string, unknown>
  return [on, off, read].every(method => typeof method === 'function')
}

function streamSource(stream: Readable): Source {
  const isReady = (): boolean =>
    stream.readableLength > 0 || stream.readableEnded || stream.destroyed || hasEnded(stream)
  return {
    isReady,
    listen(changed) {
      const events = ['readable', 'end', 'close', 'error'] as const
      for (const event of events) stream.on(event, changed)
      return () => {
        for (const event of events) stream.off(event, changed)
      }
    },
  }
}

/** The other side has ended, and what it sent has been read: `read()` gives null and `end` is about to come. */
function hasEnded(stream: Readable): boolean {
  const state = (stream as { _readableState?: { ended?: boolean } })._readableState
  return state?.ended === true
}

/** Looks at promises that are used again and again, a sentinel of a long-lived worker, are counted once. */
const settled = new WeakMap<PromiseLike<unknown>, { done: boolean; readonly listeners: Set<() => boolean> }>()

function sentinelSource(sentinel: PromiseLike<unknown>): Source {
  let state = settled.get(sentinel)
  if (!state) {
    const fresh = { done: false, listeners: new Set<() => boolean>() }
    const end = (): void => {
      fresh.done = true
      for (const listener of fresh.listeners) listener()
    }
    sentinel.then(end, end)
    settled.set(sentinel, fresh)
    state = fresh
  }
  const { listeners } = state
  const entry = state
  return {
    isReady: () => entry.done,
    listen(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
  }
}
