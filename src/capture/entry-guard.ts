import { isEntry } from './entry.ts'
import { readSource } from './sources.ts'

/** Does importing this module run the entry script, because the module imports it directly or through others? */
export function runsEntry(url: string): boolean {
  return wayToEntry(url) !== undefined
}

const ways = new Map<string, readonly string[] | undefined>()

/** The chain of imports from a module to the entry script, both included. */
export function wayToEntry(url: string): readonly string[] | undefined {
  if (!ways.has(url)) ways.set(url, search(url, runAtLoad))
  return ways.get(url)
}

const suspects = new Map<string, boolean>()

/** May code of this module, or of one that it imports, import the entry script while it runs? In doubt: yes. */
export function mayImportEntry(url: string): boolean {
  const known = suspects.get(url)
  if (known !== undefined) return known
  const may = search(url, source => [...runAtLoad(source), ...runLater(source)]) !== undefined
  suspects.set(url, may)
  return may
}

/** A specifier that only the running program knows. */
const COMPUTED = Symbol('computed')
type Specifiers = (source: string) => Iterable<string | typeof COMPUTED>

function search(
  url: string,
  specifiersIn: Specifiers,
  seen = new Set<string>(),
): readonly string[] | undefined {
  if (isEntry(url)) return [url]
  if (seen.has(url) || url.includes('/node_modules/')) return undefined
  seen.add(url)
  const source = readSource(url)
  if (source === undefined) return undefined
  for (const specifier of specifiersIn(source)) {
    if (specifier === COMPUTED) return [url]
    for (const target of targets(specifier, url)) {
      const way = search(target, specifiersIn, seen)
      if (way) return [url, ...way]
    }
  }
  return undefined
}

const IMPORTS = /\b(?:from|import)\s*(["'])([^"'\n]+)\1|\brequire\(\s*(["'])([^"'\n]+)\3\s*\)/g
const LATER = /\b(?:import|require)\s*\(\s*(?:(["'])([^"'\n]+)\1\s*[,)])?/g

/*
 * Relative specifiers of the imports that run when the module is loaded, found without a parse: a program's
 * whole tree is searched. A match inside a comment does no harm unless it names the entry itself.
 */
function runAtLoad(source: string): Set<string> {
  const found = Array.from(source.matchAll(IMPORTS), match => match[2] ?? match[4] ?? '')
  return new Set(found.filter(isRelative))
}

/** The same of `import()`. */
function runLater(source: string): Set<string | typeof COMPUTED> {
  const found = Array.from(source.matchAll(LATER), match => match[2] ?? COMPUTED)
  return new Set(found.filter(one => one === COMPUTED || isRelative(one)))
}

function isRelative(specifier: string): boolean {
  return /^(\.{0,2}\/|file:)/.test(specifier)
}

function targets(specifier: string, parent: string): string[] {
  const { href } = new URL(specifier, parent)
  if (/\.[cm]?[jt]sx?$/.test(href)) return [href, href.replace(/js(x?)$/, 'ts$1')]
  return [href, `${href}.js`, `${href}.cjs`, `${href}.ts`, `${href}/index.js`, `${href}/index.ts`]
}
