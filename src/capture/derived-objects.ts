import { types } from 'node:util'
import { builtinName, classAt, type Kind, type Slot } from '../codec/index.ts'
import { carriesInstances } from './instances.ts'
import { isIteratorBase } from './intrinsics.ts'
import { nativeStandIn } from './namespaces.ts'
import { isNativeText, nativePath } from './natives.ts'
import { fillProperties, packProperties, type PropertyNode } from './properties.ts'

/*
 * Objects over other objects, made with `Object.create(other)`, `{ __proto__: other }` or by a function whose
 * `prototype` was replaced: the object above crosses too, or is found there, if every program has it.
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
  behind: ({ proto }) => [proto],
}

function protoOf(value: object): unknown {
  const above: unknown = Object.getPrototypeOf(value)
  return nativeStandIn(above) ?? above
}

/** Ordinary, and above it ordinary objects only, up to the prototype of a class whose instances may travel. */
function isDerived(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  const first: unknown = Object.getPrototypeOf(value)
  if (isIteratorBase(first)) return true
  if (first === null || isTop(first) || !isOrdinary(value)) return false
  for (let above: unknown = first; above !== null && !isTop(above); above = Object.getPrototypeOf(above)) {
    if (isOfFunctions(above)) return true
    const constructor = classAt(above as object)
    // Errors cross in their own way, which never fails.
    if (constructor) return above !== first && !isOfErrors(above) && carriesInstances(constructor)
    const isPlain = isOrdinary(above as object) && !Object.hasOwn(above as object, 'constructor')
    if (!isPlain || nativePath(above)) return false
  }
  return true
}

/** `Object.prototype`, of whichever realm. */
function isTop(proto: unknown): boolean {
  return builtinName(proto as object) === 'Object'
}

function isOfErrors(prototype: unknown): boolean {
  for (let at = prototype as object | null; at; at = Object.getPrototypeOf(at) as object | null)
    if (builtinName(at)?.endsWith('Error')) return true
  return false
}

export function isOrdinary(value: object): boolean {
  return !types.isProxy(value) && Object.prototype.toString.call(value) === '[object Object]'
}

/** What functions inherit from by nature: async ones and generators from objects of their own, in each realm. */
export function isOfFunctions(above: unknown): boolean {
  if (above === Function.prototype) return true
  const constructor = above ? classAt(above as object) : undefined
  return constructor !== undefined && constructor.name.endsWith('Function') && isNativeText(constructor)
}
