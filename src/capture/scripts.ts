import { callsAbove, scriptUrl } from './call-stack.ts'
import { type Inspected, listScripts, scriptSource, withDebugger } from './inspect.ts'
import { lineStarts, type ModuleInfo, placeIn, readModule } from './module-info.ts'
import { isCounted } from './coverage.ts'
import { shownPlaces } from './shown-stacks.ts'
import { isModuleFile } from './script-kind.ts'
import { readSource } from './sources.ts'
import { type MapPlace, sourceMapOf } from './source-maps.ts'

/** One script of the engine: a module, a CommonJS file, or text that was evaluated. */
export interface Script {
  readonly scriptId: string
  /** Its address; empty for evaluated text. */
  readonly url: string
  readonly isModule: boolean
  /** It is not what stands at its address. */
  readonly rewritten: boolean
  /** The text as the engine runs it, where it could be had. */
  readonly source: string | undefined
  /** Where each line of the source starts. */
  readonly lines: readonly number[]
  /** Its import table and scopes, parsed at the first question. */
  readonly info: ModuleInfo | undefined
  /** From its places to those in what the user wrote, where a source map tells. */
  readonly map: MapPlace | undefined
}

/** Where a function's text starts. Lines and columns count from 0. */
export interface Place {
  readonly script: Script
  readonly line: number
  readonly column: number
  /** Offset in the script's source, where that is known. */
  readonly offset: number | undefined
}

/** A program may evaluate new text without end. */
const MOST_SCRIPTS = 5000
const scripts = new Map<string, LoadedScript>()
/** Addresses that a listing gave. */
const urls = new Map<string, string>()

class LoadedScript implements Script {
  readonly scriptId: string
  readonly url: string
  readonly source: string | undefined
  readonly isModule: boolean
  readonly rewritten: boolean
  #map: MapPlace | undefined | null = null
  #info: ModuleInfo | undefined | null = null
  #lines: readonly number[] | undefined

  constructor(
    scriptId: string,
    url: string,
    source: string | undefined,
    isModule: boolean,
    rewritten = false,
  ) {
    this.scriptId = scriptId
    this.url = url
    this.source = source
    this.isModule = isModule
    this.rewritten = rewritten
  }

  get map(): MapPlace | undefined {
    if (this.#map === null) {
      this.#map = this.source === undefined ? undefined : sourceMapOf(this.source, this.url)
      if (this.rewritten) this.#map ??= shownPlaces(this.url)
    }
    return this.#map
  }

  get lines(): readonly number[] {
    this.#lines ??= lineStarts(this.source ?? '')
    return this.#lines
  }

  get info(): ModuleInfo | undefined {
    if (this.#info === null) {
      this.#info =
        this.source === undefined ? undefined : readModule(this.source, this.isModule ? 'module' : 'script')
    }
    return this.#info
  }
}

/** A script of which only the address is known: a function that was rebuilt here says where it was written. */
export function scriptAt(url: string, isModule: boolean): Script {
  return new LoadedScript('', url, undefined, isModule)
}

/** The script of a file, where nobody asks the engine. */
export function sourceScript(url: string, source: string): Script {
  return new LoadedScript('', url, source, true)
}

/** Finds the script of a function and the place of its text in it. */
export function placeOf(text: string, inspected: Inspected): Place | undefined {
  const at = inspected.location
  if (!at) return undefined
  let script = scripts.get(at.scriptId)
  if (!script) {
    const isModule = inspected.scopes.some(scope => scope.description === 'Module')
    script = load(at, text, isModule)
    if (scripts.size >= MOST_SCRIPTS) scripts.clear()
    scripts.set(at.scriptId, script)
  }
  const offset = script.source === undefined ? undefined : locate(script.source, text, at, script.lines)
  if (offset === undefined) return { script, line: at.line, column: guessColumn(text, at.column), offset }
  return { script, ...placeIn(script.lines, offset), offset }
}

/** The offset of a function's text in its source, if it stands there. The engine names a place inside it. */
function locate(
  source: string,
  text: string,
  { line, column }: Pick<At, 'line' | 'column'>,
  lines?: readonly number[],
): number | undefined {
  const inside = (lines ? (lines[line] ?? source.length) : offsetOf(source, line)) + column
  const offset = source.lastIndexOf(text, inside)
  return offset >= 0 && inside <= offset + text.length ? offset : undefined
}

function offsetOf(source: string, line: number): number {
  let offset = 0
  for (let i = 0; i < line; i++) {
    offset = source.indexOf('\n', offset) + 1
    if (offset === 0) return source.length
  }
  return offset
}

/** Line and column of an offset, both from 0. */
export function lineAndColumn(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset)
  const lines = lineStarts(before)
  return { line: lines.length - 1, column: offset - (lines.at(-1) ?? 0) }
}

/** The engine points at the parameter list of `function f(`. */
function guessColumn(text: string, column: number): number {
  const before = /^(?:async\s+)?function\b[^(\n]*/.exec(text)?.[0].length ?? 0
  return Math.max(0, column - before)
}

type At = NonNullable<Inspected['location']>

/*
 * Asked in order of cost: the files on the stack (the function is most often written where it is passed),
 * a listing that costs a few milliseconds and misses some scripts, the Debugger.
 */
function load(at: At, text: string, isModule: boolean): LoadedScript {
  for (const url of urlsOnStack()) {
    const source = readSource(url)
    if (source !== undefined && locate(source, text, at) !== undefined) {
      return new LoadedScript(at.scriptId, url, source, isModule || isModuleFile(url, source))
    }
  }
  // What `new Function` made is from no file; each listing costs more the more of them there are.
  if (/^(async )?function\*? anonymous\(/.test(text))
    return new LoadedScript(at.scriptId, '', undefined, isModule)
  if (!urls.has(at.scriptId)) for (const { scriptId, url } of listScripts()) urls.set(scriptId, url)
  const url = urls.get(at.scriptId)
  const source = url === undefined ? undefined : readSource(url)
  if (url !== undefined && source !== undefined && locate(source, text, at) !== undefined) {
    return new LoadedScript(at.scriptId, url, source, isModule || isModuleFile(url, source))
  }
  // Evaluated text has no address. While coverage is measured, the Debugger would spoil its counts.
  if (url === '' || (url === undefined && isCounted())) {
    return new LoadedScript(at.scriptId, '', undefined, isModule)
  }
  return withDebugger(found => {
    for (const [id, one] of found) if (!urls.has(id)) urls.set(id, one.url)
    const asModule = isModule || found.get(at.scriptId)?.isModule === true
    const address = urls.get(at.scriptId) ?? ''
    const asWritten = address === '' ? undefined : readSource(address)
    // The listing may have missed it.
    if (asWritten !== undefined && locate(asWritten, text, at) !== undefined)
      return new LoadedScript(at.scriptId, address, asWritten, asModule)
    return new LoadedScript(at.scriptId, address, scriptSource(at.scriptId), asModule, address !== '')
  })
}

const OWN_FILES = new URL('../', import.meta.url).href

/** The files of the calls that led here, nearest first, without this library's and Node's own. */
export function urlsOnStack(): string[] {
  const found = callsAbove(30).map(site => scriptUrl(site.getFileName() ?? ''))
  return [...new Set(found)].filter(url => url.startsWith('file:') && !url.startsWith(OWN_FILES))
}
