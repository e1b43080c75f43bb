/*
 * The only place with clocks and timers: tests may stand in for it, and a reader who wants to know what can
 * happen later has one file to look for callers of.
 */
import { isNode } from './runtime.ts'

/** A started timer. */
export interface Timer {
  cancel(): void
}

/*
 * Code of the user's may put clocks and timers of its own in the place of the platform's, as tests do, and those stand
 * still. Whoever asks here wants to know what time has passed: these are kept from before, or found where nobody puts
 * anything.
 */
const { hrtime } = process
const { clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } =
  process.getBuiltinModule('node:timers')
let originalNow: (() => number) | undefined

function sinceStart(): number {
  originalNow ??= findNow()
  return originalNow()
}

function findNow(): () => number {
  if (!isNode) return performance.now.bind(performance)
  const original = process.getBuiltinModule('node:perf_hooks').performance
  return (Object.getPrototypeOf(original) as typeof original).now.bind(original)
}

/**
 * Node loads what is behind `performance` when it is first touched. A worker has better things to do before its first
 * result: until then it goes by a clock that is there anyway.
 */
let early = false
/** What was read from `performance` afterwards goes on from there. In milliseconds. */
let offset = 0

/** Called once, before anything is timed: no `performance` for now. */
export function startEarly(): void {
  early = true
}

export function isEarly(): boolean {
  return early
}

export function endEarly(): void {
  if (!early) return
  // It is loaded here, before either clock is read.
  const there = sinceStart()
  offset = sinceBoot() - there
  early = false
}

function sinceBoot(): number {
  const [seconds, nanoseconds] = hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

/** Milliseconds since an arbitrary start, never going back. */
export function now(): number {
  return early ? sinceBoot() : sinceStart() + offset
}

/** Milliseconds since 1970, to be shown. Whole ones at first in a worker. */
export function wallClock(): number {
  return early ? Date.now() : performance.timeOrigin + performance.now()
}

/** Between `performance` and the machine's start. In milliseconds. */
let untilStart: number | undefined

/**
 * Milliseconds, on a clock that all processes of this machine share and nobody sets. The one that counts from 1970 is set
 * when a process starts and goes on by itself: two processes differ by as much as the machine slept, or its clock was set,
 * between their starts.
 */
export function machineClock(): number {
  // Others count from the start of each thread, and have nothing else that threads share.
  if (!isNode) return wallClock()
  if (early) return sinceBoot()
  untilStart ??= sinceBoot() - sinceStart()
  return sinceStart() + untilStart
}

/** The same in whole seconds, which fit into a shared word. */
export function machineSeconds(): number {
  return Math.floor(machineClock() / 1000)
}

/** The longest delay that a timer of the platform takes; longer ones would fire at once. */
const LONGEST = 2 ** 31 - 1

/** Calls `fn` once after `ms` milliseconds. `keepAlive: false` lets the program end before. */
export function after(ms: number, fn: () => void, { keepAlive = true }: { keepAlive?: boolean } = {}): Timer {
  // The platform cuts parts of a millisecond off: a wait would end before its limit.
  const delay = Math.max(0, Math.min(Math.ceil(ms), LONGEST))
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

/** Calls back when the event loop has turned. */
export const afterTurn: typeof setImmediate = setImmediate

/** Calls back when the code that runs now is done. */
export const afterThis: typeof queueMicrotask = queueMicrotask

/** As `afterThis`, but before the callbacks of all promises. */
export const nextTick: typeof process.nextTick = process.nextTick

/** A timer that never fires; only its being there keeps the program alive, or not. */
export function makeHold(): Pick<NodeJS.Timeout, 'ref' | 'unref'> {
  return setInterval(() => {}, LONGEST).unref()
}
