import { types } from 'node:util'
import { addAccessor, exactFlags, isAccessor, isByValue } from './exact.ts'
import {
  CONFIGURABLE,
  type Dress,
  ENUMERABLE,
  GETTER,
  type Integrity,
  ORDINARY,
  type Proto,
  SETTER,
  WRITABLE,
} from './graph.ts'
import type { Slot } from './kind.ts'
import type { GraphPacker } from './packer.ts'
import { hasExtras } from './plain.ts'

/*
 * What structured clone drops about any object, whatever it holds: its class, symbol keys, properties that are
 * not enumerable, further properties of a Map or a Date, and whether it is frozen.
 *
 * Of what no function captures (`exact.ts`), an enumerable getter crosses as its value, as structured clone has it; one
 * that is not enumerable stays behind; enumerable properties arrive writable and configurable (unless the whole object
 * is frozen or sealed). What does not show on a typed array stays behind.
 */

/**
 * `inContent`: how many enumerable properties under string keys are in the object's payload already, -1 for an array
 * that has nothing but its items, `undefined` where only what is inside is there.
 */
export function dressOf(
  value: object,
  proto: Proto,
  inContent: number | undefined,
  packer: GraphPacker,
): Dress | undefined {
  let properties: Slot[] | 0 = 0
  for (const key of furtherKeys(value, inContent)) {
    properties ||= []
    addProperty(value, key, inContent !== undefined, properties, packer)
  }
  const integrity = Object.isExtensible(value) ? 0 : integrityOf(value)
  if (properties === 0 && integrity === 0) return packer.dressFor(proto)
  return [proto, integrity, properties]
}

function furtherKeys(value: object, inContent: number | undefined): readonly (string | symbol)[] {
  if (inContent === -1 || (types.isTypedArray(value) && !hasExtras(value))) return NONE
  const symbols = Object.getOwnPropertySymbols(value)
  const names = Object.getOwnPropertyNames(value)
  if (inContent === names.length) return symbols
  return [...names.filter(name => !isIntrinsic(value, name)), ...symbols]
}

const NONE: readonly string[] = []

function isIndex(name: string): boolean {
  return String(Number(name)) === name
}

/** Properties that come with the object's content. */
function isIntrinsic(value: object, name: string): boolean {
  if (Array.isArray(value)) return name === 'length'
  if (types.isRegExp(value)) return name === 'lastIndex'
  if (types.isTypedArray(value)) return isIndex(name)
  return types.isStringObject(value) && (name === 'length' || isIndex(name))
}

function addProperty(
  value: object,
  key: string | symbol,
  isInContent: boolean,
  into: Slot[],
  packer: GraphPacker,
): void {
  const property = Object.getOwnPropertyDescriptor(value, key)
  if (!property) return
  if (isInContent && property.enumerable && typeof key === 'string') {
    if (!packer.captured || isByValue(value, property, packer)) return
  }
  const label = typeof key === 'symbol' ? `[${String(key)}]` : `.${key}`
  if ('value' in property)
    into.push(packer.slot(key, ''), packer.slot(property.value, label), flagsOf(property, packer))
  else if (packer.captured && isAccessor(property, packer)) addAccessor(key, label, property, into, packer)
  else if (property.enumerable)
    into.push(packer.slot(key, ''), packer.slot(packer.read(value, key), label), ORDINARY)
}

function flagsOf(property: PropertyDescriptor, packer: GraphPacker): number {
  return property.enumerable && !packer.captured ? ORDINARY : exactFlags(property)
}

function integrityOf(value: object): Integrity {
  if (Object.isFrozen(value)) return 3
  return Object.isSealed(value) ? 2 : 1
}

/** Puts the properties on. `value` gives what is at a slot. */
export function dressUp(made: object, properties: readonly Slot[], value: (slot: Slot) => unknown): void {
  for (let i = 0; i + 2 < properties.length; i += 3) {
    const flags = properties[i + 2] as number
    Object.defineProperty(made, value(properties[i]) as PropertyKey, shapeOf(value(properties[i + 1]), flags))
  }
}

function shapeOf(value: unknown, flags: number): PropertyDescriptor {
  const shape = { enumerable: (flags & ENUMERABLE) !== 0, configurable: (flags & CONFIGURABLE) !== 0 }
  if (flags & GETTER) return { ...shape, get: value as () => unknown }
  if (flags & SETTER) return { ...shape, set: value as (value: unknown) => void }
  return { ...shape, value, writable: (flags & WRITABLE) !== 0 }
}

export function close(made: object, integrity: Integrity): void {
  if (integrity === 3) Object.freeze(made)
  else if (integrity === 2) Object.seal(made)
  else if (integrity === 1) Object.preventExtensions(made)
}
