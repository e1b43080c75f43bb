import type { Reference } from './bindings.ts'
import type { Inspected } from './inspect.ts'

/*
 * Vite and Vitest write `__vite_ssr_import_meta__` for `import.meta`, and put things on it that are data of theirs:
 * `env` above all.
 */

/** What Node puts there by itself, or a worker's own does as well. */
const OF_NODE: ReadonlySet<string> = new Set(['url', 'dirname', 'filename', 'resolve', 'main'])

/** Of what Vite has added, the data that the function uses. */
export function addedMembers(
  meta: object,
  references: readonly Reference[],
  { scopes }: Inspected,
): Record<string, unknown> | undefined {
  const added: Record<string, unknown> = {}
  // Who uses all of it means `env`; what else is there may not be able to travel.
  for (const name of new Set(references.map(({ member }) => member ?? 'env'))) {
    const { value } = Object.getOwnPropertyDescriptor(meta, name) ?? {}
    if (OF_NODE.has(name) || value === undefined || typeof value === 'function') continue
    added[name] = name === 'env' ? { ...(environmentOf(scopes) ?? value) } : value
  }
  return Object.keys(added).length > 0 ? added : undefined
}

/** Where Vitest has it, it reads it from there instead, and no worker of ours has that. */
function environmentOf(scopes: Inspected['scopes']): object | undefined {
  const global = scopes.find(({ description }) => description === 'Global')?.variables
  return (global?.['__vitest_worker__'] as { metaEnv?: object } | undefined)?.metaEnv
}
