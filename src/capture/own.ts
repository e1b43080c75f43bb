import type { Packer } from '../codec/index.ts'
import type { ClassBody, ClassElement } from './class-body.ts'
import { isAsWritten, isWritten, PARTS, type WrittenMembers, writtenMembers } from './class-members.ts'
import type { ProtoNode } from './function-node.ts'
import { MemberOf } from './member-kind.ts'
import { hungKeys, packAbsent, packProperties, type PropertyNode, ownProperty } from './properties.ts'

/*
 * What hangs on a function or class besides its text: static values, properties put on it later, methods put on
 * its prototype. And what its text makes and it has no more.
 */

/** What is written in a class, on itself and on its prototype. */
export interface Members {
  readonly text: string
  readonly onClass: WrittenMembers
  readonly onPrototype: WrittenMembers
}

export function membersOf(fn: Function, text: string, body: ClassBody): Members {
  const isStatic = (element: ClassElement): boolean => element.static
  const [statics, others] = [body.elements.filter(isStatic), body.elements.filter(one => !isStatic(one))]
  return {
    text,
    onClass: writtenMembers(fn, text, statics),
    // Fields are the instances' own.
    onPrototype: writtenMembers(
      fn.prototype as object,
      text,
      others.filter(({ kind }) => kind !== 'field'),
    ),
  }
}

/** Own properties that evaluating the text does not give, or gives with the value of the start. */
export function ownNodes(fn: Function, members: Members | undefined, packer: Packer): PropertyNode[] {
  return changedNodes(fn, fn, hungKeys(fn), members, packer)
}

/** What is out of the ordinary about `fn.prototype`. */
export function protoNode(fn: Function, members: Members | undefined, packer: Packer): ProtoNode | undefined {
  const proto: unknown = fn.prototype
  if (typeof proto !== 'object' || proto === null) return undefined
  const keys = Reflect.ownKeys(proto).filter(key => key !== 'constructor')
  const own = changedNodes(fn, proto, keys, members, packer)
  const above = members ? undefined : classAbove(fn, proto, packer)
  return own.length > 0 || above ? { own, above } : undefined
}

function changedNodes(
  fn: Function,
  owner: object,
  keys: readonly PropertyKey[],
  members: Members | undefined,
  packer: Packer,
): PropertyNode[] {
  if (!members) return packProperties(owner, keys, packer)
  const { byKey } = owner === fn ? members.onClass : members.onPrototype
  const changed = keys.filter(key => !isAsWritten(ownProperty(owner, key), byKey.get(key), members.text))
  const gone = [...byKey.keys()].filter(key => !Object.hasOwn(owner, key))
  return [
    ...packProperties(owner, changed, packer, value => memberAt(value, fn, members) ?? value),
    ...packAbsent(gone, packer),
  ]
}

/** The member of the class's text that this function is. */
function memberAt(
  value: unknown,
  fn: Function,
  { text, onClass, onPrototype }: Members,
): MemberOf | undefined {
  if (typeof value !== 'function') return undefined
  for (const [owner, { byKey }] of [
    [fn, onClass],
    [fn.prototype as object, onPrototype],
  ] as const) {
    for (const [key, written] of byKey) {
      const property = Object.hasOwn(owner, key) ? ownProperty(owner, key) : {}
      const part = PARTS.find(one => property[one] === value)
      if (part && isWritten(value, part, written, text))
        return new MemberOf(value, fn, { onPrototype: owner !== fn, key, part })
    }
  }
  return undefined
}

function classAbove(fn: Function, proto: object, packer: Packer): ProtoNode['above'] {
  const parent = Object.getPrototypeOf(proto) as { constructor?: unknown } | null
  const above = parent?.constructor
  if (typeof above !== 'function' || parent === Object.prototype || above.prototype !== parent)
    return undefined
  return { class: packer.slot(above, ' → extends'), statics: Object.getPrototypeOf(fn) === above }
}
