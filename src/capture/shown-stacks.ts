import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { MapPlace, WrittenPlace } from './source-maps.ts'

/*
 * Some tools keep the maps of what they rewrite to themselves and put the user's lines into each stack by
 * `Error.prepareStackTrace`. Then a stack of one call tells where something was written.
 */

/** Asks the program's own way to show stacks. `undefined`: it has none. */
export function shownPlaces(url: string): MapPlace | undefined {
  if (typeof Error.prepareStackTrace !== 'function' || !url.startsWith('file:')) return undefined
  return (line, column) => {
    for (const file of [url, fileURLToPath(url)]) {
      const shown = show(file, line, column)
      if (shown && (shown.line !== line || shown.column !== column)) return shown
    }
    return undefined
  }
}

const PLACE = /(file:\/\/\/[^\s()]+|(?:[a-z]:)?[/\\][^()\n]*?):(\d+):(\d+)\)?\s*$/i

function show(file: string, line: number, column: number): WrittenPlace | undefined {
  try {
    const sites = [new Site(file, line + 1, column + 1)] as unknown as NodeJS.CallSite[]
    const text: unknown = Error.prepareStackTrace?.(new Error('where'), sites)
    const [, found, ...place] = PLACE.exec(String(text)) ?? []
    if (found === undefined) return undefined
    const url = path.isAbsolute(found) ? pathToFileURL(found).href : found
    return { url, line: Number(place[0]) - 1, column: Number(place[1]) - 1 }
  } catch {
    return undefined
  }
}

/** What V8 gives for one call of a stack. */
class Site {
  readonly #file: string
  readonly #line: number
  readonly #column: number

  constructor(file: string, line: number, column: number) {
    this.#file = file
    this.#line = line
    this.#column = column
  }
  getFileName(): string {
    return this.#file
  }
  getScriptNameOrSourceURL(): string {
    return this.#file
  }
  getLineNumber(): number {
    return this.#line
  }
  getColumnNumber(): number {
    return this.#column
  }
  toString(): string {
    return `${this.#file}:${this.#line}:${this.#column}`
  }
}

// What the call was of does not matter: nothing is known of it.
for (const name of [
  ...['getThis', 'getTypeName', 'getFunction', 'getFunctionName', 'getMethodName', 'getEvalOrigin'],
  ...['isToplevel', 'isEval', 'isNative', 'isConstructor', 'isAsync', 'isPromiseAll', 'getPromiseIndex'],
]) {
  const answer = name === 'isToplevel' ? true : name.startsWith('is') ? false : null
  Object.defineProperty(Site.prototype, name, { value: () => answer, enumerable: true })
}
