import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { types } from 'node:util'
import v8 from 'node:v8'
import { type Abilities, type Graph, pack, packThrown, unpack } from '../../src/codec/index.ts'

/** The two ways in which values cross, without the crossing. */
export interface Road {
  readonly name: 'postMessage' | 'v8.serialize'
  readonly can: Abilities
  clone<T>(value: T, transfer?: readonly unknown[]): T
}

export const THREAD: Road = {
  name: 'postMessage',
  can: { transfer: true, share: true },
  clone: (value, transfer = []) => structuredClone(value, { transfer: transfer as ArrayBuffer[] }),
}

export const PROCESS: Road = {
  name: 'v8.serialize',
  can: { transfer: false, share: false },
  clone: value => v8.deserialize(v8.serialize(value)) as typeof value,
}

export function eachRoad(body: (road: Road) => void): void {
  for (const road of [THREAD, PROCESS]) describe(road.name, () => body(road))
}

export function packOn(road: Road, value: unknown, transfer?: readonly unknown[]): Graph | undefined {
  return pack(value, { path: 'value', can: road.can, transfer })
}

/** There: packed, cloned, unpacked. */
export function cross<T>(road: Road, value: T, transfer?: readonly unknown[]): T {
  const graph = packOn(road, value, transfer)
  return graph ? (unpack(road.clone(graph, transfer)) as T) : road.clone(value, transfer)
}

/** A thrown value, there. */
export function crossThrown(road: Road, thrown: unknown): unknown {
  return unpack(road.clone(packThrown(thrown, road.can)))
}

/**
 * Fails unless `actual` is `expected` over again: the same classes, properties with their attributes, contents,
 * and the same object wherever it was the same. Stricter than `deepStrictEqual`, which compares no identity.
 */
export function assertSame(actual: unknown, expected: unknown): void {
  const pairs = new Map<unknown, unknown>()
  const queue: (readonly [unknown, unknown, string])[] = [[actual, expected, 'value']]
  for (const [a, b, at] of queue) {
    if (typeof b === 'symbol' && Symbol.keyFor(b) === undefined && !isWellKnown(b)) {
      assert.equal(typeof a, 'symbol', at)
      assert.equal((a as symbol).description, b.description, at)
    } else if (typeof b !== 'object' || b === null) {
      assert.ok(Object.is(a, b), `${at}: ${String(a)} is not ${String(b)}`)
      continue
    }
    if (pairs.has(b)) {
      assert.equal(a, pairs.get(b), `${at} is not the same object as before`)
      continue
    }
    assert.ok(typeof a === typeof b && a !== null, `${at}: ${typeof a} is no ${typeof b}`)
    pairs.set(b, a)
    if (typeof b === 'object') compareObjects(a as object, b, at, queue)
  }
  assert.equal(new Set(pairs.values()).size, pairs.size, 'two objects became one')
}

function isWellKnown(symbol: symbol): boolean {
  return Object.getOwnPropertyNames(Symbol).some(name => Reflect.get(Symbol, name) === symbol)
}

function compareObjects(
  a: object,
  b: object,
  at: string,
  queue: (readonly [unknown, unknown, string])[],
): void {
  assert.equal(Object.getPrototypeOf(a), Object.getPrototypeOf(b), `the class of ${at}`)
  assert.equal(Object.isFrozen(a), Object.isFrozen(b), `${at} frozen`)
  assert.equal(Object.isSealed(a), Object.isSealed(b), `${at} sealed`)
  assert.equal(Object.isExtensible(a), Object.isExtensible(b), `${at} extensible`)
  assert.deepEqual(inside(a), inside(b), `inside ${at}`)
  if (types.isMap(b))
    queue.push([[...(a as Map<unknown, unknown>)].flat(), [...b].flat(), `the entries of ${at}`])
  if (types.isSet(b)) queue.push([[...(a as Set<unknown>)], [...b], `the members of ${at}`])
  const keys = Reflect.ownKeys(b).filter(key => !(types.isNativeError(b) && key === 'stack'))
  assert.equal(
    Reflect.ownKeys(a).filter(key => key !== 'stack').length,
    keys.filter(key => key !== 'stack').length,
    at,
  )
  const theirSymbols = Object.getOwnPropertySymbols(a)
  for (const key of keys) {
    const nth = Object.getOwnPropertySymbols(b).indexOf(key as symbol)
    const mine = typeof key === 'symbol' ? (theirSymbols[nth] as symbol) : key
    if (typeof key === 'symbol') queue.push([mine, key, `a key of ${at}`])
    const [left, right] = [Object.getOwnPropertyDescriptor(a, mine), Object.getOwnPropertyDescriptor(b, key)]
    assert.equal(left?.enumerable, right?.enumerable, `${at}.${String(key)} enumerable`)
    queue.push([left?.value, Reflect.get(b, key), `${at}.${String(key)}`])
  }
}

/** What is in an object besides its properties. */
function inside(value: object): unknown {
  if (types.isDate(value)) return ['date', value.getTime()]
  if (types.isRegExp(value)) return ['regexp', value.source, value.flags]
  if (types.isBoxedPrimitive(value))
    return ['boxed', types.isSymbolObject(value) ? 'symbol' : value.valueOf()]
  if (ArrayBuffer.isView(value)) {
    return [
      'view',
      Object.prototype.toString.call(value),
      new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
    ]
  }
  if (types.isAnyArrayBuffer(value)) return ['buffer', new Uint8Array(value)]
  if (value instanceof URL || value instanceof URLSearchParams) return ['url', String(value)]
  if (types.isNativeError(value)) return ['error', value.stack]
  return Array.isArray(value) ? ['array', value.length] : undefined
}
