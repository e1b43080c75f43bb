import { fileURLToPath, pathToFileURL } from 'node:url'
import { runsEntry } from './entry-guard.ts'
import { isEntry } from './entry.ts'
import type { FunctionNode } from './function-node.ts'
import { type Inspected, valueIn } from './inspect.ts'
import type { Looks } from './looks.ts'
import type { ModuleRequest } from './modules.ts'
import { onlyHere, onlyHereRequired } from './only-here.ts'
import { isAllThatItHolds, isReassigned, isReassignedProperty } from './reassigned.ts'
import { requireCache } from './require-cache.ts'
import type { Place } from './scripts.ts'
import { textOf } from './text.ts'

/**
 * Is this function an export of an ordinary module, which the other side can import? Decided without importing
 * anything: an ES module by its own scope and the table of exports in its source, a CommonJS one by
 * `require.cache`.
 */
export function exportNodeOf(
  fn: Function,
  inspected: Inspected,
  place: Place,
  looks: Looks,
): FunctionNode | undefined {
  const { url } = place.script
  if (url === '' || /[?#]/.test(url) || isEntry(url) || onlyHere(place.script)) return undefined
  const module = inspected.scopes.find(scope => scope.description === 'Module')
  const isModule = module !== undefined || place.script.isModule
  const found = isModule ? esExport(fn, module?.variables ?? {}, place) : cjsExport(fn, place, looks)
  return found && !runsEntry(url) ? found : undefined
}

function esExport(
  fn: Function,
  variables: Readonly<Record<string, unknown>>,
  place: Place,
): FunctionNode | undefined {
  const name = exportedWhereWritten(fn, variables, place)
  if (name !== undefined) return { by: 'export', module: { from: place.script.url }, name }
  for (const { exported, local } of place.script.info?.exports ?? []) {
    const isName = typeof local === 'string'
    const same = isName ? isHeldBy(local, fn, variables, place) : local.start === place.offset
    if (same && !(isName && isReassigned(place, local)))
      return { by: 'export', module: { from: place.script.url }, name: exported }
  }
  return undefined
}

/**
 * The engine shows a variable that functions use or that `export { … }` names. To `export default name` it is an
 * expression: the source tells.
 */
function isHeldBy(
  name: string,
  fn: Function,
  variables: Readonly<Record<string, unknown>>,
  place: Place,
): boolean {
  return Object.hasOwn(variables, name) ? valueIn(variables, name) === fn : isAllThatItHolds(place, name)
}

/** The functions that the module of a function exports, as far as they are there. */
export function exportedFunctions(
  { scopes }: Inspected,
  { script }: Place,
  looks: Looks,
): readonly Function[] {
  const module = scopes.find(scope => scope.description === 'Module')
  if (module || script.isModule)
    return (script.info?.exports ?? [])
      .map(({ local }) => (typeof local === 'string' ? valueIn(module?.variables ?? {}, local) : undefined))
      .filter(value => typeof value === 'function')
  const { exports } = (script.url.startsWith('file:') && requireCache[fileURLToPath(script.url)]) || {}
  if (typeof exports === 'function') return [exports]
  return isObject(exports) ? ([...namesIn(exports, looks).keys()] as Function[]) : []
}

/** What may stand on the line before a function that is exported where it is written. */
const EXPORTING = /(?:^|[;}])\s*export\s+(?:(default)\s+|(?:const|let|var)\s+([\w$]+)\s*=\s*)?$/
const DECLARED = /^(?:(?:async\s+)?function\b\s*\*?|class\b)\s*([^\s({]*)/

/**
 * Most exports are told by what stands before the function on its line, without parsing the module. It is a function,
 * so what stands directly before it is no part of a comment or a text.
 */
function exportedWhereWritten(
  fn: Function,
  variables: Readonly<Record<string, unknown>>,
  { script: { source }, offset }: Place,
): string | undefined {
  if (source === undefined || offset === undefined) return undefined
  const [before, isDefault, variable] =
    EXPORTING.exec(source.slice(source.lastIndexOf('\n', offset - 1) + 1, offset)) ?? []
  if (before === undefined) return undefined
  const [, declared] = variable === undefined ? (DECLARED.exec(textOf(fn)) ?? []) : []
  const name = variable ?? declared ?? ''
  // What has a name may hold something else by now.
  if (name !== '') return valueIn(variables, name) === fn ? (isDefault ?? name) : undefined
  return isDefault
}

function cjsExport(fn: Function, place: Place, looks: Looks): FunctionNode | undefined {
  const { url } = place.script
  if (!url.startsWith('file:')) return undefined
  const cached = requireCache[fileURLToPath(url)]
  if (!cached?.loaded) return undefined
  const module: ModuleRequest = { from: url, required: true }
  const { exports } = cached
  const name = exports === fn ? '*' : isObject(exports) ? namesIn(exports, looks).get(fn) : undefined
  if (name === undefined) return undefined
  const { get } = Object.getOwnPropertyDescriptor(exports, name) ?? {}
  return isReassignedProperty(fn, place, name, get) ? undefined : { by: 'export', module, name }
}

/** What a module exports under which name. Of two names for one function, its own, or the first. */
function namesIn(exports: object, { exports: indexes }: Looks): ReadonlyMap<unknown, string> {
  const known = indexes.get(exports)
  if (known) return known
  const names = new Map<unknown, string>()
  for (const key of Object.getOwnPropertyNames(exports)) {
    const value = exportIn(exports, key)
    if (typeof value !== 'function') continue
    const isItsOwn = Object.getOwnPropertyDescriptor(value, 'name')?.value === key
    if (isItsOwn || !names.has(value)) names.set(value, key)
  }
  indexes.set(exports, names)
  return names
}

/** Compilers export by getters; those of other modules are left alone. */
function exportIn(exports: object, key: string): unknown {
  const { value, get } = Object.getOwnPropertyDescriptor(exports, key) ?? {}
  if (!get || (exports as { __esModule?: unknown })['__esModule'] !== true) return value
  try {
    return Reflect.apply(get, exports, [])
  } catch {
    return undefined // Not initialised yet.
  }
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
      if (isObject(value) && !exportsIndex.has(value)) exportsIndex.set(value, file)
    }
  }
  const file = exportsIndex.get(exports)
  if (file === undefined || requireCache[file]?.loaded !== true || onlyHereRequired(file)) return undefined
  const url = pathToFileURL(file).href
  return isEntry(url) || runsEntry(url) ? undefined : { from: url, required: true }
}

const originals = new WeakMap<object, string>()

/**
 * The CommonJS module of which this object is a copy: compilers make one of `import * as all`, with the same members
 * and perhaps a `default` of its own.
 */
export function copiedModule(copy: object): ModuleRequest | undefined {
  let file = originals.get(copy)
  if (file === undefined) {
    file = Object.keys(requireCache).find(name => isCopy(copy, requireCache[name]?.exports)) ?? ''
    originals.set(copy, file)
  }
  const exports = file === '' ? undefined : requireCache[file]?.exports
  return exports === undefined ? undefined : cjsModuleOf(exports as object)
}

function isCopy(copy: object, exports: unknown): boolean {
  if (typeof exports !== 'object' || exports === null || copy === exports) return false
  const keys = Object.keys(exports).filter(key => key !== 'default')
  const own = Object.keys(copy).filter(key => key !== 'default')
  if (keys.length === 0 || keys.length !== own.length || !keys.every((key, i) => key === own[i])) return false
  const values = keys.map(key => exportIn(exports, key))
  return (
    values.some(isObject) && values.every((value, i) => Object.is(value, exportIn(copy, keys[i] as string)))
  )
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
