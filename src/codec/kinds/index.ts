import { types } from 'node:util'
import { type AnyKind, addKind } from '../registry.ts'
import { BOXED, DATE, HEADERS, isHeaders, REGEXP, SEARCH_PARAMS, SYMBOL, URL_KIND } from './atoms.ts'
import { BUFFER, VIEW } from './binary.ts'
import { CLASS } from './class.ts'
import { MAP, SET } from './collections.ts'
import { ERROR } from './error.ts'
import { isError } from './error-form.ts'
import { FORMATTER, isFormatter } from './formatters.ts'
import { CLONEABLE, isCloneable, isMovable, MOVABLE } from './platform.ts'

/*
 * The kinds of things that the language and the platform bring along. They are told apart by what they are inside,
 * not by their prototype, so that an instance of a subclass is found too.
 */

interface Row {
  readonly test: (value: unknown) => boolean
  readonly kind: AnyKind
  /** The built-in classes whose instances it packs. */
  readonly classes: readonly string[]
}

const VIEWS = ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'BigInt64', 'BigUint64']
const FLOATS = ['Float16', 'Float32', 'Float64']

const INSIDE: readonly Row[] = [
  row(types.isMap, MAP, 'Map'),
  row(types.isSet, SET, 'Set'),
  row(types.isDate, DATE, 'Date'),
  row(types.isRegExp, REGEXP, 'RegExp'),
  row(
    value => ArrayBuffer.isView(value),
    VIEW,
    'Buffer',
    'DataView',
    ...[...VIEWS, ...FLOATS].map(name => `${name}Array`),
  ),
  row(types.isAnyArrayBuffer, BUFFER, 'ArrayBuffer', 'SharedArrayBuffer'),
  row(types.isBoxedPrimitive, BOXED, 'Number', 'String', 'Boolean', 'BigInt', 'Symbol'),
  row(value => value instanceof URL, URL_KIND, 'URL'),
  row(value => value instanceof URLSearchParams, SEARCH_PARAMS, 'URLSearchParams'),
]

const WHOLE: readonly Row[] = [
  row(isError, ERROR),
  row(isCloneable, CLONEABLE),
  row(isMovable, MOVABLE),
  row(isHeaders, HEADERS),
  row(isFormatter, FORMATTER),
]

function row(test: (value: unknown) => boolean, kind: { readonly name: string }, ...classes: string[]): Row {
  return { test, kind: kind as AnyKind, classes }
}

for (const { kind } of [...INSIDE, ...WHOLE]) addKind(kind)
addKind(SYMBOL)
addKind(CLASS)

const BY_CLASS: ReadonlyMap<string, Row> = new Map(
  INSIDE.flatMap(entry => entry.classes.map(name => [name, entry] as const)),
)

/** The kind that packs instances of this built-in class, if the value really is one. */
export function builtinKind(className: string, value: object): AnyKind | undefined {
  const entry = BY_CLASS.get(className)
  return entry?.test(value) ? entry.kind : undefined
}

/** The kind that packs what is inside this object, whatever its class. */
export function insideKind(value: object): AnyKind | undefined {
  return INSIDE.find(({ test }) => test(value))?.kind
}

/** The kind that packs this object with its class. */
export function wholeKind(value: object): AnyKind | undefined {
  return WHOLE.find(({ test }) => test(value))?.kind
}
