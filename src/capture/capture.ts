import { CodecError, createError, describe } from '../base/index.ts'
import { type Abilities, type Graph, pack } from '../codec/index.ts'
import { takeState, withStrict } from './function-kind.ts'
import type { GraphState } from './graph-state.ts'
import { takeInstanceRefusal } from './instances.ts'
import { onBehalfOf, refusalError } from './refusals.ts'

/** A function that is ready to travel. */
export interface Portable {
  /** Equal for the same function with the same captured values: a worker that has it is not sent it again. */
  readonly hash: string
  /** Its root is the function. `prepare` and `unpack` of the codec give it back. */
  readonly graph: Graph
  /** Nothing that it captures can change, so capturing the same function object again would give the same hash. */
  readonly stable: boolean
  /** The function's name for messages: `work`, `(anonymous)`. */
  readonly name: string
}

export interface CaptureOptions {
  /** An assignment to a captured variable is an error rather than a warning. Default: `MANYCORE_STRICT=1`. */
  readonly strict?: boolean | undefined
}

/** Portables that stay right, apart for roads that share memory and those that don't. */
const stable = { shared: new WeakMap<Function, Portable>(), apart: new WeakMap<Function, Portable>() }

/**
 * Makes a function portable: its values are taken now, synchronously. Throws a `CaptureError` when it can't travel.
 * `where` is the call for messages: `pool.map`.
 */
export function capture(fn: Function, where: string, can: Abilities, options: CaptureOptions = {}): Portable {
  if (typeof fn !== 'function') throw createError('NOT_A_FUNCTION', { where, got: describe(fn) })
  const cache = can.share ? stable.shared : stable.apart
  const known = cache.get(fn)
  if (known) return known
  const name = fn.name || '(anonymous)'
  const { graph, state } = withStrict(options.strict, () => onBehalfOf(where, () => packWhole(fn, name, can)))
  const portable: Portable = { hash: hashOf(graph, state), graph, stable: state?.isStable() ?? true, name }
  if (portable.stable) cache.set(fn, portable)
  return portable
}

function packWhole(
  fn: Function,
  name: string,
  can: Abilities,
): { graph: Graph; state: GraphState | undefined } {
  takeState()
  takeInstanceRefusal()
  try {
    const graph = pack(fn, { path: name, can })
    if (!graph) throw createError('INTERNAL', { what: 'the codec took a function for plain data' })
    return { graph, state: takeState() }
  } catch (error) {
    throw error instanceof CodecError ? named(error, takeState()) : error
  }
}

/** Says which captured variable leads to what the codec refused. */
function named(error: CodecError, state: GraphState | undefined): Error {
  const { path, kind, remedy } = error as CodecError & { kind?: string; remedy?: string }
  const holding = (state?.located ?? [])
    .map(located => ({ ...located, at: located.path.map(String).join('') }))
    .filter(({ at }) => path.startsWith(at))
    .sort((a, b) => b.at.length - a.at.length)[0]
  if (kind === undefined) return error
  const inside = path.slice(holding?.at.length ?? 0).replace(/^\./, '')
  const known = takeInstanceRefusal()
  const because = known?.because ?? `it is ${kind}, which can't cross`
  const refusal = {
    kind: known?.kind ?? kind.replace(/^an? /, ''),
    because: inside ? because.replace(/^it is/, `its ${inside} is`) : because,
    remedy: known?.remedy ?? remedy ?? 'Make it inside the function.',
  }
  const thing = holding?.thing ?? 'the function'
  return refusalError(thing, refusal, { path: [path], declaredAt: holding?.declaredAt(), cause: error })
}

const serial = new WeakMap<object, number>()
let lastSerial = 0

interface HashingSerializer {
  writeHeader(): void
  writeValue(value: unknown): boolean
  writeUint32(value: number): void
  releaseBuffer(): Buffer
  _writeHostObject(value: unknown): void
  _getSharedArrayBufferId?(buffer: object): number
}

/** Gives equal bytes for equal graphs. What can only be shared counts by identity. */
function makeSerializer(): HashingSerializer {
  const { DefaultSerializer } = process.getBuiltinModule('node:v8')
  const made = new DefaultSerializer() as unknown as HashingSerializer
  const writeView = made._writeHostObject
  made._writeHostObject = value => {
    if (ArrayBuffer.isView(value)) writeView.call(made, value)
    else made.writeUint32(serialOf(value as object))
  }
  made._getSharedArrayBufferId = serialOf
  return made
}

function serialOf(value: object): number {
  const known = serial.get(value) ?? ++lastSerial
  serial.set(value, known)
  return known
}

/** The same text with the same captured values gives the same hash, whichever function object has them. */
function hashOf({ graph }: Graph, state: GraphState | undefined): string {
  const nodes = state?.nodes ?? []
  const origins = nodes.map(node => node.origin)
  for (const node of nodes) node.origin = undefined
  const serializer = makeSerializer()
  try {
    serializer.writeHeader()
    serializer.writeValue(graph)
  } finally {
    nodes.forEach((node, i) => {
      node.origin = origins[i]
    })
  }
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha1').update(serializer.releaseBuffer()).digest('base64')
}
