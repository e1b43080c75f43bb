import { createError, describe, quiet } from '../base/index.ts'

/** The items of a map: one at a time, from wherever they come. */
export interface Inputs {
  /** How many there are, where that can be known. */
  readonly total: number | undefined
  /** Several at once, as many as there are; fewer than asked for means that these are the last. Synchronous inputs only. */
  take?(count: number): unknown[]
  /** The next one. Asynchronous inputs only. */
  next?(): Promise<IteratorResult<unknown>>
  /** No more are wanted. Whoever stops has a reason that it tells; what the input says to that is of no interest. */
  stop(): void
}

export function inputsOf(where: string, items: unknown): Inputs {
  if (Array.isArray(items)) return new ArrayInputs(items)
  const source = items as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined
  if (typeof source?.[Symbol.asyncIterator] === 'function') {
    return new AsyncInputs(source as AsyncIterable<unknown>)
  }
  if (typeof source?.[Symbol.iterator] === 'function') return new IterableInputs(source as Iterable<unknown>)
  throw createError('NOT_ITERABLE', { where, got: describe(items) })
}

class ArrayInputs implements Inputs {
  readonly total: number
  #items: readonly unknown[]
  #at = 0

  constructor(items: readonly unknown[]) {
    this.#items = items
    this.total = items.length
  }

  take(count: number): unknown[] {
    // Not `slice`: V8 clones an array that was made with holes five times slower, and a slice of it is one too.
    const taken: unknown[] = []
    const end = Math.min(this.#items.length, this.#at + count)
    for (let at = this.#at; at < end; at++) taken.push(this.#items[at])
    this.#at += taken.length
    // Who still holds the results need not hold the input as well.
    if (this.#at >= this.#items.length) this.stop()
    return taken
  }

  stop(): void {
    this.#items = []
  }
}

class IterableInputs implements Inputs {
  readonly total: number | undefined
  readonly #iterator: Iterator<unknown>
  #over = false

  constructor(items: Iterable<unknown>) {
    this.#iterator = items[Symbol.iterator]()
    const { size, length } = items as { size?: unknown; length?: unknown }
    this.total = typeof size === 'number' ? size : typeof length === 'number' ? length : undefined
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
