import { types } from 'node:util'
import { builtinName } from './realm.ts'
import type { AnyKind } from './registry.ts'

/*
 * Objects whose content lies outside their properties, where no reflection reaches it.
 */

/** Is everything about this object in its properties and its prototype? */
export function isOrdinary(value: object): boolean {
  return !HIDDEN.some(test => test(value))
}

const HIDDEN: readonly ((value: object) => boolean)[] = [
  types.isPromise,
  types.isWeakMap,
  types.isWeakSet,
  value => value instanceof WeakRef,
  value => value instanceof FinalizationRegistry,
  types.isGeneratorObject,
  types.isMapIterator,
  types.isSetIterator,
  types.isModuleNamespaceObject,
  types.isExternal,
  types.isArgumentsObject,
]

/** Is it an instance of a built-in class itself, in any realm, with `kind` packing what is inside? */
export function isStandard(value: object, proto: object, kind: AnyKind | undefined): boolean {
  if (value === process.env) return true
  const name = builtinName(proto)
  if (name === undefined) return false
  return kind !== undefined || name === 'Object' || (name === 'Array' && Array.isArray(value))
}

/** The class that this is the prototype of. */
export function classAt(proto: object): Function | undefined {
  const constructor: unknown = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value
  return typeof constructor === 'function' && constructor.prototype === proto ? constructor : undefined
}
