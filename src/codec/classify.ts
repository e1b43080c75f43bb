import { types } from 'node:util'
import { type ClassEntry, classOf } from './classes.ts'
import { SYMBOL } from './kinds/atoms.ts'
import { ERROR } from './kinds/error.ts'
import { isError } from './kinds/error-form.ts'
import { builtinKind, insideKind, wholeKind } from './kinds/index.ts'
import { ARRAY, builtinName, classAt, OBJECT } from './realm.ts'
import { type AnyKind, carriesInstances, claimantOf, recordClaimantOf } from './registry.ts'

/*
 * What is to be done with a value that is more than data. The order says who goes first:
 *
 *     plain record or array → registered class → kinds of other rooms → built in → class that a kind carries
 *
 * `undefined`: it can't cross.
 */

export interface Treatment {
  /** Packs what is inside. None: the properties, or the items, are all there is. */
  readonly inside: AnyKind | undefined
  /**
   * `whole`: `inside` answers for the class as well. `usual`: what is inside says the class. `none`: no prototype.
   * Else the class, which has to be known or to cross.
   */
  readonly of: 'whole' | 'usual' | 'none' | ClassEntry | Function
}

const PLAIN: Treatment = { inside: undefined, of: 'usual' }
const BY_SYMBOL: Treatment = { inside: SYMBOL, of: 'whole' }

/** For anything but a primitive that stands for itself. */
export function classify(value: unknown): Treatment | undefined {
  if (typeof value !== 'object') {
    return whole(claimantOf(value)) ?? (typeof value === 'symbol' ? BY_SYMBOL : undefined)
  }
  const object = value as object
  if (types.isProxy(object)) return undefined
  const proto = Object.getPrototypeOf(object) as object | null
  if (proto === ARRAY && Array.isArray(object)) return PLAIN
  if (proto === OBJECT && !types.isArgumentsObject(object)) {
    const kind = recordClaimantOf(object)
    return kind ? whole(kind) : PLAIN
  }
  const entry = classOf(proto)
  if (entry) return registered(object, entry)
  return whole(claimantOf(object)) ?? builtIn(object, proto) ?? carried(object, proto)
}

function whole(kind: AnyKind | undefined): Treatment | undefined {
  return kind && { inside: kind, of: 'whole' }
}

const registeredTreatments = new WeakMap<ClassEntry, Treatment>()

/** Where no class of the platform is among its bases, there is nothing inside of any of its instances. */
function registered(value: object, entry: ClassEntry): Treatment | undefined {
  const known = registeredTreatments.get(entry)
  if (known) return known
  if (isError(value)) return whole(ERROR)
  const treatment = { inside: entry.pack ? undefined : insideKind(value), of: entry }
  if (!entry.pack && !isReadable(value)) return undefined
  if (entry.pack || !hasBuiltInBase(entry.prototype)) registeredTreatments.set(entry, treatment)
  return treatment
}

function hasBuiltInBase(prototype: object): boolean {
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at) as object | null) {
    const name = builtinName(at)
    if (name !== undefined && name !== 'Object') return true
  }
  return false
}

function builtIn(value: object, proto: object | null): Treatment | undefined {
  const name = builtinName(proto)
  if (name === 'Object' && isReadable(value)) return PLAIN
  if (name === 'Array' && Array.isArray(value)) return PLAIN
  const kind = name === undefined ? undefined : builtinKind(name, value)
  if (kind) return { inside: kind, of: 'usual' }
  // Its class is a class of its own, though it is but a record.
  if (value === process.env) return PLAIN
  return whole(wholeKind(value))
}

function carried(value: object, proto: object | null): Treatment | undefined {
  if (!isReadable(value)) return undefined
  if (proto === null) return { inside: insideKind(value), of: 'none' }
  const constructor = classAt(proto)
  return constructor && carriesInstances(constructor, value)
    ? { inside: insideKind(value), of: constructor }
    : undefined
}

/** Is nothing about this object out of reach, such as the state of a promise? */
function isReadable(value: object): boolean {
  return !OUT_OF_REACH.some(test => test(value))
}

const OUT_OF_REACH: readonly ((value: object) => boolean)[] = [
  types.isPromise,
  types.isWeakMap,
  types.isWeakSet,
  value => value instanceof WeakRef,
  types.isGeneratorObject,
  types.isMapIterator,
  types.isSetIterator,
  types.isModuleNamespaceObject,
  // Deno has no such test.
  value => types.isExternal?.(value) ?? false,
  types.isArgumentsObject,
]
