import { createError } from '../../base/index.ts'
import type { Kind } from '../kind.ts'
import { builtinName } from '../realm.ts'
import { symbolId, symbolOf } from './symbol-origins.ts'

/*
 * Objects that hold nothing which could point back at them.
 */

export const DATE: Kind<Date, number> = {
  name: 'date',
  claims: () => false,
  pack: date => Date.prototype.getTime.call(date),
  make: time => new Date(time),
}

export const REGEXP: Kind<RegExp, readonly [source: string, flags: string, lastIndex: number]> = {
  name: 'regexp',
  claims: () => false,
  pack: regexp => [regexp.source, regexp.flags, regexp.lastIndex],
  make([source, flags, lastIndex]) {
    const regexp = new RegExp(source, flags)
    regexp.lastIndex = lastIndex
    return regexp
  },
}

/** `Object(1)`, `Object('a')`, `Object(Symbol())`: rare, but then on purpose. */
export const BOXED: Kind<object> = {
  name: 'boxed',
  claims: () => false,
  pack: (boxed, packer) => [packer.slot(boxed.valueOf(), '')],
  make: (payload, unpacker) => Object(unpacker.value((payload as [never])[0])) as object,
}

type SymbolPayload = readonly [how: 'for' | 'known' | 'own', text: string | undefined, id?: string]

/** The well-known ones and those of `Symbol.for` are the same there; any other is one of its own, the same each time. */
export const SYMBOL: Kind<symbol, SymbolPayload> = {
  name: 'symbol',
  claims: () => false,
  pack(symbol) {
    const key = Symbol.keyFor(symbol)
    if (key !== undefined) return ['for', key]
    const known = WELL_KNOWN.get(symbol)
    return known === undefined ? ['own', symbol.description, symbolId(symbol)] : ['known', known]
  },
  make([how, text, id]) {
    if (how === 'for') return Symbol.for(text as string)
    if (how === 'own') return symbolOf(id as string, text)
    const known: unknown = (Symbol as unknown as Record<string, unknown>)[text as string]
    if (typeof known !== 'symbol') throw createError('INTERNAL', { what: `there is no Symbol.${text}` })
    return known
  },
}

const WELL_KNOWN = new Map<symbol, string>()
for (const name of Object.getOwnPropertyNames(Symbol)) {
  const value: unknown = (Symbol as unknown as Record<string, unknown>)[name]
  if (typeof value === 'symbol') WELL_KNOWN.set(value, name)
}

export const URL_KIND: Kind<URL, string> = {
  name: 'url',
  claims: () => false,
  pack: url => url.href,
  make: href => new URL(href),
}

export const SEARCH_PARAMS: Kind<URLSearchParams, string> = {
  name: 'search-params',
  claims: () => false,
  pack: params => params.toString(),
  make: text => new URLSearchParams(text),
}

export const HEADERS: Kind<Headers, readonly [string, string][]> = {
  name: 'headers',
  claims: isHeaders,
  pack: headers => [...headers],
  make: entries => new Headers(entries as [string, string][]),
}

/** By name first: touching the global loads the whole of fetch. */
export function isHeaders(value: unknown): boolean {
  return builtinName(Object.getPrototypeOf(value) as object | null) === 'Headers'
}
