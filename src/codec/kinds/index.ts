import { types } from 'node:util'
import { addKind, type AnyKind } from '../registry.ts'
import { BOXED, DATE, HEADERS, REGEXP, SEARCH_PARAMS, SYMBOL, URL_KIND } from './atoms.ts'
import { BUFFER, VIEW } from './binary.ts'
import { CLASS } from './class.ts'
import { MAP, SET } from './collections.ts'
import { ERROR, isError } from './error.ts'
import { CLONEABLE, MOVABLE } from './platform.ts'

/*
 * The kinds of things that the language and the platform bring along. They are told apart by what they are inside,
 * not by their prototype, so that an instance of a subclass is found too.
 */

const INSIDE: readonly (readonly [test: (value: unknown) => boolean, kind: AnyKind])[] = [
  row(types.isMap, MAP),
  row(types.isSet, SET),
  row(types.isDate, DATE),
  row(types.isRegExp, REGEXP),
  row(ArrayBuffer.isView, VIEW),
  row(types.isAnyArrayBuffer, BUFFER),
  row(types.isBoxedPrimitive, BOXED),
  row(URL_KIND.claims, URL_KIND),
  row(SEARCH_PARAMS.claims, SEARCH_PARAMS),
]

/** Those that answer for their class too: nothing is added to them. */
const WHOLE: readonly (readonly [test: (value: unknown) => boolean, kind: AnyKind])[] = [
  row(isError, ERROR),
  row(CLONEABLE.claims, CLONEABLE),
  row(MOVABLE.claims, MOVABLE),
  row(HEADERS.claims, HEADERS),
]

function row(
  test: (value: unknown) => boolean,
  kind: object,
): readonly [(value: unknown) => boolean, AnyKind] {
  return [test, kind as AnyKind]
}

for (const kind of [
  MAP,
  SET,
  DATE,
  REGEXP,
  VIEW,
  BUFFER,
  BOXED,
  ERROR,
  URL_KIND,
  SEARCH_PARAMS,
  SYMBOL,
  CLASS,
]) {
  addKind(kind as AnyKind)
}
for (const kind of [CLONEABLE, MOVABLE, HEADERS]) addKind(kind as AnyKind)

/** The kind that packs what is inside this object, whatever its class. */
export function contentKindOf(value: object): AnyKind | undefined {
  return INSIDE.find(([test]) => test(value))?.[1]
}

/** The kind that packs this object with its class. */
export function wholeKindOf(value: object): AnyKind | undefined {
  return WHOLE.find(([test]) => test(value))?.[1]
}
