import nodeModule, { createRequire } from 'node:module'
import { globalOf, realGlobal } from './inspect.ts'
import { intrinsic, intrinsicNames } from './intrinsics.ts'
import { ownProperty } from './properties.ts'
import { textOf } from './text.ts'

/*
 * Functions and objects that every Node program has: they travel as a path (`globalThis Math sqrt`,
 * `node:util promisify`) and are looked up on the other side.
 */

/** First the place (`globalThis`, `intrinsic` or a built-in module), then the properties; `proto` steps into a prototype. */
export type NativePath = readonly string[]

const NATIVE = /\{\s*\[native code\]\s*\}\s*$/

/** Is this a function of the engine itself, without a text of its own? Bound functions too. */
export function isNativeText(fn: Function): boolean {
  return NATIVE.test(textOf(fn))
}

let index: Map<unknown, NativePath> | undefined
let indexedModules = 0

/** Where every program finds this value, if everyone does. */
export function nativePath(value: unknown): NativePath | undefined {
  index ??= indexGlobals()
  const found = index.get(value)
  if (found) return found
  for (const indexMore of [indexNameless, indexLateGlobal, indexModules, indexRealm]) {
    if (indexMore(index, value) && index.has(value)) return index.get(value)
  }
  return undefined
}

let namelessIndexed = false

/** What no global name leads to, and what `process` has: functions that its getters give are not asked for. */
function indexNameless(into: Map<unknown, NativePath>): boolean {
  if (namelessIndexed) return false
  namelessIndexed = true
  for (const [value, name] of intrinsicNames()) {
    const path = into.get(value) ?? ['intrinsic', name]
    into.set(value, path)
    addMembers(into, value, path, undefined, 1)
  }
  for (const key of Object.keys(process)) {
    const { value } = ownProperty(process, key)
    // What belongs to this process alone, and what a program has put there bound.
    if (typeof value !== 'function' || OF_THIS_PROCESS.test(key) || value.name.startsWith('bound ')) continue
    const path = ['globalThis', 'process', key]
    if (!into.has(value)) into.set(value, path)
    addMembers(into, value, path, undefined, 1)
  }
  return true
}

const OF_THIS_PROCESS = /^(_.*|send|disconnect)$/

/** Some globals are there only once somebody has used them, which may be after the index was made. */
function indexLateGlobal(into: Map<unknown, NativePath>, value: unknown): boolean {
  if (typeof value !== 'function' || !knownGlobals().has(value.name)) return false
  if (Reflect.get(realGlobal(), value.name) !== value) return false
  addMembers(into, realGlobal(), ['globalThis'], new Set([value.name]))
  return true
}

const realms = new WeakSet<object>()

/** A test runner gives the program another realm, with natives of its own that have the same names. */
function indexRealm(into: Map<unknown, NativePath>, value: unknown): boolean {
  if (typeof value !== 'function' || !isNativeText(value)) return false
  try {
    const global = globalOf(value)
    if (global === realGlobal() || realms.has(global)) return false
    realms.add(global)
    addMembers(into, global, ['globalThis'], knownGlobals())
    return true
  } catch {
    return false
  }
}

/** Finds it again. */
export function followNative([place, ...steps]: NativePath): unknown {
  const name = place === 'intrinsic' ? (steps.shift() as string) : undefined
  const root = name === undefined ? placeOf(place as string) : intrinsic(name)
  return steps.reduce((at, step) => {
    if (step.startsWith('get ')) return ownProperty(at as object, step.slice(4))?.get
    const key = step.startsWith('@@') ? (Symbol as unknown as Record<string, symbol>)[step.slice(2)] : step
    return (at as Record<PropertyKey, unknown>)[key as PropertyKey]
  }, root)
}

function placeOf(place: string): unknown {
  return place === 'globalThis' ? realGlobal() : createRequire(import.meta.url)(place)
}

function indexGlobals(): Map<unknown, NativePath> {
  const made = new Map<unknown, NativePath>()
  const global = realGlobal()
  made.set(global, ['globalThis'])
  // Behind accessors, like what must not be touched.
  made.set(process, ['globalThis', 'process'])
  addMembers(made, global, ['globalThis'], knownGlobals())
  return made
}

/** Adds the built-in modules that the program has loaded meanwhile. Loading one only to look would have effects. */
function indexModules(into: Map<unknown, NativePath>): boolean {
  const loaded = (process as unknown as { moduleLoadList: readonly string[] }).moduleLoadList
  if (loaded.length === indexedModules) return false
  indexedModules = loaded.length
  const load = createRequire(import.meta.url)
  for (const entry of loaded) {
    const name = entry.startsWith('NativeModule ') ? entry.slice(13) : ''
    if (!nodeModule.builtinModules.includes(name) || name.startsWith('_')) continue
    const exports: unknown = load(`node:${name}`)
    if (!into.has(exports)) into.set(exports, [`node:${name}`])
    addMembers(into, exports, [`node:${name}`], undefined)
  }
  return true
}

function addMembers(
  into: Map<unknown, NativePath>,
  owner: unknown,
  path: NativePath,
  only: ReadonlySet<string> | undefined,
  depth = 2,
): void {
  if (depth === 0 || path.length === 0 || !isObject(owner)) return
  for (const key of Reflect.ownKeys(owner)) {
    if (only && !only.has(String(key))) continue
    const step = stepOf(key)
    if (step === undefined) continue
    const { value, get } = ownProperty(owner, key)
    if (get && depth === 1) into.set(get, into.get(get) ?? [...path, `get ${step}`])
    if (!isObject(value) || (depth < 2 && typeof value !== 'function')) continue
    // `globalThis.global` is no way to anything of its own.
    if (into.has(value) || step === 'global' || step === 'globalThis') continue
    const at = [...path, step]
    into.set(value, at)
    addMembers(into, value, at, undefined, depth - 1)
    const proto: unknown = typeof value === 'function' ? value.prototype : undefined
    if (isObject(proto)) addMembers(into, proto, [...at, 'prototype'], undefined, 1)
  }
}

function stepOf(key: PropertyKey): string | undefined {
  if (typeof key === 'string') return key
  const name = String((key as symbol).description)
  return name.startsWith('Symbol.') ? `@@${name.slice(7)}` : undefined
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

let known: ReadonlySet<string> | undefined

/** The global names that Node and the language give: these are left alone, anything else there is the user's own. */
export function knownGlobals(): ReadonlySet<string> {
  known ??= new Set(KNOWN_GLOBALS.split(/\s+/))
  return known
}

/** Taken apart when asked for: that would be the longest of what a worker does as it starts. */
const KNOWN_GLOBALS = `AbortController AbortSignal AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array
  BigUint64Array Blob Boolean BroadcastChannel Buffer ByteLengthQueuingStrategy CloseEvent CompressionStream
  CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DataView Date DecompressionStream DisposableStack
  ErrorEvent Error EvalError Event EventSource EventTarget File FinalizationRegistry Float16Array Float32Array Float64Array
  FormData Function Headers Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math MessageChannel
  MessageEvent MessagePort NaN Navigator Number Object Performance PerformanceEntry PerformanceMark PerformanceMeasure
  PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming Promise Proxy QuotaExceededError RangeError
  ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest
  ReadableStreamDefaultController ReadableStreamDefaultReader ReferenceError Reflect RegExp Request Response Set
  SharedArrayBuffer Storage String SubtleCrypto SuppressedError Symbol SyntaxError Temporal TextDecoder TextDecoderStream
  TextEncoder TextEncoderStream TransformStream TransformStreamDefaultController TypeError URIError URL URLPattern
  URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket
  WritableStream WritableStreamDefaultController WritableStreamDefaultWriter atob btoa clearImmediate clearInterval
  clearTimeout console crypto decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval fetch global
  globalThis isFinite isNaN localStorage navigator parseFloat parseInt performance process queueMicrotask require
  sessionStorage setImmediate setInterval setTimeout structuredClone undefined unescape`
