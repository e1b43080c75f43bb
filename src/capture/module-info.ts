import type * as acorn from 'acorn'
import { parseProgram } from './parse.ts'
import type { Analysis } from './bindings.ts'
import { analyse } from './scopes.ts'

/** What a module's source says: what its names are bound to, what it exports, who assigns to what. */
export interface ModuleInfo {
  readonly analysis: Analysis
  /** Local name → what it was imported as. */
  readonly imports: ReadonlyMap<string, ImportBinding>
  readonly exports: readonly ExportEntry[]
}

export interface ImportBinding {
  readonly specifier: string
  /** The exported name there; `*` is the namespace. */
  readonly name: string
  /** `with { type: 'json' }`. */
  readonly attributes: Readonly<Record<string, string>> | undefined
}

export interface ExportEntry {
  readonly exported: string
  /** The module's own name for it, or for `export default <expression>` the place of the expression. */
  readonly local: string | { readonly start: number; readonly end: number }
}

/** Reads a source as the engine ran it. `undefined` when it can't be parsed. */
export function readModule(source: string, sourceType: 'module' | 'script'): ModuleInfo | undefined {
  let program: acorn.Program
  try {
    program = parseProgram(source, sourceType)
  } catch {
    return undefined
  }
  const imports = new Map<string, ImportBinding>()
  const exports: ExportEntry[] = []
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') readImport(statement, imports)
    else if (statement.type === 'ExportNamedDeclaration') readNamedExport(statement, exports)
    else if (statement.type === 'ExportDefaultDeclaration') exports.push(defaultExport(statement.declaration))
  }
  return { analysis: analyse(program), imports, exports }
}

/** Where each line of a text starts. */
export function lineStarts(source: string): number[] {
  const lines = [0]
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lines.push(at + 1)
  return lines
}

/** Line and column of an offset, from where the lines start. All from 0. */
export function placeIn(lines: readonly number[], offset: number): { line: number; column: number } {
  let [low, high] = [0, lines.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lines[middle] as number) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low, column: offset - (lines[low] ?? 0) }
}

function readImport(statement: acorn.ImportDeclaration, imports: Map<string, ImportBinding>): void {
  const specifier = String(statement.source.value)
  const attributes = readAttributes(statement.attributes)
  for (const one of statement.specifiers) {
    const name =
      one.type === 'ImportNamespaceSpecifier'
        ? '*'
        : one.type === 'ImportDefaultSpecifier'
          ? 'default'
          : nameOf(one.imported)
    imports.set(one.local.name, { specifier, name, attributes })
  }
}

function readAttributes(list: readonly acorn.ImportAttribute[] | undefined): ImportBinding['attributes'] {
  if (!list?.length) return undefined
  return Object.fromEntries(list.map(({ key, value }) => [nameOf(key), String(value.value)]))
}

function readNamedExport(statement: acorn.ExportNamedDeclaration, exports: ExportEntry[]): void {
  // A re-export's function lives in another module and is found there.
  if (statement.source) return
  for (const { local, exported } of statement.specifiers) {
    exports.push({ exported: nameOf(exported), local: nameOf(local) })
  }
  const { declaration } = statement
  if (!declaration) return
  if (declaration.type !== 'VariableDeclaration') {
    exports.push({ exported: declaration.id.name, local: declaration.id.name })
    return
  }
  for (const { id } of declaration.declarations) {
    for (const name of patternNames(id)) exports.push({ exported: name, local: name })
  }
}

function defaultExport(declaration: acorn.ExportDefaultDeclaration['declaration']): ExportEntry {
  const named =
    declaration.type === 'Identifier'
      ? declaration
      : declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration'
        ? declaration.id
        : undefined
  const { start, end } = declaration
  return { exported: 'default', local: named ? named.name : { start, end } }
}

function nameOf(node: acorn.Identifier | acorn.Literal): string {
  return node.type === 'Identifier' ? node.name : String(node.value)
}

function patternNames(pattern: acorn.Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap(p => patternNames(p.type === 'RestElement' ? p.argument : p.value))
    case 'ArrayPattern':
      return pattern.elements.flatMap(e => (e ? patternNames(e) : []))
    case 'AssignmentPattern':
      return patternNames(pattern.left)
    case 'RestElement':
      return patternNames(pattern.argument)
    default:
      return []
  }
}
