import { declaringScope, type Scope, scopeAt } from './bindings.ts'
import type { Place } from './scripts.ts'

/*
 * What the source says of a captured variable's declaration, by which two functions that use one of its name can be
 * told to share it or not.
 */

export interface Declaration {
  /** The script and the place in it. */
  readonly key: string
  /** It runs once only, so there is one such variable. Of a script that is no module: unless the script runs again. */
  readonly once: boolean
  /** Variables beside it whose values no other run of the declaration has given. */
  readonly witnesses: readonly string[]
  /** The declaration that takes a value apart into this and other variables, in the same way as `key`. */
  readonly pattern: string | undefined
}

/** The declaration of a name that the function at a place uses, where its source could be read. */
export function declarationOf(name: string, place: Place | undefined): Declaration | undefined {
  const { script, offset } = place ?? {}
  const root = script?.info?.analysis.root
  const scope = root && offset !== undefined ? declaringScope(scopeAt(root, offset), name) : undefined
  const binding = scope?.bindings.get(name)
  if (!script || !scope || !binding) return undefined
  return {
    key: `${script.scriptId} ${binding.start}`,
    once: scope.once,
    witnesses: witnessesIn(scope),
    pattern: binding.pattern === undefined ? undefined : `${script.scriptId} ${binding.pattern}`,
  }
}

const witnesses = new WeakMap<Scope, readonly string[]>()

function witnessesIn(scope: Scope): readonly string[] {
  // The rounds of a loop hand their values on.
  if (scope.kind === 'loop') return []
  const known = witnesses.get(scope)
  if (known) return known
  const found = Array.from(scope.bindings.values())
    .filter(
      ({ fresh, settled, writes, declarations }) => fresh && settled && writes === 0 && declarations === 1,
    )
    .map(({ name }) => name)
  witnesses.set(scope, found)
  return found
}
