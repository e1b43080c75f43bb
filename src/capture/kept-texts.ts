import type { Reference } from './bindings.ts'
import type { FunctionText, TextNode } from './function-node.ts'
import type { Members } from './own.ts'
import type { ParsedFunction } from './parse.ts'
import { recipeOf } from './recipes.ts'
import { isAsBefore, type Watch, watchOf } from './watches.ts'

/*
 * Classes of arguments and results are packed with each of them. What is to be sent of their text is the same each
 * time, as long as nothing else hangs on them.
 */

interface KeptText {
  readonly text: FunctionText
  /** What of the outside it mentions. */
  readonly names: readonly (readonly [name: string, references: readonly Reference[]])[]
  /** What is written in a class. */
  readonly members: Members | undefined
  /** What hangs on it, if that is nothing. */
  readonly hung: Pick<TextNode, 'own' | 'proto'> | undefined
}

const kept = new WeakMap<Function, { readonly known: KeptText; readonly watches: readonly Watch[] }>()
const NOTHING = { own: [], proto: undefined } as const

/** What was kept of a function, if it is as it was. */
export function keptText(fn: Function): KeptText | undefined {
  const { known, watches } = kept.get(fn) ?? {}
  return watches?.every(isAsBefore) ? known : undefined
}

/** Would the next graph be given the same text, whatever else is in it? */
export function isOfItself(fn: Function, { analysis }: ParsedFunction, { text, cells }: TextNode): boolean {
  if (analysis.lexical.this || analysis.importedLiterals.length > 0 || text.settersName) return false
  // What a module exports may be found elsewhere the next time.
  return cells.length === 0 && (text.imported.length === 0 || recipeOf(fn) !== undefined)
}

export function keepText(
  fn: Function,
  { text, own, proto, above }: TextNode,
  names: KeptText['names'],
  members: Members | undefined,
): void {
  const isBare = own.length === 0 && proto === undefined && above === undefined
  const known = { text, names, members, hung: isBare ? NOTHING : undefined }
  const prototype: unknown = fn.prototype
  const watched = typeof prototype === 'object' && prototype !== null ? [fn, prototype] : [fn]
  kept.set(fn, { known, watches: watched.map(watchOf) })
}
