/*
 * The only place with clocks and timers: tests may stand in for it, and a reader who wants to know what can
 * happen later has one file to look for callers of.
 */

/** A started timer. */
export interface Timer {
  cancel(): void
}

/** Milliseconds since an arbitrary start, never going back. */
export function now(): number {
  return performance.now()
}

/** Milliseconds since 1970, on a clock that processes of one machine share. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now()
}

/** The longest delay that a timer of the platform takes; longer ones would fire at once. */
const LONGEST = 2 ** 31 - 1

/** Calls `fn` once after `ms` milliseconds. `keepAlive: false` lets the program end before. */
export function after(ms: number, fn: () => void, { keepAlive = true }: { keepAlive?: boolean } = {}): Timer {
  const delay = Math.max(0, Math.min(ms, LONGEST))
  const timer = setTimeout(() => {
    if (ms > LONGEST) inner = after(ms - LONGEST, fn, { keepAlive })
    else fn()
  }, delay)
  let inner: Timer | undefined
  if (!keepAlive) timer.unref()
  return {
    cancel() {
      clearTimeout(timer)
      inner?.cancel()
    },
  }
}

/** Calls `fn` every `ms` milliseconds. `keepAlive: false` lets the program end meanwhile. */
export function every(ms: number, fn: () => void, { keepAlive = true }: { keepAlive?: boolean } = {}): Timer {
  const timer = setInterval(fn, ms)
  if (!keepAlive) timer.unref()
  return { cancel: () => clearInterval(timer) }
}

/** A timer that never fires; only its being there keeps the program alive, or not. */
export function makeHold(): Pick<NodeJS.Timeout, 'ref' | 'unref'> {
  return setInterval(() => {}, LONGEST).unref()
}
