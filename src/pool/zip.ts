import { createError, describe } from '../base/index.ts'
import { expectedOf } from './inputs.ts'
import { isCollection, Snapshot } from './snapshot.ts'

type AnyIterable = Iterable<unknown> | AsyncIterable<unknown>

/** Several iterables side by side. */
export interface Zipped {
  /** Of one iterable its own items, of several arrays with one item of each. */
  readonly items: AnyIterable
  readonly star: boolean
  /** Do all say how many they have? */
  readonly sized: boolean
}

/** Puts iterables side by side until the shortest ends. Python: `zip`. Errors: `NOT_ITERABLE`. */
export function zip(where: string, iterables: readonly unknown[]): Zipped {
  for (const given of iterables.length > 0 ? iterables : [undefined])
    if (!isIterable(given)) throw createError('NOT_ITERABLE', { where, got: describe(given) })
  const first = iterables[0] as AnyIterable
  if (iterables.length === 1) return { items: first, star: false, sized: lengthOf(first) !== undefined }
  const all = iterables.map(given =>
    isCollection(given) ? new Snapshot(given) : given,
  ) as readonly AnyIterable[]
  if (!all.every(isSync)) return { items: rowsAsync(all), star: true, sized: false }
  const lengths = all.map(lengthOf)
  const sized = lengths.every(length => length !== undefined)
  const rows = { [Symbol.iterator]: () => rowsOf(all as readonly Iterable<unknown>[]) }
  const items = sized ? Object.assign(rows, { length: Math.min(...(lengths as number[])) }) : rows
  return { items, star: true, sized }
}

/** Can it be iterated over, at once or in time? */
export function isIterable(value: unknown): value is AnyIterable {
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(value) as Partial<
    Iterable<unknown> & AsyncIterable<unknown>
  >
  return typeof sync === 'function' || typeof async === 'function'
}

function isSync(value: AnyIterable): value is Iterable<unknown> {
  return !(Symbol.asyncIterator in Object(value))
}

function lengthOf(value: AnyIterable): number | undefined {
  return isSync(value) ? expectedOf(value) : undefined
}

function* rowsOf(iterables: readonly Iterable<unknown>[]): Generator<unknown[]> {
  const iterators = iterables.map(iterable => iterable[Symbol.iterator]())
  let asked: Iterator<unknown> | undefined
  try {
    for (;;) {
      const row: unknown[] = []
      for (const iterator of iterators) {
        asked = iterator
        const step = iterator.next()
        if (step.done) return
        asked = undefined
        row.push(step.value)
      }
      yield row
    }
  } finally {
    for (const iterator of othersThan(asked, iterators)) {
      try {
        iterator.return?.()
      } catch {
        // Whoever stops has a reason that it tells; what an input says to that is of no interest.
      }
    }
  }
}

async function* rowsAsync(iterables: readonly AnyIterable[]): AsyncGenerator<unknown[]> {
  const iterators = iterables.map(iterable =>
    isSync(iterable) ? iterable[Symbol.iterator]() : iterable[Symbol.asyncIterator](),
  )
  let asked: (typeof iterators)[number] | undefined
  try {
    for (;;) {
      const row: unknown[] = []
      // One after the other: none is asked for an item that a shorter one leaves without company.
      for (const iterator of iterators) {
        asked = iterator
        const step = await iterator.next()
        if (step.done) return
        asked = undefined
        row.push(step.value)
      }
      yield row
    }
  } finally {
    for (const iterator of othersThan(asked, iterators)) {
      try {
        await iterator.return?.()
      } catch {
        // As above.
      }
    }
  }
}

/** Who ended or threw when it was asked has nothing to close. */
function othersThan<T>(asked: T | undefined, iterators: readonly T[]): T[] {
  return iterators.filter(iterator => iterator !== asked)
}
