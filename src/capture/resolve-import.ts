import { readFileSync, realpathSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/*
 * What the name of a package means to an import: Node's algorithm, as its documentation of ES modules gives it. Node
 * itself offers it to real modules only, and `require.resolve` takes what a package keeps for `require`.
 */

type Target = string | null | readonly Target[] | { readonly [condition: string]: Target }

interface Package {
  readonly folder: string
  readonly name?: unknown
  readonly main?: unknown
  readonly exports?: Target
  readonly imports?: { readonly [name: string]: Target }
}

/** The address that `import.meta.resolve(specifier)` gives in the module `parent`, for what is no address itself. */
export function resolveImport(specifier: string, parent: string): string {
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`
  const around = packageAround(path.dirname(fileURLToPath(parent)))
  if (specifier.startsWith('#')) {
    const found = around && matchIn(around.imports ?? {}, specifier, around)
    return found ?? fail('ERR_PACKAGE_IMPORT_NOT_DEFINED', `"${specifier}" is not defined`, parent)
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const subpath = `.${specifier.slice(name.length)}`
  const isItself = around?.name === name && around.exports !== undefined
  const found = isItself ? around : installed(name, path.dirname(fileURLToPath(parent)))
  if (!found) return fail('ERR_MODULE_NOT_FOUND', `Cannot find package '${name}'`, parent)
  if (found.exports == null)
    return subpath === '.' ? mainOf(found, parent) : real(path.join(found.folder, subpath))
  const address = matchIn(subpathsOf(found.exports), subpath, found)
  return address ?? fail('ERR_PACKAGE_PATH_NOT_EXPORTED', `"${specifier}" is not exported`, parent)
}

function fail(code: string, what: string, parent: string): never {
  throw Object.assign(new Error(`${what} imported from ${fileURLToPath(parent)}`), { code })
}

function readPackage(folder: string): Package | undefined {
  try {
    const content = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as object
    return { ...content, folder }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function packageAround(folder: string): Package | undefined {
  if (path.basename(folder) === 'node_modules') return undefined
  const above = path.dirname(folder)
  return readPackage(folder) ?? (above === folder ? undefined : packageAround(above))
}

function installed(name: string, from: string): Package | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const found = path.join(folder, 'node_modules', name)
    if (isKind(found, 'isDirectory')) return readPackage(found) ?? { folder: found }
    if (path.dirname(folder) === folder) return undefined
  }
}

function mainOf({ folder, main }: Package, parent: string): string {
  const wanted = typeof main === 'string' ? [main, `${main}.js`, `${main}.json`, `${main}.node`] : []
  const inFolder =
    typeof main === 'string' ? ['js', 'json', 'node'].map(ending => `${main}/index.${ending}`) : []
  const files = [...wanted, ...inFolder, 'index.js', 'index.json', 'index.node']
  const found = files.map(file => path.join(folder, file)).find(file => isKind(file, 'isFile'))
  return found ? real(found) : fail('ERR_MODULE_NOT_FOUND', `Cannot find package '${folder}'`, parent)
}

function isKind(name: string, kind: 'isFile' | 'isDirectory'): boolean {
  return statSync(name, { throwIfNoEntry: false })?.[kind]() === true
}

function subpathsOf(exports: Target): { readonly [subpath: string]: Target } {
  const isMap = typeof exports === 'object' && exports !== null && !Array.isArray(exports)
  const keys = isMap ? Object.keys(exports) : []
  return keys.some(key => key.startsWith('.')) ? (exports as { [subpath: string]: Target }) : { '.': exports }
}

/** Finds a name as it is, else by the pattern that says most of it. */
function matchIn(
  table: { readonly [name: string]: Target },
  name: string,
  found: Package,
): string | undefined {
  if (Object.hasOwn(table, name) && !name.includes('*')) {
    return targetOf(table[name] as Target, '', found) ?? undefined
  }
  const patterns = Object.keys(table).filter(key => {
    const [before = '', after] = key.split('*')
    return after !== undefined && name.startsWith(before) && name.endsWith(after) && name.length >= key.length
  })
  const [best] = patterns.toSorted((a, b) => b.indexOf('*') - a.indexOf('*') || b.length - a.length)
  if (best === undefined) return undefined
  const [before = '', after = ''] = best.split('*')
  const star = name.slice(before.length, name.length - after.length)
  return targetOf(table[best] as Target, star, found) ?? undefined
}

/** `null` where the package says that there is nothing, `undefined` where it says nothing. */
function targetOf(target: Target, star: string, found: Package): string | null | undefined {
  if (target === null) return null
  if (typeof target === 'string') {
    const specifier = target.replaceAll('*', star)
    if (specifier.startsWith('./')) return real(path.join(found.folder, specifier))
    return resolveImport(specifier, pathToFileURL(path.join(found.folder, 'package.json')).href)
  }
  if (Array.isArray(target)) {
    const all = (target as readonly Target[]).map(one => targetOf(one, star, found))
    return all.find(one => one != null) ?? all.at(-1)
  }
  for (const [condition, then] of Object.entries(target)) {
    if (condition !== 'default' && !conditions().has(condition)) continue
    const address = targetOf(then, star, found)
    if (address !== undefined) return address
  }
  return undefined
}

let own: ReadonlySet<string> | undefined

/** What Node takes of a package for an import, with what the user has asked for. */
function conditions(): ReadonlySet<string> {
  if (own) return own
  const flags = `${process.env['NODE_OPTIONS'] ?? ''} ${process.execArgv.join(' ')}`
  const asked = Array.from(
    flags.matchAll(/(?:^|\s)(?:-C|--conditions)(?:=|\s+)(\S+)/g),
    ([, name]) => name as string,
  )
  const { require_module: modules } = process.features as { require_module?: unknown }
  own = new Set(['node', 'import', 'node-addons', ...(modules ? ['module-sync'] : []), ...asked])
  return own
}

/** Node follows links; what is not there keeps its name. */
function real(file: string): string {
  try {
    return pathToFileURL(realpathSync(file)).href
  } catch {
    return pathToFileURL(file).href
  }
}
