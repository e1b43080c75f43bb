import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * What tells a target's module from all others, wherever the command is run: its full URL, links followed. Of a package
 * it is the folder that Node finds it in, and what follows its name: which of its files is loaded is its own affair.
 */
export function addressOf(module: string): string {
  if (module.startsWith('file:')) return fileAddress(module)
  if (/^(node|data):/.test(module)) return module
  if (isAbsolute(module) || /^\.{0,2}[/\\]/.test(module))
    return fileAddress(pathToFileURL(resolve(module)).href)
  return isBuiltin(module) ? `node:${module}` : packageAddress(module)
}

function fileAddress(address: string): string {
  const url = new URL(address)
  const { search, hash } = url
  url.search = url.hash = ''
  return real(fileURLToPath(url)) + search + hash
}

function real(path: string): string {
  try {
    return pathToFileURL(realpathSync(path)).href
  } catch {
    // A loader may know what is meant by a name that no file has.
    return pathToFileURL(path).href
  }
}

/** As Node looks: a package may know itself by its name and own names that begin with #; then the folders upward. */
function packageAddress(module: string): string {
  const [name = module] = /^(@[^/]+\/)?[^/]+/.exec(module) ?? []
  const folders = foldersUpward(process.cwd())
  const scope = folders.find(folder => existsSync(join(folder, 'package.json')))
  if (scope !== undefined && name.startsWith('#')) return `${real(scope)}/${module}`
  if (scope !== undefined && isNamed(scope, name)) return real(scope) + module.slice(name.length)
  const found = folders.map(folder => join(folder, 'node_modules', name)).find(folder => existsSync(folder))
  // Only a loader of the user's own knows it, and may look from here.
  if (found === undefined) return `${module} from ${real(process.cwd())}`
  return real(found) + module.slice(name.length)
}

function foldersUpward(from: string): string[] {
  const above = dirname(from)
  return above === from ? [from] : [from, ...foldersUpward(above)]
}

/** A package is found by its own name only if it says what it exports. */
function isNamed(folder: string, name: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
    return manifest['name'] === name && manifest['exports'] !== undefined
  } catch {
    return false
  }
}
