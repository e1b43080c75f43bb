import type { FunctionScope, Inspected } from './inspect.ts'
import type { Place } from './scripts.ts'

/** What was found out about a function: where it stands, and the variables that it can see. */
export interface Sight {
  readonly inspected: Inspected
  readonly place: Place | undefined
}

/*
 * Looking into a function costs a tenth of a millisecond, most of a capture. Where each variable that it uses keeps
 * the value of its declaration for ever, one look will do.
 */
const sights = new WeakMap<Function, Sight>()

/** What an earlier look showed, if it still holds. */
export function sightOf(fn: Function): Sight | undefined {
  return sights.get(fn)
}

/** Keeps what was seen, the `used` variables only: nothing else is to be kept alive by it. */
export function keepSight(
  fn: Function,
  { inspected, place }: Sight,
  used: readonly (readonly [scope: number, name: string])[],
): void {
  if (sights.has(fn)) return
  const scopes = inspected.scopes.map((scope, i) => narrowed(scope, i, used))
  sights.set(fn, { inspected: { ...inspected, scopes }, place })
}

function narrowed(
  { description, variables }: FunctionScope,
  index: number,
  used: readonly (readonly [scope: number, name: string])[],
): FunctionScope {
  // The global object is no snapshot.
  if (description === 'Global') return { description, variables }
  const names = used.filter(([scope]) => scope === index)
  return { description, variables: Object.fromEntries(names.map(([, name]) => [name, variables[name]])) }
}
