import { createError } from '../../base/index.ts'
import { classNamed } from '../classes.ts'
import { dressUp } from '../dress.ts'
import type { Graph } from '../graph.ts'
import type { Kind, Unpacker } from '../kind.ts'
import type { GraphPacker } from '../packer.ts'
import { builtinClass } from '../realm.ts'
import type { GraphUnpacker } from '../unpacker.ts'
import { type ErrorPayload, isError } from './error-form.ts'
import { ErrorReader, ownClass } from './error-reader.ts'
import { isDOMException, standInFor } from './platform-errors.ts'

/*
 * Errors cross as data: class, message, stack, own properties. Packing one never fails, for the error is often
 * all that is left to tell what went wrong: a property that can't cross stays behind, and `leftBehind` says so.
 * Making one never runs a constructor of the user's.
 */

export const ERROR: Kind<Error, ErrorPayload> = {
  name: 'error',
  claims: isError,
  pack: (error, packer) => new ErrorReader(error, packer as GraphPacker).payload(),
  make(payload, unpacker) {
    const error = shell(payload, unpacker)
    if (payload.message !== undefined) hide(error, 'message', payload.message)
    hide(error, 'stack', payload.stack)
    return error
  },
  fill(error, { class: [how], name, properties, leftBehind }, unpacker) {
    dressUp(error, properties, slot => unpacker.value(slot))
    // Its own class may have called it otherwise.
    if (how === 'platform' && error.name !== name) hide(error, 'name', name)
    if (leftBehind.length > 0)
      Object.defineProperty(error, 'leftBehind', { value: leftBehind, enumerable: true, ...OPEN })
  },
}

const OPEN = { writable: true, configurable: true } as const

function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, enumerable: false, ...OPEN })
}

/** An error of the right class, empty still. */
function shell(payload: ErrorPayload, unpacker: Unpacker): Error {
  const [how, of, packed] = payload.class
  switch (how) {
    case 'builtin':
      return withPrototype(builtinClass(of)?.prototype, payload)
    case 'platform':
      return withPrototype(standInFor(of), payload)
    case 'manycore':
      return withPrototype(ownClass(of)?.prototype, payload)
    case 'registered': {
      const entry = classNamed(of)
      return entry ? withPrototype(entry.prototype, payload) : stranger(payload)
    }
    case 'packed': {
      const made = classNamed(of)?.unpack?.(unpacker.complete(packed))
      return isError(made) ? made : stranger(payload)
    }
    case 'carried':
      return carriedShell(of, payload, unpacker as GraphUnpacker) ?? stranger(payload)
    default:
      return stranger(payload)
  }
}

function withPrototype(prototype: object | undefined, { message, name }: ErrorPayload): Error {
  const error = isDOMException(prototype) ? new DOMException(message, name) : new Error()
  if (prototype) Object.setPrototypeOf(error, prototype)
  return error
}

function carriedShell(constructor: Graph, payload: ErrorPayload, unpacker: GraphUnpacker): Error | undefined {
  try {
    const made = unpacker.apart(constructor)
    return typeof made === 'function'
      ? withPrototype(made.prototype as object | undefined, payload)
      : undefined
  } catch {
    return undefined
  }
}

/** Stands in where the class is not known on this side. */
function stranger({ name, message, stack }: ErrorPayload): Error {
  const error = createError('REMOTE', { remoteName: name, remoteMessage: message ?? '', remoteStack: stack })
  Reflect.deleteProperty(error, 'remoteMessage')
  return error
}
