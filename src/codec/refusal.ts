import { types } from 'node:util'
import { describe, isOfAnotherCopy, ONE_COPY } from '../base/index.ts'
import { privateNameIn, waysFor } from './classes.ts'
import { classAt } from './realm.ts'

/** What a value that can't cross is called, and what to do about it. */
export interface Refusal {
  readonly kind: string
  readonly remedy: string
}

type Row = readonly [test: (value: object) => boolean, kind: string | undefined, remedy: string]

const OWN_SIDE =
  'Make it on the other side, inside the function, or import it there from a module of its own.'

export const HAND_OVER = 'Send handOver(it), if it is a socket or server of node:net.'

const TABLE: readonly Row[] = [
  [types.isProxy, 'a Proxy', 'Send a plain copy of what it shows: { ...proxy }.'],
  [types.isPromise, 'a Promise', 'Await it first and send its value.'],
  [types.isWeakMap, 'a WeakMap', 'Send the entries that are needed in a Map.'],
  [types.isWeakSet, 'a WeakSet', 'Send the members that are needed in a Set.'],
  [value => value instanceof WeakRef, 'a WeakRef', 'Send what it refers to: ref.deref().'],
  [
    value => types.isGeneratorObject(value) && Symbol.asyncIterator in value,
    'an async generator object',
    'Send its values, once they are read (for await … of generator), or the generator function.',
  ],
  [
    types.isGeneratorObject,
    'a generator object',
    'Send its values, [...generator], or the generator function.',
  ],
  [types.isMapIterator, 'an iterator of a Map', 'Send its values: [...iterator].'],
  [types.isSetIterator, 'an iterator of a Set', 'Send its values: [...iterator].'],
  [
    types.isModuleNamespaceObject,
    'a module namespace',
    'Send the members that are needed, or import it there.',
  ],
  // Deno has no such test.
  [value => types.isExternal?.(value), 'a native handle', OWN_SIDE],
  [
    isAsyncIterator,
    'an asynchronous iterator',
    'Send its values, once they are read: for await (const value of iterator) …',
  ],
  [isIterator, 'an iterator', 'Send its values: [...iterator].'],
  [isBody, undefined, 'Send what is in it: await it.text(), it.json() or it.arrayBuffer().'],
  [value => isGlobal(value, 'FormData'), undefined, 'Send its entries: [...form].'],
  [
    value => isGlobal(value, 'AbortController'),
    undefined,
    `${OWN_SIDE} To end the call itself, give it the option signal: controller.signal.`,
  ],
  [isTimer, 'a timer', OWN_SIDE],
  [isSocket, undefined, `${HAND_OVER} ${OWN_SIDE}`],
  [isStream, undefined, `It holds a resource of this thread. ${OWN_SIDE}`],
]

export function refusal(value: unknown): Refusal {
  if (typeof value === 'function') {
    const remedy = 'Send the data that it needs and define the function on the other side.'
    return { kind: describe(value), remedy }
  }
  // First of all whether it is a Proxy, which even a description would set off.
  const row = TABLE.find(([test]) => test(value as object))
  return row
    ? { kind: row[1] ?? describe(value), remedy: row[2] }
    : { kind: describe(value), remedy: classRemedy(value as object) }
}

function classRemedy(value: object): string {
  const constructor = classAt(Object.getPrototypeOf(value) as object)
  if (!constructor) return 'Its prototype is no class: send { ...value }, or an object made by a class.'
  if (isOfAnotherCopy(constructor)) return ONE_COPY
  const { name } = constructor
  if ((globalThis as Record<string, unknown>)[name] === constructor)
    return `Send its data instead. ${OWN_SIDE}`
  const hidden = privateNameIn(constructor.prototype as object)
  if (hidden !== undefined)
    return `Its private ${hidden} can't be filled in from outside: send plain data, or call registerClass(${name}, ${waysFor(name)}) where the class is declared.`
  return `Send plain data, or call registerClass(${name}) where the class is declared.`
}

function isIterator(value: object): boolean {
  return isItsOwn(value, Symbol.iterator)
}

function isAsyncIterator(value: object): boolean {
  return isItsOwn(value, Symbol.asyncIterator)
}

/** Does it give itself when asked for an iterator? What has a class is told by its class. */
function isItsOwn(value: object, symbol: typeof Symbol.iterator | typeof Symbol.asyncIterator): boolean {
  if (className(value) !== undefined) return false
  try {
    const { next, [symbol]: iterate } = value as Record<PropertyKey, unknown>
    return typeof next === 'function' && typeof iterate === 'function' && iterate.call(value) === value
  } catch {
    return false
  }
}

function isBody(value: object): boolean {
  return isGlobal(value, 'Response') || isGlobal(value, 'Request')
}

/** Of this class of the platform? Its name first: to touch some of them loads them. */
function isGlobal(value: object, name: 'Response' | 'Request' | 'FormData' | 'AbortController'): boolean {
  return className(value) === name && value instanceof globalThis[name]
}

function className(value: object): string | undefined {
  const proto = Object.getPrototypeOf(value) as object | null
  return proto ? classAt(proto)?.name : undefined
}

/** Of a timeout, an interval or an immediate. */
function isTimer(value: object): boolean {
  const name = className(value)
  return (name === 'Timeout' || name === 'Immediate') && 'hasRef' in value
}

/** Those that may have a descriptor to hand over. */
export function isSocket(value: object): boolean {
  return isStream(value) && ('connecting' in value || 'listening' in value)
}

/** Streams, sockets and servers: they emit events and can be closed. */
function isStream(value: object): boolean {
  try {
    const { on, destroy, close, pipe } = value as Record<string, unknown>
    return typeof on === 'function' && [destroy, close, pipe].some(method => typeof method === 'function')
  } catch {
    return false
  }
}
