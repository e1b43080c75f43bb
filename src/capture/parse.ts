import type * as acorn from 'acorn'
import { createRequire } from 'node:module'
import type { Analysis } from './bindings.ts'
import { type ClassBody, classBody } from './class-body.ts'
import { analyse } from './scopes.ts'

/** How a function was written, which decides how its text is evaluated again. */
export type Form = 'function' | 'arrow' | 'class' | 'method'

/** What a function's text alone says about it. Offsets count from the start of the text. */
export interface ParsedFunction {
  readonly form: Form
  readonly analysis: Analysis
  /** The name between `function` or `class` and what follows. */
  readonly ownName: { readonly name: string; readonly start: number; readonly end: number } | undefined
  /** A class's `extends` expression. */
  readonly heritage: { readonly start: number; readonly end: number } | undefined
  /** A method's computed key, brackets included: its expression belongs to the object literal around it. */
  readonly computedKey: { readonly start: number; readonly end: number } | undefined
  readonly accessor: 'get' | 'set' | undefined
  readonly members: ClassBody | undefined
}

let parserClass: typeof acorn.Parser | undefined

/**
 * Our own bundle has a bare `require` in this place, which is of no meaning in Node but which a user's bundler
 * follows, so that a single-executable application holds the parser too.
 */
declare const requireForBundlers: ((name: 'acorn') => typeof acorn) | undefined

/** Loaded at the first parse: importing manycore must cost next to nothing. */
function parser(): typeof acorn.Parser {
  parserClass ??= loadParser().Parser.extend(trusting)
  return parserClass
}

/**
 * What is parsed has been run, so no name is declared twice and none is missing. To look for each one among all others
 * takes seconds for a bundle, which has tens of thousands on its top level.
 */
function trusting(Base: typeof acorn.Parser): typeof acorn.Parser {
  return class extends Base {
    declareName(): void {}
    checkLocalExport(): void {}
  }
}

function loadParser(): typeof acorn {
  try {
    return createRequire(import.meta.url)('acorn') as typeof acorn
  } catch (error) {
    // Not beside us: bundled. Tried last, because `node -e` and the REPL have a `require` of their own, from elsewhere.
    if (typeof requireForBundlers !== 'function') throw error
    return requireForBundlers('acorn')
  }
}

const OPTIONS = {
  ecmaVersion: 'latest',
  allowImportExportEverywhere: true,
  allowReturnOutsideFunction: true,
  allowSuperOutsideMethod: true,
  checkPrivateFields: false,
  allowHashBang: true,
} as const

/** Texts are few and captured again and again; a program that makes new ones without end must not fill memory. */
const MOST_TEXTS = 2000
const parsed = new Map<string, ParsedFunction>()

/** Parses what `Function.prototype.toString` gave. Throws acorn's `SyntaxError`. */
export function parseFunction(text: string): ParsedFunction {
  const known = parsed.get(text)
  if (known) return known
  const made = parseText(text)
  if (parsed.size >= MOST_TEXTS) parsed.clear()
  parsed.set(text, made)
  return made
}

/** The tokens of a function's text, comments left out. */
export function tokensOf(text: string): { start: number; end: number; label: string }[] {
  const around = parseFunction(text).form === 'method' ? AS_METHOD : AS_EXPRESSION
  const tokens: { start: number; end: number; label: string }[] = []
  const [{ length: shift }] = around
  parseWithin(text, around, ({ start, end, type }) => {
    if (start >= shift && end <= shift + text.length && type.label !== 'eof') {
      tokens.push({ start: start - shift, end: end - shift, label: type.label })
    }
  })
  return tokens
}

/** Parses a module's or script's whole source. */
export function parseProgram(text: string, sourceType: 'module' | 'script'): acorn.Program {
  return parser().parse(text, { ...OPTIONS, sourceType, allowAwaitOutsideFunction: sourceType === 'module' })
}

// The function around makes `new.target` and lexical `this` parse; what they refer to is reported, not lost.
const AS_EXPRESSION = ['(function(){(', ')})'] as const
const AS_METHOD = ['(function(){({', '})})'] as const

function parseText(text: string): ParsedFunction {
  try {
    return describe(parseWithin(text, AS_EXPRESSION), AS_EXPRESSION[0].length)
  } catch (asExpression) {
    try {
      return describe(parseWithin(text, AS_METHOD), AS_METHOD[0].length)
    } catch {
      throw asExpression
    }
  }
}

function parseWithin(
  text: string,
  [before, after]: readonly [string, string],
  onToken?: (token: acorn.Token) => void,
): acorn.AnyNode {
  const program = parser().parse(before + text + after, {
    ...OPTIONS,
    sourceType: 'script',
    ...(onToken ? { onToken } : {}),
  })
  const outer = (program.body[0] as acorn.ExpressionStatement).expression as acorn.FunctionExpression
  const inner = (outer.body.body[0] as acorn.ExpressionStatement).expression
  if (inner.type !== 'ObjectExpression' || before === AS_EXPRESSION[0]) return inner
  return inner.properties[0] as acorn.Property
}

function describe(node: acorn.AnyNode, shift: number): ParsedFunction {
  const move = (part: { start: number; end: number }) => ({
    start: part.start - shift,
    end: part.end - shift,
  })
  const analysis = shifted(analyse(node), shift)
  const base = { analysis, ownName: undefined, heritage: undefined, computedKey: undefined }
  const rest = { accessor: undefined, members: undefined }
  switch (node.type) {
    case 'ArrowFunctionExpression':
      return { ...base, ...rest, form: 'arrow' }
    case 'FunctionExpression':
      return { ...base, ...rest, form: 'function', ownName: named(node.id, move) }
    case 'ClassExpression': {
      const heritage = node.superClass ? move(node.superClass) : undefined
      return {
        ...base,
        ...rest,
        form: 'class',
        ownName: named(node.id, move),
        heritage,
        members: classBody(node, shift),
      }
    }
    case 'Property': {
      const accessor = node.kind === 'init' ? undefined : node.kind
      // The brackets may have space or comments inside, but nothing that belongs to the key stands outside them.
      const computedKey = node.computed
        ? { start: node.key.start - shift, end: node.key.end - shift }
        : undefined
      return { ...base, ...rest, form: 'method', accessor, computedKey }
    }
    default:
      throw new SyntaxError(`unexpected ${node.type}`)
  }
}

function named(
  id: acorn.Identifier | null | undefined,
  move: (part: acorn.Identifier) => { start: number; end: number },
) {
  return id ? { name: id.name, ...move(id) } : undefined
}

/** The analysis with offsets that count from the function's own text. */
function shifted(analysis: Analysis, shift: number): Analysis {
  const free: Analysis['free'] = new Map()
  for (const [name, references] of analysis.free) {
    free.set(
      name,
      references.map(r => ({ ...r, start: r.start - shift, end: r.end - shift })),
    )
  }
  const importMeta = analysis.importMeta.map(m => ({ start: m.start - shift, end: m.end - shift }))
  return { ...analysis, free, importMeta }
}
