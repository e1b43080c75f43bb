import { createError, describe, quiet } from '../base/index.ts'
import { type Collection, isCollection, Snapshot } from './snapshot.ts'

/** The items of a map: one at a time, from wherever they come. */
export interface Inputs {
  /** How many there are, where that is known. */
  readonly total: number | undefined
  /** How many there should be, by what the input itself says. */
  readonly expected: number | undefined
  /** Several at once, as many as there are; fewer than asked for means that these are the last. Synchronous inputs only. */
  take?(count: number): unknown[]
  /** The next one. Asynchronous inputs only. */
  next?(): Promise<IteratorResult<unknown>>
  /** No more are wanted. Whoever stops has a reason that it tells; what the input says to that is of no interest. */
  stop(): void
}

export function inputsOf(where: string, items: unknown): Inputs {
  if (isCollection(items)) return new ListedInputs(items)
  const source = items as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined
  if (typeof source?.[Symbol.asyncIterator] === 'function') {
    return new AsyncInputs(source as AsyncIterable<unknown>)
  }
  if (typeof source?.[Symbol.iterator] === 'function') return new IterableInputs(source as Iterable<unknown>)
  throw createError('NOT_ITERABLE', { where, got: describe(items) })
}

/** What its `size` or `length` says, if that can be a number of items. It need not be: it may be bytes. */
export function expectedOf(items: Iterable<unknown>): number | undefined {
  const { size, length } = items as { readonly size?: unknown; readonly length?: unknown }
  const said = typeof size === 'number' ? size : length
  return Number.isSafeInteger(said) && (said as number) >= 0 ? (said as number) : undefined
}

class ListedInputs implements Inputs {
  readonly total: number
  readonly expected: number
  readonly #items: Snapshot

  constructor(items: Collection) {
    this.#items = new Snapshot(items)
    this.total = this.#items.length
    this.expected = this.total
  }

  take(count: number): unknown[] {
    return this.#items.take(count)
  }

  stop(): void {
    this.#items.clear()
  }
}

class IterableInputs implements Inputs {
  readonly total: undefined
  readonly expected: number | undefined
  readonly #iterator: Iterator<unknown>
  #over = false

  constructor(items: Iterable<unknown>) {
    this.#iterator = items[Symbol.iterator]()
    this.expected = expectedOf(items)
  }

  take(count: number): unknown[] {
    const taken: unknown[] = []
    while (taken.length < count) {
      let step: IteratorResult<unknown>
      try {
        step = this.#iterator.next()
      } catch (error) {
        this.#over = true
        // What came before it counts: the error is for the next call.
        if (taken.length === 0) throw error
        this.take = () => {
          throw error
        }
        return taken
      }
      if (step.done) {
        this.#over = true
        break
      }
      taken.push(step.value)
    }
    return taken
  }

  stop(): void {
    if (this.#over) return
    this.#over = true
    try {
      this.#iterator.return?.()
    } catch {
      // It throws when it is the input itself that stops us.
    }
  }
}

class AsyncInputs implements Inputs {
  readonly total: undefined
  readonly expected: undefined
  readonly #iterator: AsyncIterator<unknown>

  constructor(items: AsyncIterable<unknown>) {
    this.#iterator = items[Symbol.asyncIterator]()
  }

  next(): Promise<IteratorResult<unknown>> {
    return this.#iterator.next()
  }

  stop(): void {
    // A generator that waits for something itself stops after that; we don't wait for it.
    try {
      quiet(Promise.resolve(this.#iterator.return?.()))
    } catch {
      // As above.
    }
  }
}
