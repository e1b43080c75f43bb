import { now } from '../base/index.ts'
import type { Abilities } from '../codec/index.ts'
import { isPlain, pack, packThrown } from '../codec/index.ts'
import { type ChunkOutcome, LONG, WHOLE } from '../wire/index.ts'

/*
 * Runs the items of one chunk. Looking at the clock and marking the item both cost time, so for tiny items they
 * happen every few items only: at least every 50 microseconds or at each item, whichever is rarer.
 */

/** A chunk that takes longer than this gives its rest back, so that idle workers can help. In milliseconds. */
const LONG_ENOUGH = 20
/** The same for one that was made to take longer. */
const LONG_ENOUGH_IF_LONG = 100
/** How often to look at the clock, in milliseconds. */
const GLANCE = 0.05
const RAREST_GLANCE = 64

export interface ChunkRun {
  readonly fn: Function
  readonly items: readonly unknown[]
  /** Each item is an array of arguments. */
  readonly star: boolean
  /** After so many milliseconds the rest is given back. */
  readonly longEnough: number
  readonly can: Abilities
  /** Told, at each glance at the clock, up to which item all may be begun before the next. */
  beginItem(item: number): void
  /** Should the chunk stop here? Its task was cancelled. */
  stopped(): boolean
}

/** After how long a chunk of this mode is given back. */
export function patienceFor(mode: number): number {
  if (mode & WHOLE) return Number.POSITIVE_INFINITY
  return mode & LONG ? LONG_ENOUGH_IF_LONG : LONG_ENOUGH
}

type Failures = [number, unknown][]

/** The outcome, at once when no item was asynchronous. */
export function runChunk(run: ChunkRun): ChunkOutcome | Promise<ChunkOutcome> {
  const { fn, items, star, longEnough } = run
  // Grown by push: V8 clones an array that was made with holes five times slower, even when they are filled.
  const values: unknown[] = []
  const failures: Failures = []
  const started = now()
  let glance = 1

  for (let item = 0; item < items.length; item++) {
    if (item >= glance) {
      const elapsed = now() - started
      if (elapsed > longEnough) return outcome(run, values, failures, item, started)
      glance = item + Math.max(1, Math.min(RAREST_GLANCE, Math.floor(GLANCE / (elapsed / item))))
      run.beginItem(Math.min(glance, items.length) - 1)
    }
    try {
      const value = star ? fn(...(items[item] as unknown[])) : fn(items[item])
      if (isThenable(value)) return goOnAsync(run, values, failures, item, value, started)
      values.push(value)
    } catch (thrown) {
      values.push(undefined)
      failures.push([item, packThrown(thrown, run.can)])
    }
  }
  return outcome(run, values, failures, items.length, started)
}

/** The rest of the chunk, from the first asynchronous item on. */
async function goOnAsync(
  run: ChunkRun,
  values: unknown[],
  failures: Failures,
  from: number,
  first: PromiseLike<unknown>,
  started: number,
): Promise<ChunkOutcome> {
  const { fn, items, star, longEnough } = run
  for (let item = from; item < items.length; item++) {
    if (item > from) {
      if (run.stopped() || now() - started > longEnough) return outcome(run, values, failures, item, started)
      run.beginItem(item)
    }
    try {
      const value = item === from ? first : star ? fn(...(items[item] as unknown[])) : fn(items[item])
      values.push(isThenable(value) ? await value : value)
    } catch (thrown) {
      values.push(undefined)
      failures.push([item, packThrown(thrown, run.can)])
    }
  }
  return outcome(run, values, failures, items.length, started)
}

/** From this length on numbers travel as one block of memory. */
const MANY_NUMBERS = 16

/**
 * A list of nothing but numbers as a typed array, which crosses four times faster than an array and is read item by
 * item just the same.
 */
export function asNumbers(list: readonly unknown[]): Float64Array | undefined {
  if (list.length < MANY_NUMBERS || typeof list[list.length - 1] !== 'number') return undefined
  const numbers = new Float64Array(list.length)
  for (let at = 0; at < list.length; at++) {
    const item = list[at]
    if (typeof item !== 'number') return undefined
    numbers[at] = item
  }
  return numbers
}

function outcome(
  run: ChunkRun,
  all: unknown[],
  failures: Failures,
  next: number,
  started: number,
): ChunkOutcome {
  const took = now() - started
  const values = next < all.length ? all.slice(0, next) : all
  const numbers = asNumbers(values)
  const packed = numbers || isPlain(values, run.can, true) ? null : packEach(run, values, failures)
  return [numbers ?? values, packed, failures.length > 0 ? failures : null, next, took]
}

/** Packs the values that need it, each for itself: one that can't travel, or arrive, does not take others with it. */
function packEach(run: ChunkRun, values: unknown[], failures: Failures): number[] {
  const packed: number[] = []
  values.forEach((value, item) => {
    try {
      const graph = pack(value, { path: 'result', can: run.can })
      if (!graph) return
      values[item] = graph
      packed.push(item)
    } catch (error) {
      values[item] = undefined
      failures.push([item, packThrown(error, run.can)])
    }
  })
  return packed
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}
