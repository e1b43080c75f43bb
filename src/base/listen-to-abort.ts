import { nextTick } from './clock.ts'

/** All who wait for one signal. */
interface Waiting {
  readonly calls: Set<() => void>
  readonly listener: () => void
}

const known = new WeakMap<AbortSignal, Waiting>()

/**
 * Calls `abort` once when the signal is aborted, unless what this gives is called before. However many wait for a
 * signal, it has one listener of theirs: Node goes through all that there are for each that comes or goes, and
 * Node 20 warns of a leak at the eleventh.
 */
export function listenToAbort(signal: AbortSignal, abort: () => void): () => void {
  const waiting = known.get(signal) ?? listen(signal)
  const { calls, listener } = waiting
  calls.add(abort)
  return () => {
    if (!calls.delete(abort) || calls.size > 0 || known.get(signal) !== waiting) return
    known.delete(signal)
    signal.removeEventListener('abort', listener)
  }
}

function listen(signal: AbortSignal): Waiting {
  const calls = new Set<() => void>()
  const listener = (): void => {
    known.delete(signal)
    for (const call of calls) callApart(call)
  }
  const waiting = { calls, listener }
  known.set(signal, waiting)
  signal.addEventListener('abort', listener, { once: true })
  return waiting
}

/** What one throws stops none of the others, as with listeners of their own. */
function callApart(call: () => void): void {
  try {
    call()
  } catch (error) {
    nextTick(() => {
      throw error
    })
  }
}
