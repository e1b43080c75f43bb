import { readFileSync } from 'node:fs'
import nodeModule from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/*
 * From the code that runs to the code that was written. Node reads the maps; we only find them.
 */

/** A place in a file that somebody wrote, from 0. */
export interface WrittenPlace {
  readonly url: string
  readonly line: number
  readonly column: number
  /** What stands there was called, where a minifier gave it another name. */
  readonly name?: string
}

export type MapPlace = (line: number, column: number) => WrittenPlace | undefined

/** Test runners have brackets and comments of their own behind it. */
const COMMENT = /^\/\/[#@] ?sourceMappingURL=(\S+)(?:\s|[})\];]|\/\/[^\n]*)*$/
const INLINE = /^data:application\/json[^,]*?(;base64)?,(.*)$/s

/** Reads the map that a source names on its last line. `undefined`: none, or not to be had. */
export function sourceMapOf(source: string, url: string): MapPlace | undefined {
  const tail = source.lastIndexOf('sourceMappingURL=')
  const target = tail < 0 ? undefined : COMMENT.exec(source.slice(source.lastIndexOf('//', tail)))?.[1]
  if (target === undefined || !url.startsWith('file:')) return undefined
  try {
    const at = INLINE.test(target) ? url : new URL(target, url).href
    const payload = JSON.parse(readTarget(target, at)) as ConstructorParameters<
      typeof nodeModule.SourceMap
    >[0]
    const map = new nodeModule.SourceMap(payload)
    return (line, column) => {
      const found = map.findEntry(line, column) as unknown as Readonly<Record<string, unknown>>
      const { originalSource, originalLine, originalColumn, name } = found
      const exact = found['generatedLine'] === line && found['generatedColumn'] === column
      if (typeof originalSource !== 'string') return undefined
      return {
        url: resolve(originalSource, at),
        line: Number(originalLine),
        column: Number(originalColumn),
        ...(exact && typeof name === 'string' ? { name } : {}),
      }
    }
  } catch {
    return undefined
  }
}

function readTarget(target: string, at: string): string {
  const inline = INLINE.exec(target)
  if (!inline) return readFileSync(fileURLToPath(at), 'utf8')
  const [, base64, data = ''] = inline
  return base64 ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data)
}

function resolve(source: string, at: string): string {
  return path.isAbsolute(source) ? pathToFileURL(source).href : new URL(source, at).href
}
