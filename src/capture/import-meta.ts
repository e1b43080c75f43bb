import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { resolveImport } from './resolve-import.ts'

const metas = new Map<string, object>()

/** What `import.meta` is in a module of this address. */
export function metaOf(url: string): object {
  const known = metas.get(url)
  if (known) return known
  const isFile = url.startsWith('file:')
  const filename = isFile ? fileURLToPath(url) : undefined
  const meta = {
    __proto__: null,
    ...(filename === undefined ? {} : { dirname: path.dirname(filename), filename }),
    resolve: (specifier: string) => resolveFrom(url, specifier),
    url,
  }
  metas.set(url, meta)
  return meta
}

function resolveFrom(parent: string, specifier: string): string {
  const isAddress = /^(\.{0,2}\/|[a-z][a-z0-9+.-]+:)/i.test(specifier)
  return isAddress ? new URL(specifier, parent).href : resolveImport(specifier, parent)
}
