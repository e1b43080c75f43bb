import { type Binding, isStrict, type Reference } from './bindings.ts'
import type { FunctionScope } from './inspect.ts'
import { recipeOf } from './recipes.ts'
import type { Place, Script } from './scripts.ts'

/** A name that a function does not declare, as it was found in the scopes around. */
export interface Found {
  readonly value: unknown
  readonly scope: number
  readonly isModule: boolean
  /** It is no variable of a script's top level, which others see too. */
  readonly isOwn: boolean
}

/** `undefined`: it is a global, or nothing. */
export function findName(
  scopes: readonly FunctionScope[],
  name: string,
  read: (variables: FunctionScope['variables']) => unknown,
): Found | undefined {
  for (let scope = 0; scope < scopes.length; scope++) {
    const { description, variables } = scopes[scope] as FunctionScope
    if (description === 'Global') return undefined
    if (!Object.hasOwn(variables, name)) continue
    const isOwn = description !== 'Script'
    return { value: read(variables), scope, isModule: description === 'Module', isOwn }
  }
  return undefined
}

/** Has this variable the one value for ever? Those of a function that was rebuilt here are its own. */
export function keepsValue(
  fn: Function,
  { value, isOwn }: Found,
  binding: Binding | undefined,
  place: Place | undefined,
  references: readonly Reference[] = [],
): boolean {
  if (!recipeOf(fn)) return isFixed(value, binding, place?.script)
  return isOwn && value !== undefined && !references.some(r => r.write)
}

/** Its declaration gives this variable the one value it ever has, and has run: before that, it may read as `undefined`. */
function isFixed(value: unknown, binding: Binding | undefined, script: Script | undefined): boolean {
  const analysis = script?.info?.analysis
  if (!analysis || analysis.eval || analysis.with || !binding) return false
  if (binding.writes > 0 || binding.declarations > 1 || !binding.settled) return false
  // Another module may assign to it.
  if (binding.kind === 'import') return false
  if (binding.kind !== 'param') return value !== undefined
  // Through `arguments` too.
  return script.isModule || isStrict(analysis.root)
}

/** May a variable be assigned to, beside its declaration, as far as its source tells? */
export function mayChange(binding: Binding | undefined, place: Place | undefined): boolean {
  return binding === undefined || binding.writes > 0 || place?.script.info?.analysis.eval === true
}
