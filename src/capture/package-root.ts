import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isEntry } from './entry.ts'
import { type CachedModule, requireCache } from './require-cache.ts'

/*
 * A CommonJS file inside a package may count on what the package's main file does after it has loaded this one, as
 * where files that need each other are handed to each other. So a worker comes to it as the program came to it.
 */

const roots = new Map<string, string | undefined>()

/** The main file of the package of this file, if the program came to the file by it. */
export function packageRootOf(url: string): string | undefined {
  if (!url.startsWith('file:') || !url.includes('/node_modules/')) return undefined
  if (roots.has(url)) return roots.get(url)
  const first = firstOfPackage(url)
  // While it loads, nobody knows whether it will have loaded.
  if (requireCache[fileURLToPath(first)]?.loaded !== true) return undefined
  const root = first !== url && isMain(first) ? first : undefined
  roots.set(url, root)
  return root
}

function firstOfPackage(url: string): string {
  const { folder } = packageOf(url)
  let first = url
  const seen = new Set<CachedModule>()
  let at = requireCache[fileURLToPath(url)]
  while (at && !seen.has(at)) {
    seen.add(at)
    const address = at.filename === null ? '' : pathToFileURL(at.filename).href
    if (isEntry(address) || packageOf(address).folder !== folder) break
    first = address
    at = at.parent ?? undefined
  }
  return first
}

/** Made to be loaded by others. The first file may also be a program, which must not begin again. */
function isMain(url: string): boolean {
  const file = fileURLToPath(url)
  try {
    return createRequire(file).resolve(packageOf(url).name) === file
  } catch {
    return false
  }
}

/** The innermost one. */
function packageOf(url: string): { readonly folder: string | undefined; readonly name: string } {
  const [folder, name = ''] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? []
  return { folder, name: decodeURIComponent(name) }
}
