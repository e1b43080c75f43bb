import { createRequire } from 'node:module'
import type { Packer } from '../codec/index.ts'
import { lookUp, scopeAt } from './bindings.ts'
import { packText } from './by-value.ts'
import type { FunctionNode } from './function-node.ts'
import type { GraphState } from './graph-state.ts'
import type { Inspected } from './inspect.ts'
import { knownGlobals } from './natives.ts'
import { parseFunction } from './parse.ts'
import { REFUSALS, type Refusal } from './refusals.ts'
import { lineAndColumn, type Place, scriptAt, sourceScript, urlsOnStack } from './scripts.ts'
import { readSource } from './sources.ts'
import { textOf } from './text.ts'

/*
 * Functions in a runtime whose inspector can't be asked (Bun, Deno). Nobody can read their variables there: exports
 * go by reference, where a file that leads to the call imports them; others go as text, if they use nothing but
 * globals and imports.
 */

type Refuse = (refusal: Refusal) => never

export function packBlind(fn: Function, packer: Packer, state: GraphState, refuse: Refuse): FunctionNode {
  return exportSeen(fn) ?? packFreeText(fn, packer, state, refuse)
}

const IMPORT = /^[ \t]*import\s+(?!type\b)[^'"();]*?\bfrom\s*(['"])([^'"\n]+)\1/gm

/** An export of a module that one of the files on the stack imports. Those are loaded, so asking again runs nothing. */
function exportSeen(fn: Function): FunctionNode | undefined {
  for (const url of urlsOnStack()) {
    const require = createRequire(url)
    for (const [, , specifier = ''] of (readSource(url) ?? '').matchAll(IMPORT)) {
      const found = exportOf(fn, specifier, require)
      if (found) return found
    }
  }
  return undefined
}

function exportOf(fn: Function, specifier: string, require: NodeJS.Require): FunctionNode | undefined {
  try {
    const exports = require(specifier) as Readonly<Record<string, unknown>>
    const name = Object.keys(exports).find(key => exports[key] === fn)
    if (name === undefined) return undefined
    const file = require.resolve(specifier)
    return { by: 'export', module: { from: new URL(file, 'file:').href }, name }
  } catch {
    return undefined // Not to be had by `require`: a module with top-level await.
  }
}

function packFreeText(fn: Function, packer: Packer, state: GraphState, refuse: Refuse): FunctionNode {
  const text = textOf(fn)
  const place = placeIn(text)
  const inspected: Inspected = { location: undefined, scopes: [], bound: undefined }
  for (const name of freeNames(text)) {
    const kind = place ? bindingAt(place, name) : undefined
    const isGlobal =
      kind === undefined && (knownGlobals().has(name) || (place !== undefined && name in globalThis))
    if (!isGlobal && kind !== 'import') refuse(REFUSALS.unreadClosure(name))
  }
  const imports = [...(place?.script.info?.imports.keys() ?? [])]
  const variables = Object.fromEntries(imports.map(name => [name, undefined]))
  const module = { description: 'Module', variables }
  return packText(fn, { ...inspected, scopes: [module] }, place ?? nowhere(), packer, state)
}

function freeNames(text: string): readonly string[] {
  try {
    const { analysis, ownName } = parseFunction(text)
    return [...analysis.free.keys()].filter(name => name !== ownName?.name)
  } catch {
    return [] // The next step says what is wrong with it.
  }
}

/** Where the text stands, if it stands in one place of one file on the stack. */
function placeIn(text: string): Place | undefined {
  for (const url of urlsOnStack()) {
    const source = readSource(url)
    const offset = source?.indexOf(text) ?? -1
    if (source === undefined || offset < 0 || source.indexOf(text, offset + 1) >= 0) continue
    return { script: sourceScript(url, source), ...lineAndColumn(source, offset), offset }
  }
  return undefined
}

function nowhere(): Place {
  return { script: scriptAt('', true), line: 0, column: 0, offset: undefined }
}

function bindingAt({ script, offset }: Place, name: string): string | undefined {
  const root = script.info?.analysis.root
  return root && offset !== undefined ? lookUp(scopeAt(root, offset), name)?.kind : undefined
}
