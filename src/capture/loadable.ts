import { statSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isNode } from '../base/index.ts'
import { withoutQuery } from './entry.ts'
import type { ModuleRequest } from './modules.ts'
import { inheritsLoader, isForNode, isOfLoader } from './only-here.ts'

/*
 * Imports that only a loader of this program understands: virtual modules, aliases, files of other kinds. Node does not
 * say which loaders there are, so each import is held against what Node itself would do. Each is asked about once.
 */

const known = new Map<string, boolean>()

/** Does a worker, which has none of the loaders that this program registered itself, find the module? */
export function isLoadable({ from, parent }: ModuleRequest): boolean {
  if (!isNode || isBuiltin(from) || inheritsLoader()) return true
  const key = parent === undefined ? from : `${packageName(from)} ${path.dirname(parent)}`
  const answer = known.get(key) ?? (parent === undefined ? isThere(from) : isInstalled(from, parent))
  known.set(key, answer)
  return answer
}

function isThere(url: string): boolean {
  if (!url.startsWith('file:')) return !isOfLoader(url)
  const file = fileURLToPath(withoutQuery(url))
  const isNamed = path.extname(file) === '' || isForNode(file)
  return isNamed && statSync(file, { throwIfNoEntry: false })?.isFile() === true
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** What `package.json` names with a `#` is Node's own business. */
function isInstalled(specifier: string, parent: string): boolean {
  if (specifier.startsWith('#')) return true
  if (!parent.startsWith('file:')) return false
  const name = packageName(specifier)
  const file = fileURLToPath(withoutQuery(parent))
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const installed = path.join(folder, 'node_modules', name)
    if (statSync(installed, { throwIfNoEntry: false })?.isDirectory()) return true
    if (path.dirname(folder) === folder) return isResolved(specifier, file)
  }
}

/** A package's own name, or a folder that the environment tells. */
function isResolved(specifier: string, file: string): boolean {
  try {
    createRequire(file).resolve(specifier)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND'
  }
}
