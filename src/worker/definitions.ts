import { type Graph, prepare, unpack } from '../codec/index.ts'

/** A function that the program has sent. */
export interface Definition {
  /** Set once it is rebuilt. */
  fn: Function | undefined
  /** What kept it from being rebuilt: thrown by each call of it. */
  failure: { readonly thrown: unknown } | undefined
  /** While its modules are being loaded. */
  loading: Promise<void> | undefined
}

/** How many modules are being loaded for functions right now: nothing may start workers meanwhile (see `base-worker.ts`). */
let modulesLoading = 0

export function isLoadingModules(): boolean {
  return modulesLoading > 0
}

/** Loads what a graph needs; `undefined` when there is nothing to wait for. */
export function load(graph: Graph): Promise<void> | undefined {
  modulesLoading++
  let loading: Promise<void> | undefined
  try {
    loading = prepare(graph)
  } finally {
    if (!loading) modulesLoading--
  }
  return loading?.finally(() => modulesLoading--)
}

/** The functions that this worker has, by the numbers that the program gave them. */
export class Definitions {
  readonly #byNumber = new Map<number, Definition>()

  define(number: number, graph: Graph): void {
    const definition: Definition = { fn: undefined, failure: undefined, loading: undefined }
    this.#byNumber.set(number, definition)
    const fail = (thrown: unknown): void => {
      definition.loading = undefined
      definition.failure = { thrown }
    }
    const build = (): void => {
      definition.loading = undefined
      definition.fn = unpack(graph) as Function
    }
    try {
      definition.loading = load(graph)?.then(build).catch(fail)
      if (!definition.loading) build()
    } catch (thrown) {
      fail(thrown)
    }
  }

  get(number: number): Definition {
    return this.#byNumber.get(number) as Definition
  }

  forget(numbers: readonly number[]): void {
    for (const number of numbers) this.#byNumber.delete(number)
  }
}
