import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { nearest } from './nearest.ts'
import { WrongUsage } from './wrong-usage.ts'

/** Where a function lives: enough to import it again in a worker, or to know it again in a later run. */
export interface Target {
  /** URL of its module: `file:`, or `node:` for a built-in. */
  readonly module: string
  /** Name of the export; `default` for the default one. */
  readonly name: string
}

type AnyFunction = (...args: never[]) => unknown

/** Reads `module#export`; without `#export`, the default export is meant. */
export function parseReference(reference: string): { specifier: string; name: string } {
  const hash = reference.lastIndexOf('#')
  if (hash < 0 || hash === reference.length - 1)
    return { specifier: reference.replace(/#$/, ''), name: 'default' }
  return { specifier: reference.slice(0, hash), name: reference.slice(hash + 1) }
}

/**
 * Finds the function that `module#export` names: a path relative to the current directory, a URL, or a package.
 * Imports its module to be sure that the function is there.
 *
 * @throws WrongUsage that says what is there instead.
 */
export async function findTarget(reference: string): Promise<Target> {
  const { specifier, name } = parseReference(reference)
  const module = resolveModule(specifier)
  let exports: Record<string, unknown>
  try {
    exports = await import(module)
  } catch (error) {
    throw new WrongUsage(cannotLoad(specifier, module, error), { cause: error })
  }
  if (!functionIn(exports, name)) throw new WrongUsage(noSuchExport(specifier, name, exports))
  return { module, name }
}

/** The function of a target, imported here. For workers: the target was checked where it was made. */
export async function loadTarget(target: Target): Promise<(input: string) => unknown> {
  const found = functionIn(await import(target.module), target.name)
  if (!found) throw new WrongUsage(`${target.module} has no function ${target.name} here`)
  return found as unknown as (input: string) => unknown
}

/** CommonJS modules that fill `module.exports` in a way Node can't foresee have their members on `default` only. */
function functionIn(exports: Record<string, unknown>, name: string): AnyFunction | undefined {
  const inside = exports['default'] as Record<string, unknown> | null | undefined
  const value = name in exports ? exports[name] : isObject(inside) ? inside[name] : undefined
  return typeof value === 'function' ? (value as AnyFunction) : undefined
}

/** A file of that name wins over a package, so that `manycore map work.js` needs no `./`. */
function resolveModule(specifier: string): string {
  if (/^(file|node|data):/.test(specifier)) return specifier
  const path = resolve(specifier)
  if (existsSync(path) || /^\.{0,2}[\\/]/.test(specifier)) return pathToFileURL(path).href
  return resolvePackage(specifier) ?? pathToFileURL(path).href
}

/** Looked up from the current directory, where the user is, and not from here. */
function resolvePackage(specifier: string): string | undefined {
  try {
    const found = createRequire(join(process.cwd(), 'manycore')).resolve(specifier)
    return found.startsWith('/') || /^[a-z]:\\/i.test(found)
      ? pathToFileURL(found).href
      : `node:${found.replace(/^node:/, '')}`
  } catch {
    return undefined
  }
}

const TYPESCRIPT_TROUBLE = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
])

function cannotLoad(specifier: string, module: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  const code = isObject(error) ? error['code'] : undefined
  const missing = module.startsWith('file:') && !existsSync(new URL(module))
  if (missing)
    return `can't find the module ${specifier}\n  There is no file ${resolve(specifier)}, and no package of that name here.`
  if (/\.[cm]?tsx?$/.test(module) && TYPESCRIPT_TROUBLE.has(String(code))) {
    return (
      `Node ${process.versions.node} can't load the TypeScript of ${specifier}: ${reason.split('\n')[0]}\n` +
      '  Node 22.18 or newer loads erasable TypeScript as it is. For any TypeScript, install tsx and run\n' +
      '  NODE_OPTIONS="--import tsx" manycore map …   Or compile it first and name the .js file.'
    )
  }
  return `the module ${specifier} can't be loaded: ${reason}`
}

function noSuchExport(specifier: string, name: string, exports: Record<string, unknown>): string {
  const inside = exports['default']
  const all = { ...(isObject(inside) ? inside : {}), ...exports }
  if (name in all) {
    return `${name} of ${specifier} is ${kindOf(all[name])}, and a function is needed${functionsOf(all)}`
  }
  const near = nearest(name, Object.keys(all))
  const wanted = name === 'default' ? 'no default export' : `no export ${name}`
  return `${specifier} has ${wanted}${near ? `; did you mean ${near}?` : ''}${functionsOf(all)}`
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function functionsOf(all: Record<string, unknown>): string {
  const names = Object.keys(all).filter(name => typeof all[name] === 'function')
  if (names.length === 0) return '\n  It exports no function.'
  return `\n  Its functions: ${names.join(', ')}. Name one after a #: module#${names[0]}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' || typeof value === 'function') && value !== null
}
