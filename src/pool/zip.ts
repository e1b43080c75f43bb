import { createError, describe } from '../base/index.ts'

type AnyIterable = Iterable<unknown> | AsyncIterable<unknown>

/** Several iterables side by side. */
export interface Zipped {
  /** Of one iterable its own items, of several arrays with one item of each. */
  readonly items: AnyIterable
  readonly star: boolean
  /** Is it known how many there are? */
  readonly sized: boolean
}

/** Puts iterables side by side until the shortest ends. Python: `zip`. Errors: `NOT_ITERABLE`. */
export function zip(where: string, iterables: readonly unknown[]): Zipped {
  for (const given of iterables.length > 0 ? iterables : [undefined])
    if (!isIterable(given)) throw createError('NOT_ITERABLE', { where, got: describe(given) })
  const all = iterables as readonly AnyIterable[]
  const lengths = all.map(lengthOf)
  const sized = lengths.every(length => length !== undefined)
  if (all.length === 1) return { items: all[0] as AnyIterable, star: false, sized }
  if (!all.every(isSync)) return { items: rowsAsync(all), star: true, sized: false }
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

/** Of arrays, strings, sets, maps, typed arrays and what looks like them. */
function lengthOf(value: AnyIterable): number | undefined {
  if (!isSync(value)) return undefined
  const { length, size } = value as { readonly length?: unknown; readonly size?: unknown }
  if (typeof size === 'number') return size
  return typeof length === 'number' ? length : undefined
}

function* rowsOf(iterables: readonly Iterable<unknown>[]): Generator<unknown[]> {
  const iterators = iterables.map(iterable => iterable[Symbol.iterator]())
  try {
    for (;;) {
      const row: unknown[] = []
      for (const iterator of iterators) {
        const step = iterator.next()
        if (step.done) return
        row.push(step.value)
      }
      yield row
    }
  } finally {
    for (const iterator of iterators) iterator.return?.()
  }
}

async function* rowsAsync(iterables: readonly AnyIterable[]): AsyncGenerator<unknown[]> {
  const iterators = iterables.map(iterable =>
    isSync(iterable) ? iterable[Symbol.iterator]() : iterable[Symbol.asyncIterator](),
  )
  try {
    for (;;) {
      const row: unknown[] = []
      // One after the other: none is asked for an item that a shorter one leaves without company.
      for (const iterator of iterators) {
        const step = await iterator.next()
        if (step.done) return
        row.push(step.value)
      }
      yield row
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.()
  }
}
