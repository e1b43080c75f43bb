import { createError, now, TIMED_OUT, waitFor } from '../base/index.ts'
import type { MapResults } from '../future/index.ts'
import type { Imap } from './imap.ts'

/** The results of an executor's `map`: a stream that ends at the first error, and has one time limit for all of it. */
export class ExecutorMap<R> implements MapResults<R> {
  readonly #stream: Imap<R>
  /** For messages. */
  readonly #title: string
  readonly #timeout: number | undefined
  readonly #called = now()
  #ended = false

  constructor(stream: Imap<R>, title: string, timeout: number | undefined) {
    this.#stream = stream
    this.#title = title
    this.#timeout = timeout
  }

  async next(): Promise<IteratorResult<R>> {
    if (this.#ended) return { done: true, value: undefined }
    try {
      const step = await this.#step()
      if (step.done) this.#ended = true
      return step
    } catch (error) {
      await this.return()
      throw error
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

  async #step(): Promise<IteratorResult<R>> {
    const timeout = this.#timeout
    if (timeout === undefined) return this.#stream.next()
    const left = this.#called + timeout - now()
    const step = await waitFor(this.#stream.next(), this.#title, { timeout: left })
    if (step === TIMED_OUT) throw createError('DEADLINE_PASSED', { what: this.#title, timeout })
    return step
  }
}
