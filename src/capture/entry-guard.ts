import { isEntry } from './entry.ts'
import { readSource } from './scripts.ts'

/** Does importing this module run the entry script, because the module imports it directly or through others? */
export function runsEntry(url: string): boolean {
  return wayToEntry(url) !== undefined
}

const known = new Map<string, readonly string[] | undefined>()

/** The chain of imports from a module to the entry script, both included. */
export function wayToEntry(url: string): readonly string[] | undefined {
  if (known.has(url)) return known.get(url)
  const way = search(url, new Set())
  known.set(url, way)
  return way
}

function search(url: string, seen: Set<string>): readonly string[] | undefined {
  if (isEntry(url)) return [url]
  if (seen.has(url) || url.includes('/node_modules/')) return undefined
  seen.add(url)
  const source = readSource(url)
  if (source === undefined) return undefined
  for (const specifier of specifiersIn(source)) {
    for (const target of targets(specifier, url)) {
      const way = search(target, seen)
      if (way) return [url, ...way]
    }
  }
  return undefined
}

const IMPORTS = /\b(?:from|import)\s*(["'])([^"'\n]+)\1|\brequire\(\s*(["'])([^"'\n]+)\3\s*\)/g

/*
 * Relative specifiers of the imports that run when the module is loaded, found without a parse: a program's
 * whole tree is searched. A match inside a comment does no harm unless it names the entry itself.
 */
function specifiersIn(source: string): Set<string> {
  const found = new Set<string>()
  for (const match of source.matchAll(IMPORTS)) {
    const specifier = match[2] ?? match[4]
    if (specifier && /^(\.{0,2}\/|file:)/.test(specifier)) found.add(specifier)
  }
  return found
}

function targets(specifier: string, parent: string): string[] {
  const { href } = new URL(specifier, parent)
  if (/\.[cm]?[jt]sx?$/.test(href)) return [href, href.replace(/js(x?)$/, 'ts$1')]
  return [href, `${href}.js`, `${href}.cjs`, `${href}.ts`, `${href}/index.js`, `${href}/index.ts`]
}
