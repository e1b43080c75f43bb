import { types } from 'node:util'
import { builtinName, type Kind, type Slot } from '../codec/index.ts'
import { isIteratorBase } from './intrinsics.ts'
import { nativeStandIn } from './namespaces.ts'
import { nativePath } from './natives.ts'
import { fillProperties, packProperties, type PropertyNode } from './properties.ts'

/*
 * Objects made with `Object.create(other)` or `{ __proto__: other }`: the object above crosses too, or is found there,
 * if every program has it.
 */

interface DerivedNode {
  readonly proto: Slot
  readonly own: readonly PropertyNode[]
}

export const derivedKind: Kind<object, DerivedNode> = {
  name: 'derived object',
  claims: isDerived,
  pack: (value, packer) => ({
    proto: packer.slot(protoOf(value), '.__proto__'),
    own: packProperties(value, Reflect.ownKeys(value), packer),
  }),
  make: ({ proto }, unpacker) => Object.create(unpacker.value(proto) as object) as object,
  fill: (made, { own }, unpacker) => fillProperties(made, own, unpacker),
}

function protoOf(value: object): unknown {
  const above: unknown = Object.getPrototypeOf(value)
  return nativeStandIn(above) ?? above
}

/** Ordinary, and above it ordinary objects only, of which none is the prototype of a class. */
function isDerived(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  let above: unknown = Object.getPrototypeOf(value)
  if (isIteratorBase(above)) return true
  if (above === null || isTop(above) || !isOrdinary(value)) return false
  for (; above !== null && !isTop(above); above = Object.getPrototypeOf(above)) {
    const isPlain = isOrdinary(above as object) && !Object.hasOwn(above as object, 'constructor')
    if (!isPlain || nativePath(above)) return false
  }
  return true
}

/** `Object.prototype`, of whichever realm. */
function isTop(proto: unknown): boolean {
  return builtinName(proto as object) === 'Object'
}

function isOrdinary(value: object): boolean {
  return !types.isProxy(value) && Object.prototype.toString.call(value) === '[object Object]'
}
