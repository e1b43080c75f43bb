import type { Packer, Slot, Unpacker } from '../codec/index.ts'

/** One own property: the key, its value or accessors, and its attributes as bits. */
export type PropertyNode = readonly [key: Slot, value: Slot, attributes: number, setter?: Slot]

/** A property descriptor whose accessors are plain function values. */
export interface OwnProperty {
  readonly value?: unknown
  readonly get?: (() => unknown) | undefined
  readonly set?: ((value: unknown) => void) | undefined
  readonly writable?: boolean
  readonly enumerable?: boolean
  readonly configurable?: boolean
}

/** An own property that is known to be there. */
export function ownProperty(owner: object, key: PropertyKey): OwnProperty {
  return Object.getOwnPropertyDescriptor(owner, key) as OwnProperty
}

const INTRINSIC: ReadonlySet<PropertyKey> = new Set(['length', 'name', 'prototype', 'arguments', 'caller'])

/** The keys of what hangs on a function besides what every function has. */
export function hungKeys(fn: Function): PropertyKey[] {
  return Reflect.ownKeys(fn).filter(key => !INTRINSIC.has(key))
}

const WRITABLE = 1
const ENUMERABLE = 2
const CONFIGURABLE = 4
const ACCESSOR = 8
/** It is not there, although the other side would have it otherwise. */
const ABSENT = 16

/** Packs own properties with their attributes. `standIn` may give something to pack instead of a value. */
export function packProperties(
  owner: object,
  keys: readonly PropertyKey[],
  packer: Packer,
  standIn: (value: unknown) => unknown = value => value,
): PropertyNode[] {
  return keys.map(key => {
    const property = ownProperty(owner, key)
    const { value, get, set, writable, enumerable, configurable } = property
    const label = typeof key === 'symbol' ? `[${String(key)}]` : `.${String(key)}`
    const attributes =
      (writable ? WRITABLE : 0) | (enumerable ? ENUMERABLE : 0) | (configurable ? CONFIGURABLE : 0)
    if (!get && !set) return [packer.slot(key, label), packer.slot(standIn(value), label), attributes]
    const getter = packer.slot(standIn(get), `${label} (getter)`)
    const setter = packer.slot(standIn(set), `${label} (setter)`)
    return [packer.slot(key, label), getter, attributes | ACCESSOR, setter]
  })
}

/** Packs that there are no such properties. */
export function packAbsent(keys: readonly PropertyKey[], packer: Packer): PropertyNode[] {
  return keys.map(key => [packer.slot(key, ''), undefined, ABSENT])
}

export function isAbsent([, , attributes]: PropertyNode): boolean {
  return (attributes & ABSENT) !== 0
}

/** Defines them on another object. A property that is fixed there already is left as it is. */
export function fillProperties(owner: object, properties: readonly PropertyNode[], unpacker: Unpacker): void {
  for (const [key, property] of readProperties(properties, unpacker)) {
    const before = Object.getOwnPropertyDescriptor(owner, key)
    // A function's `prototype` is fixed and can be replaced all the same.
    if (before?.configurable === false && !before.writable) continue
    if (property) Object.defineProperty(owner, key, property)
    else Reflect.deleteProperty(owner, key)
  }
}

/** All of them before the first is put on: one may be what another is about to replace. */
function readProperties(
  properties: readonly PropertyNode[],
  unpacker: Unpacker,
): (readonly [key: PropertyKey, property: PropertyDescriptor | undefined])[] {
  return properties.map(node => {
    const [keySlot, slot, attributes, setter] = node
    const key = unpacker.value(keySlot) as PropertyKey
    if (isAbsent(node)) return [key, undefined]
    const value = unpacker.value(slot)
    const shape = {
      enumerable: (attributes & ENUMERABLE) !== 0,
      configurable: (attributes & CONFIGURABLE) !== 0,
    }
    if ((attributes & ACCESSOR) === 0)
      return [key, { value, writable: (attributes & WRITABLE) !== 0, ...shape }]
    const set = unpacker.value(setter) as (value: unknown) => void
    return [key, { get: value as () => unknown, set, ...shape }]
  })
}
