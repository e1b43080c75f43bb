import { importModule } from '../base/index.ts'
import { fromText } from './as-text.ts'
import { type Graph, NEEDS, OPTIONAL } from './graph.ts'
import { classNamed, type Home, registerArrived } from './classes.ts'
import { kindNamed } from './registry.ts'
import { GraphUnpacker } from './unpacker.ts'

/*
 * What has to be fetched before a graph can be unpacked: modules, which can only be had asynchronously.
 */

const STRIDE = 3

/** Not a kind itself, but asks for one. */
export const KIND_NEED = 'kind'

/** A kind that the other side may not know, and the module that registers it. */
export interface KindNeed {
  readonly kind: string
  readonly from: string
}

/** Not a kind either: a registered class that the other side may not know, and how to. */
export const CLASS_NEED = 'registered class'

export interface ClassNeed {
  readonly name: string
  /** Of its `Home`. */
  readonly graph: Graph | string
}

/** By reference its module may register it; by value nobody does. Without it, what is of this class says so. */
function learnClass({ name, graph: sent }: ClassNeed): Promise<void> | undefined {
  if (classNamed(name)) return undefined
  const graph = fromText(sent)
  const learn = (): void => {
    if (!classNamed(name)) registerArrived(name, new GraphUnpacker(graph).run() as Home)
  }
  const loading = prepare(graph)
  if (loading) return loading.then(learn)
  learn()
  return undefined
}

function loadKind({ kind, from }: KindNeed): Promise<void> | undefined {
  return kindNamed(kind) ? undefined : importModule(from).then(() => undefined)
}

/** What a graph needs from elsewhere, as kinds gave it to `packer.need`. */
export function needsOf({ graph }: Graph): readonly unknown[] {
  const needs = graph[NEEDS]
  return Array.isArray(needs) ? needs.filter((_, i) => i % STRIDE === 1) : []
}

/** Fetches what the graph needs before `unpack` (modules). `undefined`: nothing to wait for. */
export function prepare({ graph }: Graph): Promise<void> | undefined {
  const needs = graph[NEEDS]
  if (!Array.isArray(needs)) return undefined
  const waits: Promise<void>[] = []
  for (let i = 0; i + STRIDE <= needs.length; i += STRIDE) {
    const wait = fetchNeed(String(needs[i]), needs[i + 1], needs[i + 2] === OPTIONAL)
    if (wait) waits.push(wait)
  }
  return waits.length > 0 ? Promise.all(waits).then(() => undefined) : undefined
}

function fetchNeed(kind: string, need: unknown, optional: boolean): Promise<void> | undefined {
  if (kind === KIND_NEED) return loadKind(need as KindNeed)
  if (!optional) return kindNamed(kind)?.prepare?.(need)
  try {
    const loading = kind === CLASS_NEED ? learnClass(need as ClassNeed) : kindNamed(kind)?.prepare?.(need)
    // Without it, whoever wanted it falls back on something else.
    return loading?.catch(() => undefined)
  } catch {
    return undefined
  }
}
