import { inspect, types } from 'node:util'
import type { Abilities } from './kind.ts'
import { isMadeOfBytes, LARGE } from './large.ts'
import { ARRAY, OBJECT } from './realm.ts'

/*
 * The check that almost every value passes: does structured clone alone keep it exactly? It runs once for
 * each task's arguments and each result, so it reads each value once, allocates next to nothing and gives up
 * (the answer "no" only costs time) at whatever is out of the ordinary.
 */

/** Deeper values overflow the stack of structured clone itself, here or on the other side; the graph is flat. */
const DEEPEST = 100
/** Objects and items looked at before the check starts to remember: shared parts can unfold to any number. */
const UNREMEMBERED = 20_000
/** Up to this length the names of a list's properties are asked for; longer ones are asked through `inspect`. */
const SHORT_ARRAY = 20
const SHORT_VIEW = 100

// The state of the one check that runs. A getter may start another within it, which costs at most a second look.
let views = false
let looked = 0
/** Has it met bytes that are worth a way of their own? */
let large = false
let seen: Set<object> | undefined

/**
 * Does structured clone keep this value as it is: types, identity, every property? `fresh`: see `PackOptions`.
 * Where buffers can be handed over, a value with large ones deep within is not: of a graph copies can be handed over.
 */
export function isPlain(value: unknown, can: Abilities, fresh = false): boolean {
  if (typeof value !== 'object') return isData(value)
  if (value === null) return true
  views = can.views ?? can.share
  looked = 0
  large = false
  try {
    const plain = fresh ? areItemsPlain(value as readonly unknown[], 0) : isPlainObject(value, 0)
    return plain && (!large || !can.transfer || isMadeOfBytes(value))
  } catch {
    // A getter threw: the walk will meet it again and say where.
    return false
  } finally {
    seen = undefined
  }
}

/** Are all of these primitives that cross as they are? The commonest of all arguments. */
export function arePrimitive(values: readonly unknown[]): boolean {
  for (const value of values) {
    if (typeof value === 'object' ? value !== null : !isData(value)) return false
  }
  return true
}

function isData(value: unknown): boolean {
  return typeof value !== 'function' && typeof value !== 'symbol'
}

function isPlainValue(value: unknown, depth: number): boolean {
  return typeof value === 'object' ? value === null || isPlainObject(value, depth) : isData(value)
}

function isPlainObject(value: object, depth: number): boolean {
  if (depth > DEEPEST || types.isProxy(value)) return false
  if (++looked > UNREMEMBERED) {
    seen ??= new Set()
    if (seen.has(value)) return true
    seen.add(value)
  }
  const proto: unknown = Object.getPrototypeOf(value)
  if (proto === OBJECT) return isPlainRecord(value as Record<string, unknown>, depth)
  if (proto === ARRAY && Array.isArray(value)) {
    return areItemsPlain(value, depth) && !hasExtras(value) && Object.isExtensible(value)
  }
  return isPlainBuiltIn(value, proto, depth)
}

function isPlainRecord(value: Record<string, unknown>, depth: number): boolean {
  let count = 0
  // Over `for in` rather than `Object.keys`: no array. What a polluted Object.prototype adds makes the counts differ.
  for (const key in value) {
    if (!isPlainValue(value[key], depth + 1)) return false
    count++
  }
  return (
    Object.getOwnPropertyNames(value).length === count &&
    Object.getOwnPropertySymbols(value).length === 0 &&
    Object.isExtensible(value)
  )
}

function areItemsPlain(list: readonly unknown[], depth: number): boolean {
  const length = list.length
  looked += length >>> 4
  for (let i = 0; i < length; i++) {
    const item = list[i]
    if (!isPlainValue(item, depth + 1)) return false
    // A hole ends the check: a length of 4e9 may stand for three items.
    if (item === undefined && !(i in list)) return false
  }
  return true
}

function isPlainBuiltIn(value: object, proto: unknown, depth: number): boolean {
  if (proto === Map.prototype) return types.isMap(value) && isBare(value) && areEntriesPlain(value, depth)
  if (proto === Set.prototype) return types.isSet(value) && isBare(value) && areMembersPlain(value, depth)
  if (proto === Date.prototype) return types.isDate(value) && isBare(value)
  if (proto === ArrayBuffer.prototype) {
    if ((value as ArrayBuffer).byteLength >= LARGE) large = true
    return types.isArrayBuffer(value) && isBare(value) && !isDetached(value)
  }
  return views && types.isTypedArray(value) && isWholeView(value, proto)
}

function areEntriesPlain(map: Map<unknown, unknown>, depth: number): boolean {
  for (const [key, item] of map) {
    if (!isPlainValue(key, depth + 1) || !isPlainValue(item, depth + 1)) return false
  }
  return true
}

function areMembersPlain(set: Set<unknown>, depth: number): boolean {
  for (const item of set) if (!isPlainValue(item, depth + 1)) return false
  return true
}

/** No own properties, and open for more. */
function isBare(value: object): boolean {
  return Reflect.ownKeys(value).length === 0 && Object.isExtensible(value)
}

/** Has this array or typed array properties besides its items? Takes no longer for a long one. */
export function hasExtras(list: readonly unknown[] | NodeJS.TypedArray): boolean {
  return Array.isArray(list) ? arrayHasExtras(list) : viewHasExtras(list as NodeJS.TypedArray)
}

function arrayHasExtras(list: readonly unknown[]): boolean {
  // All standard ways to the names make a text of each index first (10 ms for 200,000 items); inspect does not.
  return list.length > SHORT_ARRAY
    ? !LONG_ARRAY.test(inspect(list, ALL_BUT_ITEMS))
    : Reflect.ownKeys(list).length !== list.length + 1
}

/** Leaves aside what does not show, which would cost most of the time and is hardly ever there. */
function viewHasExtras(view: NodeJS.TypedArray): boolean {
  if (Object.getOwnPropertySymbols(view).length > 0) return true
  return view.length > SHORT_VIEW
    ? !LONG_VIEW.test(inspect(view, ALL_BUT_ITEMS_THAT_SHOW))
    : Object.keys(view).length !== view.length
}

const ALL_BUT_ITEMS_THAT_SHOW = { maxArrayLength: 0, customInspect: false, depth: 0 } as const
const ALL_BUT_ITEMS = { ...ALL_BUT_ITEMS_THAT_SHOW, showHidden: true } as const
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
  if (buffer.byteLength >= LARGE) large = true
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
