import { fileURLToPath } from 'node:url'
import { TextStore } from '../capture/index.ts'
import { type Graph, needsOf, prepare, unpack } from '../codec/index.ts'
import { whileLoading } from './loading.ts'

/** A function counts as one that may take this long until some hundred calls of it were quick. In milliseconds. */
const SUSPECTED = 10

/** A function that the program has sent. */
export interface Definition {
  /** How it arrived; until it is first called. */
  graph: Graph | undefined
  /** Set once it is rebuilt. */
  fn: Function | undefined
  /** What kept it from being rebuilt: thrown by each call of it. */
  failure: { readonly thrown: unknown } | undefined
  /** While its modules are being loaded. */
  loading: Promise<void> | undefined
  /** Milliseconds that it has taken at most, lately. */
  longest: number
}

/** Loads what a graph needs; `undefined` when there is nothing to wait for. */
export function load(graph: Graph): Promise<void> | undefined {
  const needs = needsOf(graph)
  if (needs.length === 0) return undefined
  return whileLoading(
    () => needs.map(moduleName).join(', '),
    () => prepare(graph),
  )
}

function moduleName(need: unknown): string {
  const given = (need as { readonly from?: unknown } | null)?.from
  const from = typeof given === 'string' ? given : 'a module'
  return from.startsWith('file:') ? fileURLToPath(from) : from
}

/** The functions that this worker has, by the numbers that the program gave them. */
export class Definitions {
  readonly #byNumber = new Map<number, Definition>()
  readonly #texts = new TextStore()
  readonly #onRead: () => void

  /** `onRead`: told just before a function is put together. */
  constructor(onRead: () => void) {
    this.#onRead = onRead
  }

  /** Numbered from `first` on. */
  define(first: number, graphs: readonly Graph[]): void {
    for (const [i, graph] of this.#texts.full(graphs).entries()) {
      this.#byNumber.set(first + i, {
        graph,
        fn: undefined,
        failure: undefined,
        loading: undefined,
        longest: SUSPECTED,
      })
    }
  }

  /**
   * Rebuilds it when it is first called, not before: a module that ends the worker, or never ends, while it is loaded
   * does so in that call. `undefined`: nothing to wait for.
   */
  prepare(definition: Definition): Promise<void> | undefined {
    const { graph } = definition
    if (!graph) return definition.loading
    definition.graph = undefined
    const fail = (thrown: unknown): void => {
      definition.loading = undefined
      definition.failure = { thrown }
    }
    const build = (): void => {
      definition.loading = undefined
      this.#onRead()
      definition.fn = unpack(graph) as Function
    }
    try {
      definition.loading = load(graph)?.then(build).catch(fail)
      if (!definition.loading) build()
    } catch (thrown) {
      fail(thrown)
    }
    return definition.loading
  }

  /**
   * Gets it ready before anybody calls it. What keeps it from being rebuilt now may be over by then: the first call
   * tries again.
   */
  rehearse(definition: Definition): void {
    const { graph } = definition
    if (!graph) return
    const again = (): void => {
      if (!definition.failure) return
      definition.failure = undefined
      definition.graph = graph
    }
    const loading = this.prepare(definition)
    if (loading) void loading.then(again)
    else again()
  }

  get(number: number): Definition {
    return this.#byNumber.get(number) as Definition
  }

  forget(numbers: readonly number[]): void {
    for (const number of numbers) this.#byNumber.delete(number)
  }
}
