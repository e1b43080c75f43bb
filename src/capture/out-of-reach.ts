import { wayToEntry } from './entry-guard.ts'
import { homeOf } from './home-object.ts'
import { wholeModule } from './modules.ts'
import type { ParsedFunction } from './parse.ts'
import { REFUSALS, type Refusal } from './refusals.ts'
import type { Place } from './scripts.ts'

/**
 * What a function uses of its surroundings that no engine shows and nothing can stand for, if anything.
 * @param url of the file that it is from
 */
export function outOfReach(
  { analysis, form }: ParsedFunction,
  {
    place,
    url,
    hasThis,
  }: { readonly place: Place | undefined; readonly url: string; readonly hasThis: boolean },
): Refusal | undefined {
  const { lexical, eval: evaluates, importedLiterals } = analysis
  if (lexical.this && !hasThis) return REFUSALS.lexicalThis()
  if (lexical.newTarget) return REFUSALS.lexicalNewTarget()
  if (lexical.super) return REFUSALS.homeObject('super', homeOf(form, place))
  if (lexical.privateName) return REFUSALS.homeObject(lexical.privateName, homeOf(form, place))
  if (evaluates) return REFUSALS.eval()
  for (const specifier of url ? importedLiterals : []) {
    const { from, parent } = wholeModule(specifier, url)
    const way = parent === undefined ? wayToEntry(from) : undefined
    if (way) return REFUSALS.wouldRunEntry(way)
  }
  return undefined
}
