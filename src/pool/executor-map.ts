import { createError } from '../base/index.ts'
import type { MapResults } from '../future/index.ts'
import type { Imap } from './imap.ts'

/** What stands behind the results that came in time. */
const LATE = Symbol('late')

/** The results of an executor's `map`: a stream that ends at the first error, and has one time limit for all of it. */
export class ExecutorMap<R> implements MapResults<R> {
  readonly #stream: Imap<R>
  /** For messages. */
  readonly #title: string
  readonly #timeout: number | undefined
  #ended = false

  constructor(stream: Imap<R>, title: string, timeout: number | undefined) {
    this.#stream = stream
    this.#title = title
    this.#timeout = timeout
    if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY) stream.endWithin(timeout, LATE)
  }

  async next(): Promise<IteratorResult<R>> {
    if (this.#ended) return { done: true, value: undefined }
    try {
      const step = await this.#stream.next()
      if (step.done) this.#ended = true
      return step
    } catch (error) {
      await this.return()
      if (error !== LATE) throw error
      // Made here, where its stack shows who waits.
      throw createError('DEADLINE_PASSED', { what: this.#title, timeout: this.#timeout as number })
    }
  }

  /** Cancels what has not been done. */
  return(): Promise<IteratorResult<R>> {
    this.#ended = true
    return this.#stream.return()
  }

  async toArray(): Promise<R[]> {
    const all: R[] = []
    for (;;) {
      if (!this.#ended) this.#stream.drain(all)
      const step = await this.next()
      if (step.done) return all
      all.push(step.value)
    }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** `<MapResults read=3 ready=1>`. */
  toString(): string {
    return `<MapResults ${this.#stream.progressText}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
