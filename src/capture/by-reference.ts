import { fileURLToPath, pathToFileURL } from 'node:url'
import { runsEntry } from './entry-guard.ts'
import { isEntry } from './entry.ts'
import type { FunctionNode } from './function-node.ts'
import type { Inspected } from './inspect.ts'
import type { ModuleRequest } from './modules.ts'
import { requireCache } from './require-cache.ts'
import type { Place } from './scripts.ts'

/**
 * Is this function an export of an ordinary module, which the other side can import? Decided without importing
 * anything: an ES module by its own scope and the table of exports in its source, a CommonJS one by
 * `require.cache`.
 */
export function exportNodeOf(fn: Function, inspected: Inspected, place: Place): FunctionNode | undefined {
  const { url } = place.script
  if (url === '' || /[?#]/.test(url) || isEntry(url)) return undefined
  const module = inspected.scopes.find(scope => scope.description === 'Module')
  const found = module ? esExport(fn, module.variables, place) : cjsExport(fn, url)
  return found && !runsEntry(url) ? found : undefined
}

function esExport(
  fn: Function,
  variables: Readonly<Record<string, unknown>>,
  place: Place,
): FunctionNode | undefined {
  for (const { exported, local } of place.script.info?.exports ?? []) {
    const same = typeof local === 'string' ? valueIn(variables, local) === fn : local.start === place.offset
    if (same) return { by: 'export', module: { from: place.script.url }, name: exported }
  }
  return undefined
}

function valueIn(variables: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return Object.hasOwn(variables, name) ? variables[name] : undefined
  } catch {
    return undefined // Not initialised yet.
  }
}

function cjsExport(fn: Function, url: string): FunctionNode | undefined {
  if (!url.startsWith('file:')) return undefined
  const cached = requireCache[fileURLToPath(url)]
  if (!cached?.loaded) return undefined
  const module: ModuleRequest = { from: url, required: true }
  if (cached.exports === fn) return { by: 'export', module, name: '*' }
  if (typeof cached.exports !== 'object' && typeof cached.exports !== 'function') return undefined
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(cached.exports ?? {}))) {
    if (property.value === fn) return { by: 'export', module, name: key }
  }
  return undefined
}

let exportsIndex = new WeakMap<object, string>()
let indexed = 0

/** The CommonJS file whose `module.exports` this object is. The entry's can't be had elsewhere. */
export function cjsModuleOf(exports: object): ModuleRequest | undefined {
  const files = Object.keys(requireCache)
  if (files.length !== indexed) {
    indexed = files.length
    exportsIndex = new WeakMap()
    for (const file of files) {
      const value = requireCache[file]?.exports
      if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
        if (!exportsIndex.has(value)) exportsIndex.set(value, file)
      }
    }
  }
  const file = exportsIndex.get(exports)
  if (file === undefined || requireCache[file]?.loaded !== true) return undefined
  const url = pathToFileURL(file).href
  return isEntry(url) || runsEntry(url) ? undefined : { from: url, required: true }
}
