import { types } from 'node:util'
import {
  CONFIGURABLE,
  type Dress,
  ENUMERABLE,
  type Integrity,
  ORDINARY,
  type Proto,
  WRITABLE,
} from './graph.ts'
import type { Slot } from './kind.ts'
import type { GraphPacker } from './packer.ts'
import { hasExtras } from './plain.ts'

/*
 * What structured clone drops about any object, whatever it holds: its class, symbol keys, properties that are
 * not enumerable, further properties of a Map or a Date, and whether it is frozen.
 *
 * An enumerable getter crosses as its value, as structured clone has it; one that is not enumerable stays behind.
 * Enumerable properties arrive writable and configurable (unless the whole object is frozen or sealed).
 */

/**
 * What of an object is in its payload already: what its kind found inside, all the items of an array that has nothing
 * else, or the enumerable properties under string keys (indexes too).
 */
export type Content = 'inside' | 'items' | 'properties'

export function dressOf(
  value: object,
  proto: Proto,
  content: Content,
  packer: GraphPacker,
): Dress | undefined {
  const properties: Slot[] = []
  for (const key of furtherKeys(value, content)) addProperty(value, key, content, properties, packer)
  const integrity = Object.isExtensible(value) ? 0 : integrityOf(value)
  if (proto === 0 && integrity === 0 && properties.length === 0) return undefined
  return [proto, integrity, properties.length > 0 ? properties : 0]
}

function furtherKeys(value: object, content: Content): readonly (string | symbol)[] {
  if (content === 'items') return NONE
  if (Array.isArray(value)) return Reflect.ownKeys(value).filter(key => !isIndex(key) && key !== 'length')
  if (types.isTypedArray(value))
    return hasExtras(value) ? Reflect.ownKeys(value).filter(key => !isIndex(key)) : NONE
  const symbols = Object.getOwnPropertySymbols(value)
  const names = Object.getOwnPropertyNames(value)
  if (content === 'properties') {
    return names.length === Object.keys(value).length ? symbols : [...names, ...symbols]
  }
  return [...names.filter(name => !isIntrinsic(value, name)), ...symbols]
}

const NONE: readonly string[] = []

function isIndex(key: string | symbol): boolean {
  return typeof key === 'string' && String(Number(key)) === key
}

/** Properties that come with the object's content. */
function isIntrinsic(value: object, name: string): boolean {
  if (types.isRegExp(value)) return name === 'lastIndex'
  return types.isStringObject(value) && (name === 'length' || isIndex(name))
}

function addProperty(
  value: object,
  key: string | symbol,
  content: Content,
  into: Slot[],
  packer: GraphPacker,
): void {
  const property = Object.getOwnPropertyDescriptor(value, key)
  if (!property || (content === 'properties' && property.enumerable && typeof key === 'string')) return
  const label = typeof key === 'symbol' ? `[${String(key)}]` : `.${key}`
  if ('value' in property)
    into.push(packer.slot(key, ''), packer.slot(property.value, label), flagsOf(property))
  else if (property.enumerable)
    into.push(packer.slot(key, ''), packer.slot(packer.read(value, key), label), ORDINARY)
}

function flagsOf(property: PropertyDescriptor): number {
  if (property.enumerable) return ORDINARY
  return (property.writable ? WRITABLE : 0) | (property.configurable ? CONFIGURABLE : 0)
}

function integrityOf(value: object): Integrity {
  if (Object.isFrozen(value)) return 3
  return Object.isSealed(value) ? 2 : 1
}

/** Puts the properties on. `value` gives what is at a slot. */
export function dressUp(made: object, properties: readonly Slot[], value: (slot: Slot) => unknown): void {
  for (let i = 0; i + 2 < properties.length; i += 3) {
    const flags = properties[i + 2] as number
    Object.defineProperty(made, value(properties[i]) as PropertyKey, {
      value: value(properties[i + 1]),
      enumerable: (flags & ENUMERABLE) !== 0,
      writable: (flags & WRITABLE) !== 0,
      configurable: (flags & CONFIGURABLE) !== 0,
    })
  }
}

export function close(made: object, integrity: Integrity): void {
  if (integrity === 3) Object.freeze(made)
  else if (integrity === 2) Object.seal(made)
  else if (integrity === 1) Object.preventExtensions(made)
}
