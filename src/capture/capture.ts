import { checkFunction, CodecError } from '../base/index.ts'
import { type Abilities, type Graph, isCounted } from '../codec/index.ts'
import { keyOf } from './digest.ts'
import { forcedWay } from './force.ts'
import type { GraphState } from './graph-state.ts'
import { takeInstanceRefusal } from './instances.ts'
import { callPlace, Literals } from './literals.ts'
import { onBehalfOf, type Refusal, REFUSALS, refusalError } from './refusals.ts'
import { walk, withStrict } from './walks.ts'

/** A function that is ready to travel. */
export interface Portable {
  /** Equal for the same function with the same captured values: a worker that has it is not sent it again. */
  readonly hash: string
  /** Its root is the function. `prepare` and `unpack` of the codec give it back. */
  readonly graph: Graph
  /** Nothing that it captures can change, so capturing the same function object again would give the same hash. */
  readonly stable: boolean
  /** Something that it captures counts as on its way. */
  readonly carries: boolean
  /** The function's name for messages: `work`, `(anonymous)`. */
  readonly name: string
}

export interface CaptureOptions {
  /** An assignment to a captured variable is an error rather than a warning. Default: `MANYCORE_STRICT=1`. */
  readonly strict?: boolean | undefined
  /** What the program called, to hand it over: the call is looked up, for functions that are written in it. */
  readonly above?: Function | undefined
}

/** A portable that is right for as long as `holds` says so. */
interface Kept {
  readonly portable: Portable
  readonly holds: () => boolean
  readonly way: ReturnType<typeof forcedWay>
}

/** Apart for roads that share memory and those that don't. */
const kept = { shared: new WeakMap<Function, Kept>(), apart: new WeakMap<Function, Kept>() }
const literals = { shared: new Literals(), apart: new Literals() }

/**
 * Makes a function portable: its values are taken now, synchronously. Throws a `CaptureError` when it can't travel.
 * `where` is the call for messages: `pool.map`.
 */
export function capture(fn: Function, where: string, can: Abilities, options: CaptureOptions = {}): Portable {
  checkFunction(where, fn)
  const road = can.share ? 'shared' : 'apart'
  const cache = kept[road]
  const known = cache.get(fn)
  const way = forcedWay(fn)
  if (known && known.way === way && known.holds()) return known.portable
  const call = options.above && way === undefined ? callPlace(options.above) : undefined
  const alike = call && literals[road].get(call, fn)
  if (alike) return alike
  const name = fn.name || '(anonymous)'
  const { graph, state } = withStrict(options.strict, () =>
    onBehalfOf(where, () => walk(fn, { path: name, can }, named)),
  )
  const portable = { hash: keyOf(graph), graph, stable: state.isStable(), carries: isCounted(graph), name }
  const holds = state.holdsWhileWatched()
  if (holds) cache.set(fn, { portable, holds, way })
  if (holds && call) literals[road].keep(call, fn, portable, holds)
  return portable
}

/** Says which captured variable leads to what the codec refused. */
function named(error: unknown, state: GraphState | undefined): unknown {
  if (!(error instanceof CodecError)) return error
  const { path, kind, remedy, reason } = error as CodecError & Partial<Refused>
  const holding = (state?.located ?? [])
    .filter(located => path.startsWith(located.path))
    .toSorted((a, b) => b.path.length - a.path.length)[0]
  const inside = path.slice(holding?.path.length ?? 0).replace(/^\./, '')
  const known = takeInstanceRefusal(kind ?? '')
  const refusal =
    kind === undefined ? REFUSALS.unreadable(inside, reason ?? '') : (known ?? outcast(kind, remedy))
  const because = inside ? refusal.because.replace(/^it is/, `its ${inside} is`) : refusal.because
  const thing = holding?.thing ?? 'the function'
  return refusalError(
    thing,
    { ...refusal, because },
    { path: [path], declaredAt: holding?.declaredAt(), cause: error },
  )
}

/** What the codec says of what it refuses; of what it could not read, only the reason. */
interface Refused {
  readonly kind: string
  readonly remedy: string
  readonly reason: string
}

function outcast(kind: string, remedy = 'Make it inside the function.'): Refusal {
  return { kind: kind.replace(/^an? /, ''), because: `it is ${kind}, which can't cross`, remedy }
}
