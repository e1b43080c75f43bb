import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { createError, describe } from '../base/index.ts'
import { exportError, importRequest, type ModuleRequest, moduleError } from './modules.ts'

/** A function found in a module by name. */
export interface LoadedExport {
  /** It, as the module exports it. */
  readonly fn: (...args: never[]) => unknown
  /** The name that it is exported under. */
  readonly name: string
}

/**
 * Imports a module by path or package name and gives one of its functions: the named one; without a name the default
 * export, or the only function there is.
 * Errors: `WRONG_OPTION`, `MODULE_NOT_FOUND`, `EXPORT_NOT_FOUND` (naming the exports there are), `NOT_A_FUNCTION`.
 */
export async function loadExport(module: string, name?: string): Promise<LoadedExport> {
  if (typeof module !== 'string') {
    const [got, expected] = [describe(module), 'a path, a file: URL as a text, or the name of a package']
    throw createError('WRONG_OPTION', { where: 'loadExport', option: 'module', got, expected })
  }
  const request = requestOf(module)
  const namespace = await importRequest(request).catch((cause: unknown) => {
    throw moduleError(request, cause)
  })
  const exports = exportsOf(namespace as Record<string, unknown>)
  const wanted = name ?? onlyFunction(exports)
  if (wanted === undefined || !Object.hasOwn(exports, wanted)) {
    throw exportError(module, wanted ?? 'default', exports)
  }
  const fn = exports[wanted]
  if (typeof fn !== 'function') {
    throw createError('NOT_A_FUNCTION', { where: `${module}#${wanted}`, got: `${typeof fn} there` })
  }
  return { fn: fn as LoadedExport['fn'], name: wanted }
}

/**
 * Node imports CommonJS with all of it as the `default`. What a compiler has made of an ES module has a `default` of its
 * own in there, and names that Node does not find in the text.
 */
function exportsOf(namespace: Record<string, unknown>): Record<string, unknown> {
  const whole = namespace['default'] as Record<string, unknown>
  const isCompiled = typeof whole === 'object' && whole?.['__esModule'] === true
  if (!isCompiled) return namespace
  const ownNames = Object.keys(namespace).filter(key => key !== 'default' && key !== 'module.exports')
  return ownNames.every(key => Object.hasOwn(whole, key)) ? whole : namespace
}

function onlyFunction(exports: Record<string, unknown>): string | undefined {
  if (typeof exports['default'] === 'function') return 'default'
  const functions = Object.keys(exports).filter(
    key => key !== 'module.exports' && typeof exports[key] === 'function',
  )
  return functions.length === 1 ? functions[0] : undefined
}

/** A path where it looks like one or a file is there; else the name of a package as this folder sees it. */
function requestOf(module: string): ModuleRequest {
  if (/^(file|node|data):/.test(module)) return { from: module }
  if (/^\.{0,2}[/\\]/.test(module) || path.isAbsolute(module) || existsSync(module)) {
    return { from: pathToFileURL(path.resolve(module)).href }
  }
  return { from: module, parent: pathToFileURL(path.join(process.cwd(), 'manycore.js')).href }
}
