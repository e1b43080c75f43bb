import nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'
import { isNode } from '../base/index.ts'
import { stripsTypes } from './file-format.ts'
import { inspectFunction } from './inspect.ts'
import { requireCache } from './require-cache.ts'
import { placeOf, type Script } from './scripts.ts'
import { textOf } from './text.ts'

/*
 * Modules that only this program can load as they are, because a tool in it rewrites files: a test runner, or a
 * loader that was not asked for by a flag, which workers would inherit. What they export goes by value.
 */

/** Flags that workers inherit, with which a loader is there from the start. */
const LOADER =
  /(^|\s)(-r|--require|--import|--loader|--experimental-loader|--experimental-transform-types)(=|\s|$)/
/** What Node may be able to load by itself, if nobody rewrites it. */
const FOR_NODE = /\.(js|mjs|cjs|json|node|wasm)$/
const TYPESCRIPT = /\.[cm]?ts$/

/** Has this process, and has each worker of it, been told to load something before all else? */
export function hasLoader(): boolean {
  const { NODE_OPTIONS = '' } = process.env
  return LOADER.test(NODE_OPTIONS) || process.execArgv.some(flag => LOADER.test(flag))
}

/** Test runners have flags of such a kind that load nothing, and rewrite files all the same. */
export function inheritsLoader(): boolean {
  const { VITEST, JEST_WORKER_ID } = process.env
  return VITEST === undefined && JEST_WORKER_ID === undefined && hasLoader()
}

/** Would a worker load another text, or none, at the address of this script? */
export function onlyHere({ url, rewritten }: Script): boolean {
  if (isOfLoader(url)) return !inheritsLoader()
  if (!isOwnFile(url) || inheritsLoader()) return false
  if (rewritten) return true
  if (FOR_NODE.test(url)) return false
  if (!isForNode(url)) return true
  // The same answer as for the module that it belongs to, whose exports would else be in two places.
  const file = fileURLToPath(url)
  return requireCache[file] !== undefined && onlyHereRequired(file)
}

/** Does Node load files of such a name by itself? */
export function isForNode(name: string): boolean {
  return FOR_NODE.test(name) || (TYPESCRIPT.test(name) && stripsTypes())
}

/** Is this the address of a module that no Node can load without somebody's hooks, such as `virtual:settings`? */
export function isOfLoader(url: string): boolean {
  return isNode && /^[a-z][a-z0-9+.-]+:/i.test(url) && !/^(file|node|data|https?):/i.test(url)
}

/** The same of a CommonJS module of which only the file is known. */
export function onlyHereRequired(file: string): boolean {
  const [ending = ''] = /\.\w+$/.exec(file) ?? []
  if (FOR_NODE.test(file) || inheritsLoader()) return false
  const load = (Reflect.get(nodeModule, '_extensions') as Record<string, Function | undefined>)[ending]
  return !load || !placeOf(textOf(load), inspectFunction(load))?.script.url.startsWith('node:')
}

/** Would a worker load another module for an import of this one, from a script that is itself only here? */
export function importedOnlyHere(script: Script | undefined, target: string): boolean {
  return script !== undefined && isOwnFile(target) && onlyHere(script)
}

function isOwnFile(url: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/')
}
