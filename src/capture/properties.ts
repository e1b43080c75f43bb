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

const WRITABLE = 1
const ENUMERABLE = 2
const CONFIGURABLE = 4
const ACCESSOR = 8

/** Packs own properties with their attributes. */
export function packProperties(owner: object, keys: readonly PropertyKey[], packer: Packer): PropertyNode[] {
  return keys.map(key => {
    const property = ownProperty(owner, key)
    const { value, get, set, writable, enumerable, configurable } = property
    const label = typeof key === 'symbol' ? `[${String(key)}]` : `.${String(key)}`
    const attributes =
      (writable ? WRITABLE : 0) | (enumerable ? ENUMERABLE : 0) | (configurable ? CONFIGURABLE : 0)
    if (!get && !set) return [packer.slot(key, label), packer.slot(value, label), attributes]
    const getter = packer.slot(get, `${label} (getter)`)
    return [packer.slot(key, label), getter, attributes | ACCESSOR, packer.slot(set, `${label} (setter)`)]
  })
}

/** Defines them on another object. A property that is fixed there already is left as it is. */
export function fillProperties(owner: object, properties: readonly PropertyNode[], unpacker: Unpacker): void {
  for (const [keySlot, slot, attributes, setter] of properties) {
    const key = unpacker.value(keySlot) as PropertyKey
    const shape = {
      enumerable: (attributes & ENUMERABLE) !== 0,
      configurable: (attributes & CONFIGURABLE) !== 0,
    }
    if (Object.getOwnPropertyDescriptor(owner, key)?.configurable === false) continue
    if (attributes & ACCESSOR) {
      const get = unpacker.value(slot) as () => unknown
      const set = unpacker.value(setter) as (value: unknown) => void
      Object.defineProperty(owner, key, { get, set, ...shape })
    } else {
      const writable = (attributes & WRITABLE) !== 0
      Object.defineProperty(owner, key, { value: unpacker.value(slot), writable, ...shape })
    }
  }
}
