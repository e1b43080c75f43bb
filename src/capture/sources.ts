import { readFileSync } from 'node:fs'
import nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'
import { quietly } from './quietly.ts'

const sources = new Map<string, string | undefined>()

/** A file's source as Node runs it without a tool in between: types are replaced by blanks. */
export function readSource(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined
  if (sources.has(url)) return sources.get(url)
  let source: string | undefined
  try {
    source = readFileSync(fileURLToPath(url), 'utf8').replace(/^\uFEFF/, '')
    if (/\.[cm]?ts$/.test(url)) source = stripTypes(source)
  } catch {
    // Gone, or never a file: the engine still has its text.
  }
  sources.set(url, source)
  return source
}

function stripTypes(source: string): string | undefined {
  const { stripTypeScriptTypes } = nodeModule as { stripTypeScriptTypes?: (source: string) => string }
  return stripTypeScriptTypes && quietly(() => stripTypeScriptTypes(source))
}
