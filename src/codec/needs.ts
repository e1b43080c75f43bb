import { importModule } from '../base/index.ts'
import { type Graph, NEEDS, OPTIONAL } from './graph.ts'
import { kindNamed } from './registry.ts'

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
    // Without it, whoever wanted it falls back on something else.
    return kindNamed(kind)
      ?.prepare?.(need)
      ?.catch(() => undefined)
  } catch {
    return undefined
  }
}
