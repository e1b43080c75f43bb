import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadExport, ManycoreError } from 'manycore'
import { nearest } from './nearest.ts'
import { type EarlyEnd, unlessEnded } from './unless-ended.ts'
import { WRONG_USAGE, WrongUsage } from './wrong-usage.ts'

/** Which function: enough to load it again in a worker, or to know it again in a later run. */
export interface Target {
  /** A file's full path, a URL, or the name of a package as seen from the current directory. */
  readonly module: string
  readonly name: string
}

/** What the command calls: it is given one input, as text. */
export type TextFunction = (input: string) => unknown

/** Reads `module#export`. */
export function parseReference(reference: string): { specifier: string; name: string | undefined } {
  const hash = reference.lastIndexOf('#')
  if (hash < 0) return { specifier: reference, name: undefined }
  return { specifier: reference.slice(0, hash), name: reference.slice(hash + 1) || undefined }
}

/**
 * Finds the function that `module#export` names, by loading its module here.
 *
 * @throws WrongUsage that says what is there instead.
 */
export async function findTarget(reference: string): Promise<{ target: Target; fn: TextFunction }> {
  const { specifier, name } = parseReference(reference)
  if (specifier === '') {
    throw new WrongUsage(`no module is named by '${reference}'\n  Name the function as module#export.`)
  }
  const path = resolve(specifier)
  const module = existsSync(path) ? path : specifier
  try {
    const loaded = await unlessEnded(whileLoading(specifier), () => loadExport(module, name))
    return { target: { module, name: loaded.name }, fn: loaded.fn as TextFunction }
  } catch (error) {
    if (!(error instanceof ManycoreError)) throw error
    throw new WrongUsage(explainFailure(error, specifier, name ?? 'default'), { cause: error })
  }
}

/** The function of a target that was found elsewhere. */
export async function loadTarget({ module, name }: Target): Promise<TextFunction> {
  try {
    return (await loadExport(module, name)).fn as TextFunction
  } catch (error) {
    // What the module itself threw says more.
    throw error instanceof ManycoreError && error.cause ? error.cause : error
  }
}

function whileLoading(specifier: string): EarlyEnd {
  return {
    exitCode: WRONG_USAGE,
    ended: `the module ${specifier} ended the command while it was being loaded\n  Put the function into a module that does nothing else when it is loaded.`,
    stuck: `the module ${specifier} can't be loaded: it waits at its top level for something that never comes`,
  }
}

/** The library speaks to programs; here a person has mistyped something. */
function explainFailure(error: ManycoreError, specifier: string, name: string): string {
  switch (error.code) {
    case 'EXPORT_NOT_FOUND':
      return noSuchExport(specifier, name, String(Reflect.get(error, 'exports')))
    case 'NOT_A_FUNCTION':
      return `${name} of ${specifier} is no function: it is ${String(Reflect.get(error, 'got')).replace(/ there$/, '')}`
    case 'MODULE_NOT_FOUND':
      return noSuchModule(specifier, error.cause)
    default:
      return error.message
  }
}

function noSuchExport(specifier: string, name: string, exports: string): string {
  const names = exports.split(', ')
  // Nothing was asked for by name: a default export is there, and several functions beside it.
  if (names.includes(name)) return `the default export of ${specifier} is no function\n  It has ${exports}.`
  const wanted = name === 'default' ? 'no default export' : `no export ${name}`
  const meant = nearest(name, names)
  return `${specifier} has ${wanted}${meant ? `; did you mean ${meant}?` : ''}\n  It has ${exports}.`
}

const TYPESCRIPT_TROUBLE = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
])

function noSuchModule(specifier: string, cause: unknown): string {
  if (!(cause instanceof Error)) return `the module ${specifier} can't be loaded: ${String(cause)}`
  const code = Reflect.get(cause, 'code')
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  // It may be there and import another that is not; then the reason tells.
  if (
    isMissing &&
    !existsSync(resolve(specifier)) &&
    cause.message.includes(specifier.replace(/^\.\//, ''))
  ) {
    return `can't find the module ${specifier}\n  There is no file ${resolve(specifier)}, and no package of that name here.`
  }
  if (/\.[cm]?tsx?$/.test(specifier) && TYPESCRIPT_TROUBLE.has(String(code))) {
    return (
      `Node ${process.versions.node} can't load the TypeScript of ${specifier}: ${cause.message.split('\n')[0]}\n` +
      '  Node 22.18 or newer loads erasable TypeScript as it is. For any TypeScript, install tsx and run\n' +
      '  NODE_OPTIONS="--import tsx" manycore map …   Or compile it first and name the .js file.'
    )
  }
  return `the module ${specifier} can't be loaded: ${cause.message}`
}
