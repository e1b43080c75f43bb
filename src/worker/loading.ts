import { AsyncLocalStorage } from 'node:async_hooks'
import { endEarly } from '../base/index.ts'

/*
 * Which module's top level does the caller run in? It must not start workers: they would load the module in turn, and
 * there would be no end to it.
 *
 * A context that follows the loading tells its code from all other. Following contexts makes Node's loader slower by a
 * quarter, so it begins when somebody here has the library, and could start a worker. While the very modules that have
 * brought it are still being loaded, whoever starts one has it from them.
 */

interface Loading {
  /** Asked for only where it is to be told. */
  readonly module: () => string
  /** Not done yet. What the module left running, its timers for instance, is free to do what it wants later. */
  current: boolean
}

const loadings = new AsyncLocalStorage<Loading>()
const underWay = new Set<Loading>()
/** Of those, one without a context. */
let first: Loading | undefined
let canStart = false

/** Called once, when the library is evaluated: whoever has it can start workers from now on. */
export function libraryLoaded(): void {
  endEarly()
  canStart = true
  first = [...underWay].at(-1)
}

/** The module whose top level the caller runs in, or was called from, if it is one that this worker is loading. */
export function moduleBeingLoaded(): string | undefined {
  const loading = underWay.size > 0 ? (loadings.getStore() ?? first) : undefined
  return loading?.current ? loading.module() : undefined
}

/** Loads a module, or several; `undefined` when there is nothing to wait for. */
export function whileLoading(
  module: () => string,
  load: () => Promise<void> | undefined,
): Promise<void> | undefined {
  const loading: Loading = { module, current: true }
  underWay.add(loading)
  const done = (): void => {
    loading.current = false
    underWay.delete(loading)
    if (underWay.size === 0) loadings.disable()
  }
  let promise: Promise<void> | undefined
  try {
    promise = canStart ? loadings.run(loading, load) : load()
  } finally {
    if (!promise) done()
  }
  return promise?.finally(done)
}
