import { now } from '../base/index.ts'
import type { Abilities } from '../codec/index.ts'
import { pack, packThrown } from '../codec/index.ts'
import type { ChunkOutcome } from '../wire/index.ts'

/*
 * Runs the items of one chunk. Looking at the clock and marking the item both cost time, so for tiny items they
 * happen every few items only: at least every 50 microseconds or at each item, whichever is rarer.
 */

/** A chunk that takes longer than this gives its rest back, so that idle workers can help. In milliseconds. */
const LONG_ENOUGH = 20
/** How often to look at the clock, in milliseconds. */
const GLANCE = 0.05
const RAREST_GLANCE = 64

export interface ChunkRun {
  readonly fn: Function
  readonly items: readonly unknown[]
  /** Each item is an array of arguments. */
  readonly star: boolean
  /** Run all of it, however long it takes. */
  readonly whole: boolean
  readonly can: Abilities
  /** Told, at each glance at the clock, up to which item all may be begun before the next. */
  beginItem(item: number): void
  /** Should the chunk stop here? Its task was cancelled. */
  stopped(): boolean
}

type Failures = [number, unknown][]

/** The outcome, at once when no item was asynchronous. */
export function runChunk(run: ChunkRun): ChunkOutcome | Promise<ChunkOutcome> {
  const { fn, items, star, whole } = run
  // Grown by push: V8 clones an array that was made with holes five times slower, even when they are filled.
  const values: unknown[] = []
  const failures: Failures = []
  const started = now()
  let glance = 1

  for (let item = 0; item < items.length; item++) {
    if (item >= glance) {
      const elapsed = now() - started
      if (!whole && elapsed > LONG_ENOUGH) return outcome(run, values, failures, item, started)
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
  const { fn, items, star, whole } = run
  for (let item = from; item < items.length; item++) {
    if (item > from) {
      if (run.stopped() || (!whole && now() - started > LONG_ENOUGH))
        return outcome(run, values, failures, item, started)
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
  if (numbers) return [numbers, false, failures.length > 0 ? failures : null, next, took]
  try {
    const graph = pack(values, { path: 'results', can: run.can })
    return [graph ?? values, graph !== undefined, failures.length > 0 ? failures : null, next, took]
  } catch {
    return [...packOneByOne(run, values, failures), next, took]
  }
}

/** Some value can't travel: find which, and let the others through. */
function packOneByOne(run: ChunkRun, values: unknown[], failures: Failures): [unknown, boolean, Failures] {
  values.forEach((value, item) => {
    try {
      pack(value, { path: 'result', can: run.can })
    } catch (error) {
      values[item] = undefined
      failures.push([item, packThrown(error, run.can)])
    }
  })
  failures.sort(([a], [b]) => a - b)
  const graph = pack(values, { path: 'results', can: run.can })
  return [graph ?? values, graph !== undefined, failures]
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}
