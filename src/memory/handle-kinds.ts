import { createError, importModule } from '../base/index.ts'
import { type Graph, registerKind, withPayloads } from '../codec/index.ts'
import type { Cell } from './cell.ts'
import { type HandlePayload, makeHandle, packHandle } from './handles.ts'
import type { Segment } from './segment.ts'

/** How a thing made of shared memory travels. `T` is the class users see: a `Lock`, a `Queue`. */
export interface HandleKind<T extends object> {
  /** Its name on the way; the same on both sides. */
  readonly name: string
  /** The module that registers it: `import.meta.url`. A worker that has never heard of it imports this first. */
  readonly from: string
  /** Whose instances it carries, those of subclasses too; or, where that can't be said, `claims`. */
  readonly classes?: readonly { readonly prototype: object }[]
  claims?(value: unknown): boolean
  /** What it lives in. The first is its identity: a thread has one object for it, however often it arrives. */
  parts(thing: T): readonly (Cell | Segment)[]
  /** What else belongs to it: anything that can travel, other handles too. */
  data?(thing: T): unknown
  /** Does it give users the memory itself? Then it can't cross to where the memory can't be had. */
  givesMemory?(thing: T): boolean
  /** Can nothing be done with it any more, so that another has to be made when it arrives again? */
  isOver?(thing: T): boolean
  /** One that `data` was asked of has arrived where this thread had it already, or was not sent after all. */
  arrived?(thing: T): void
  /** Makes the object over what arrived. Not called when this thread has the object already. */
  make(parts: readonly (Cell | Segment)[], data: unknown): T
}

type Need = readonly [kind: string, from: string]

const HANDLE = 'handle'

const kinds = new Map<string, HandleKind<object>>()
const byPrototype = new Map<object, HandleKind<object>>()
const claimants: HandleKind<object>[] = []

/** Lets things of this kind be captured, passed, sent, and stored in other handles. */
export function registerHandle<T extends object>(kind: HandleKind<T>): void {
  if (kinds.has(kind.name)) throw createError('INTERNAL', { what: `two handles are named ${kind.name}` })
  const known = kind as unknown as HandleKind<object>
  kinds.set(kind.name, known)
  for (const { prototype } of kind.classes ?? []) byPrototype.set(prototype, known)
  if (kind.claims) claimants.push(known)
}

function kindOf(value: object): HandleKind<object> | undefined {
  for (let at: unknown = value; (at = Object.getPrototypeOf(at)) !== null; ) {
    const kind = byPrototype.get(at as object)
    if (kind) return kind
  }
  return claimants.find(kind => kind.claims?.(value))
}

/** The graph with an empty object in place of each handle of that name: for a look that must not take hold of any. */
export function withoutHandles(graph: Graph, name: string): Graph {
  return withPayloads(graph, HANDLE, payload => ((payload as HandlePayload)[0] === name ? null : payload))
}

/** One kind for the codec, so that it is there in every worker before any kind of handle is. */
registerKind<object, HandlePayload | null>({
  name: HANDLE,
  claims: value => typeof value === 'object' && value !== null && kindOf(value) !== undefined,
  pack(thing, packer) {
    const kind = kindOf(thing) as HandleKind<object>
    const { name, from } = kind
    packer.memo(`${HANDLE} ${name}`, () => packer.need(HANDLE, [name, from] satisfies Need))
    return packHandle(kind, thing, packer)
  },
  prepare(need) {
    const [name, from] = need as Need
    if (kinds.has(name)) return undefined
    return importModule(from).then(() => undefined)
  },
  make(payload, unpacker) {
    if (payload === null) return {}
    const kind = kinds.get(payload[0])
    if (!kind) throw new TypeError(`there is no kind of handle ${payload[0]} here`)
    return makeHandle(kind, payload, unpacker)
  },
})
