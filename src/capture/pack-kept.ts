import { type Abilities, asText, type Graph, isCounted } from '../codec/index.ts'
import { TOO_EARLY } from './refusals.ts'
import { walk } from './walks.ts'

/** `undefined`: it can't cross. */
interface Kept {
  readonly graph: Graph | string | undefined
  readonly holds: () => boolean
}

/** Apart for roads that share memory and those that don't. */
const kept = { shared: new WeakMap<object, Kept>(), apart: new WeakMap<object, Kept>() }

/** Packs what leads to functions, and keeps it for as long as nothing of it can have changed: it may be asked for often. */
export function packKept(thing: object, can: Abilities): Graph | string | undefined {
  const cache = can.share ? kept.shared : kept.apart
  const known = cache.get(thing)
  if (known?.holds()) return known.graph
  try {
    const { graph, state } = walk(thing, { path: 'registerClass', can }, error => error)
    const holds = isCounted(graph) ? undefined : state.holdsWhileWatched()
    if (!holds) return graph
    const text = asText(graph)
    cache.set(thing, { graph: text, holds })
    return text
  } catch (error) {
    const isForGood = (error as { readonly kind?: unknown }).kind !== TOO_EARLY
    if (isForGood) cache.set(thing, { graph: undefined, holds: () => true })
    return undefined
  }
}
