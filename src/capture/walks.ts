import { type Graph, type PackOptions, pack } from '../codec/index.ts'
import { GraphState } from './graph-state.ts'

/*
 * One walk of the codec at a time, with what its functions have to know of each other. A walk may start another one
 * inside (a class's digest).
 */

let latest: GraphState | undefined
let strict = process.env['MANYCORE_STRICT'] === '1'

/** The state of a walk that has just met its first function. */
export function beginState(): GraphState {
  const state = new GraphState(strict)
  // The codec may try parts out, or pack them apart, in walks of its own within this one.
  latest ??= state
  return state
}

/** Packs and captures in `fn` with this setting; where none is wanted, with the program's own. */
export function withStrict<R>(wanted: boolean | undefined, fn: () => R): R {
  const before = strict
  strict = wanted ?? before
  try {
    return fn()
  } finally {
    strict = before
  }
}

/** Packs where an assignment to a captured variable is an error, or not, or as the program's own setting says. */
export function packAs(wanted: boolean | undefined, value: unknown, options: PackOptions): Graph | undefined {
  return withStrict(wanted, () => pack(value, options))
}

/** Packs something with all that it leads to. `onRefused` makes the error of what the codec can't carry. */
export function walk(
  thing: unknown,
  options: PackOptions,
  onRefused: (error: unknown, state: GraphState | undefined) => unknown,
): { readonly graph: Graph; readonly state: GraphState } {
  const before = latest
  latest = undefined
  try {
    const onAgain = (): void => {
      latest = undefined
    }
    const graph = pack(thing, { ...options, onAgain }) as Graph
    return { graph, state: latest as unknown as GraphState }
  } catch (error) {
    throw onRefused(error, latest)
  } finally {
    latest = before
  }
}
