import { type Portable, TextStore } from '../capture/index.ts'
import { type Graph, noteSent, takeBackUnsent } from '../codec/index.ts'

/** How many functions a worker keeps. Those defined longest ago are forgotten, some at a time. */
const MOST_FUNCTIONS = 512
const FORGOTTEN_AT_ONCE = 64

/** The functions that a worker has, and those that it needs for the calls that are about to be sent. */
export class SentFunctions {
  /** Content hash → small number, in the order in which they were defined. */
  readonly #numbers = new Map<string, number>()
  readonly #texts = new TextStore()
  #next = 0
  #fresh: Portable[] = []

  /** The number of a function, which is a new one where the worker does not have it. */
  numberOf(fn: Portable): number {
    const known = this.#numbers.get(fn.hash)
    if (known !== undefined) {
      if (fn.carries) takeBackUnsent(fn.graph)
      return known
    }
    const number = this.#next++
    this.#numbers.set(fn.hash, number)
    this.#fresh.push(fn)
    return number
  }

  /** Sends the definitions of the new ones: numbers from `first` on. Where that fails, nobody has them. */
  define(send: (first: number, graphs: readonly Graph[]) => void): void {
    if (this.#fresh.length === 0) return
    const fresh = this.#fresh
    this.#fresh = []
    const { graphs, sent } = this.#texts.lean(fresh.map(({ graph }) => graph))
    try {
      send(this.#next - fresh.length, graphs)
    } catch (error) {
      for (const { hash } of fresh) this.#numbers.delete(hash)
      throw error
    }
    sent()
    for (const { carries, graph } of fresh) if (carries) noteSent(graph)
  }

  /** The functions that have become too many, if any. To be sent behind the calls, which may use them. */
  takeOverflow(): number[] | undefined {
    if (this.#numbers.size < MOST_FUNCTIONS + FORGOTTEN_AT_ONCE) return undefined
    const overflow = [...this.#numbers].slice(0, this.#numbers.size - MOST_FUNCTIONS)
    for (const [hash] of overflow) this.#numbers.delete(hash)
    return overflow.map(([, number]) => number)
  }
}
