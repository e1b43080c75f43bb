import { isMainThread, machineClock, now, threadId } from '../base/index.ts'

/*
 * A thread that is terminated while native code calls back into JavaScript takes the program with it: koffi has nobody
 * to tell that its call failed. That is so while it is loaded, while functions are bound, and while it makes a view; its
 * ordinary calls only read and return numbers. And Node 20 to 24 take for granted that a module of which `require` has
 * read all files can be linked, which it can't in a thread that is being terminated. So all threads of a process have a
 * few words in common:
 *
 *     closed │ thread in there, or 0 │ thread in there, or 0 │ …      less than 0: it may stay there for ever
 *
 * Who goes in writes its number, then looks whether it is closed; who terminates closes, then looks who is in there. One
 * of the two sees the other. It opens by itself, so that nobody who dies can leave it closed.
 */

/** Until when it is closed: milliseconds of the clock, of which the lowest 32 bits are kept. Written by who terminates. */
const CLOSED = 0
/** Written by who is in there, and for the dead by who started them. */
const FIRST = 1
const PLACES = 15

/** Stays closed for this long, for the threads that one which is terminated has started: Node ends them after it. */
const WINDOW = 30
/** When the program itself ends, so do all its threads, after the exit handlers. */
const AT_EXIT = 10_000
/**
 * Nobody waits longer than this to go in, however often threads are terminated; nor for those in there, who need a few
 * milliseconds, but on a busy machine a good part of this: the program would end with them. In milliseconds.
 */
const MOST = 1000
/** Who may stay for ever is waited for once, for so long: what matters is over by then. In milliseconds. */
const MOMENT = 50

let known: Int32Array<SharedArrayBuffer> | undefined
let inside = false
let shared = false

/** Made when asked for: a worker's start does without. */
function words(): Int32Array<SharedArrayBuffer> {
  known ??= new Int32Array(new SharedArrayBuffer((FIRST + PLACES) * 4))
  return known
}

/** The words, for a thread that is about to be started. */
export function undisturbedWords(): SharedArrayBuffer {
  if (!shared) {
    shared = true
    process.on('exit', () => keepOut(isMainThread() ? AT_EXIT : WINDOW))
  }
  return words().buffer
}

/** This thread was started by one that has the words. */
export function inheritUndisturbed(buffer: SharedArrayBuffer): void {
  known = new Int32Array(buffer)
}

/** Does what a thread must not be terminated in, if it is one. */
export function undisturbed<T>(work: () => T): T {
  if (isMainThread() || inside) return work()
  const place = goIn()
  inside = true
  try {
    return work()
  } finally {
    inside = false
    if (place) leave(place)
  }
}

/**
 * Does what a thread must not be terminated in at first, and what may take long then: the user's code, for one.
 * Gives `undefined` without having done it where that would have to wait.
 */
export function undisturbedAtFirst<T>(work: () => T): { readonly value: T } | undefined {
  if (isMainThread() || inside) return { value: work() }
  const place = free(-threadId())
  if (!place) return undefined
  try {
    return closedFor() > 0 ? undefined : { value: work() }
  } finally {
    // Somebody else may be there by now, if it took long.
    if (Atomics.compareExchange(words(), place, -threadId(), 0) !== 0) Atomics.notify(words(), place)
  }
}

/** Before threads are terminated: keeps out who is not in there, and waits for who is. */
export function keepOut(window = WINDOW): void {
  const end = now() + MOST
  do Atomics.store(words(), CLOSED, machineClock() + window)
  while (waitForAnother(end))
}

/** It is not in there any more, wherever it was. */
export function leftForGood(thread: number): void {
  for (let place = FIRST; place < words().length; place++) {
    for (const who of [thread, -thread])
      if (Atomics.compareExchange(words(), place, who, 0) === who) Atomics.notify(words(), place)
  }
}

/** `undefined`: has waited for long enough and goes in as it is. */
function goIn(): number | undefined {
  const end = now() + MOST
  while (now() < end) {
    const place = free(threadId())
    if (place && closedFor() <= 0) return place
    if (place) leave(place)
    Atomics.wait(words(), CLOSED, Atomics.load(words(), CLOSED), Math.max(1, Math.min(closedFor(), WINDOW)))
  }
  return undefined
}

function free(who: number): number | undefined {
  for (let place = FIRST; place < words().length; place++) {
    if (Atomics.compareExchange(words(), place, 0, who) === 0) return place
  }
  return undefined
}

function leave(place: number): void {
  Atomics.store(words(), place, 0)
  Atomics.notify(words(), place)
}

/** In milliseconds; less than nothing if it is open. A time that makes no sense opens it too. */
function closedFor(): number {
  const until = Atomics.load(words(), CLOSED)
  const left = (until - machineClock()) | 0
  return until === 0 || left > AT_EXIT ? 0 : left
}

/** Was there somebody, and is there time to look again? */
function waitForAnother(end: number): boolean {
  for (let place = FIRST; place < words().length; place++) {
    const who = Atomics.load(words(), place)
    if (who === 0 || Math.abs(who) === threadId()) continue
    const left = end - now()
    if (left <= 0) return false
    const late = Atomics.wait(words(), place, who, who < 0 ? Math.min(left, MOMENT) : left) === 'timed-out'
    if (late && who < 0) Atomics.compareExchange(words(), place, who, 0)
    return true
  }
  return false
}
