import { inspect, types } from 'node:util'
import type { Abilities } from './kind.ts'
import { ARRAY, OBJECT } from './realm.ts'

/*
 * The check that almost every value passes: does structured clone alone keep it exactly? It runs once for
 * each task's arguments and each result, so it reads each value once, allocates next to nothing and gives up
 * (the answer "no" only costs time) at whatever is out of the ordinary.
 */

/** Deeper values overflow the stack of structured clone itself, here or on the other side; the graph is flat. */
const DEEPEST = 100
/** Objects looked at before the check starts to remember which it has seen. Values with shared parts can unfold to any size. */
const UNREMEMBERED = 1000
/** Up to this length the names of an array's properties are asked for; longer ones are asked through `inspect`. */
const SHORT = 24

/** Does structured clone keep this value as it is: types, identity, every property? */
export function isPlain(value: unknown, can: Abilities): boolean {
  switch (typeof value) {
    case 'object':
      return value === null || new PlainCheck(can).passes(value)
    case 'symbol':
    case 'function':
      return false
    default:
      return true
  }
}

/** Are all of these primitives that cross as they are? The commonest of all arguments. */
export function arePrimitive(values: readonly unknown[]): boolean {
  for (const value of values) {
    if (typeof value === 'object' ? value !== null : !isData(value)) return false
  }
  return true
}

class PlainCheck {
  readonly #can: Abilities
  #count = 0
  #seen: Set<object> | undefined

  constructor(can: Abilities) {
    this.#can = can
  }

  passes(value: object): boolean {
    try {
      return this.#object(value, 0)
    } catch {
      // A getter threw: the walk will meet it again and say where.
      return false
    }
  }

  #object(value: object, depth: number): boolean {
    if (depth > DEEPEST || types.isProxy(value)) return false
    if (++this.#count > UNREMEMBERED) {
      this.#seen ??= new Set()
      if (this.#seen.has(value)) return true
      this.#seen.add(value)
    }
    const proto: unknown = Object.getPrototypeOf(value)
    if (proto === ARRAY && Array.isArray(value)) return this.#array(value, depth)
    if (proto === OBJECT) return this.#record(value as Record<string, unknown>, depth)
    return this.#other(value, proto, depth)
  }

  #array(value: readonly unknown[], depth: number): boolean {
    const length = value.length
    for (let i = 0; i < length; i++) {
      const item = value[i]
      if (typeof item === 'object' ? item !== null && !this.#object(item, depth + 1) : !isData(item))
        return false
      // A hole ends the check: a length of 4e9 may stand for three items.
      if (item === undefined && !(i in value)) return false
    }
    return !hasExtras(value) && Object.isExtensible(value)
  }

  #record(value: Record<string, unknown>, depth: number): boolean {
    let count = 0
    // Over `for in` rather than `Object.keys`: no array. What a polluted Object.prototype adds makes the counts differ.
    for (const key in value) {
      const item = value[key]
      if (typeof item === 'object' ? item !== null && !this.#object(item, depth + 1) : !isData(item))
        return false
      count++
    }
    return (
      Object.getOwnPropertyNames(value).length === count &&
      Object.getOwnPropertySymbols(value).length === 0 &&
      Object.isExtensible(value) &&
      !types.isArgumentsObject(value)
    )
  }

  #other(value: object, proto: unknown, depth: number): boolean {
    if (proto === Map.prototype) return types.isMap(value) && isBare(value) && this.#map(value, depth)
    if (proto === Set.prototype) return types.isSet(value) && isBare(value) && this.#set(value, depth)
    if (proto === Date.prototype) return types.isDate(value) && isBare(value)
    if (proto === ArrayBuffer.prototype) {
      return types.isArrayBuffer(value) && isBare(value) && !isDetached(value)
    }
    // The serializer of processes keeps no relation of a view to its buffer, and gives views on its own memory.
    return this.#can.share && types.isTypedArray(value) && isWholeView(value, proto)
  }

  #map(value: Map<unknown, unknown>, depth: number): boolean {
    for (const [key, item] of value) {
      if (!this.#value(key, depth + 1) || !this.#value(item, depth + 1)) return false
    }
    return true
  }

  #set(value: Set<unknown>, depth: number): boolean {
    for (const item of value) if (!this.#value(item, depth + 1)) return false
    return true
  }

  #value(value: unknown, depth: number): boolean {
    return typeof value === 'object' ? value === null || this.#object(value, depth) : isData(value)
  }
}

function isData(value: unknown): boolean {
  return typeof value !== 'function' && typeof value !== 'symbol'
}

/** No own properties, and open for more. */
function isBare(value: object): boolean {
  return Reflect.ownKeys(value).length === 0 && Object.isExtensible(value)
}

/** Has this array or typed array properties besides its items? Takes no longer for a long one. */
export function hasExtras(list: readonly unknown[] | NodeJS.TypedArray): boolean {
  if (Object.getOwnPropertySymbols(list).length > 0) return true
  const isArray = Array.isArray(list)
  if (list.length <= SHORT) return Object.getOwnPropertyNames(list).length !== list.length + (isArray ? 1 : 0)
  // All standard ways to the names make a string of each index first (10 ms for 200,000 items); this one does not.
  const text = inspect(list, {
    maxArrayLength: 0,
    showHidden: isArray,
    customInspect: false,
    depth: 0,
    ...ONE_LINE,
  })
  return !(isArray ? LONG_ARRAY : LONG_VIEW).test(text)
}

const ONE_LINE = { breakLength: Number.POSITIVE_INFINITY, compact: 3, getters: false, colors: false } as const
const LONG_ARRAY = /\[ \.\.\. \d+ more items, \[length\]: \d+ \]$/
const LONG_VIEW = /\[ \.\.\. \d+ more items \]$/

export function isDetached(buffer: ArrayBuffer): boolean {
  if (buffer.byteLength > 0) return false
  try {
    // Only a detached buffer refuses a view; `detached` itself is missing on Node 20.
    return new Uint8Array(buffer).length > 0
  } catch {
    return true
  }
}

/** A view of a standard class over the whole of a plain `ArrayBuffer`. */
function isWholeView(view: NodeJS.TypedArray, proto: unknown): boolean {
  const buffer = view.buffer as ArrayBuffer & { readonly resizable?: boolean }
  return (
    STANDARD_VIEWS.has(proto) &&
    Object.getPrototypeOf(buffer) === ArrayBuffer.prototype &&
    view.byteLength === buffer.byteLength &&
    !buffer.resizable &&
    !isDetached(buffer) &&
    Object.isExtensible(view) &&
    !hasExtras(view)
  )
}

const STANDARD_VIEWS: ReadonlySet<unknown> = new Set(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map(view => view.prototype),
)
