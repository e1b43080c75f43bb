import { pathToFileURL } from 'node:url'
import { parse } from 'acorn'
import type { ProgramOptions, ProgramResult } from '../support/index.ts'
import { runProgram } from '../support/index.ts'

/** A piece of a page that is a program. */
export interface Block {
  readonly line: number
  readonly language: string
  readonly code: string
  /** Given by a first line such as `// primes.mjs`; later blocks of the page can import it. */
  readonly name: string | undefined
  /** What it prints, when a `text` block follows it. */
  readonly prints: string | undefined
  /** Why it is not run: the words of a comment `<!-- not run: … -->` above it. */
  readonly notRun: string | undefined
}

const RUNNABLE = ['js', 'mjs', 'ts', 'javascript', 'typescript']
const FENCE = /^(?:<!-- not run: (.*?) -->\s*\n)?```(\w+)[^\n]*\n(.*?)^```$/gms

/** The programs of a page. */
export function blocksOf(page: string): Block[] {
  const fences = [...page.matchAll(FENCE)]
  return fences.flatMap((match, index) => {
    const [whole, notRun, language = '', code = ''] = match
    if (!RUNNABLE.includes(language)) return []
    const next = fences[index + 1]
    const between = next ? page.slice(match.index + whole.length, next.index) : ''
    // An output belongs to the program just above it, with a sentence between them at most.
    const follows = next?.[2] === 'text' && !between.includes('\n\n\n') && !between.includes('#')
    return {
      line: page.slice(0, match.index).split('\n').length,
      language,
      code,
      name: /^\/\/ (\S+\.[mc]?[jt]s)\b/.exec(code)?.[1],
      prints: follows ? next[3] : undefined,
      notRun,
    }
  })
}

/** One `@example` of a docstring. */
export interface Example {
  readonly line: number
  readonly code: string
}

/** The examples in the docstrings of a source. */
export function examplesOf(source: string): Example[] {
  return [...source.matchAll(/\/\*\*(?:(?!\*\/).)*?@example\b(.*?)\*\//gs)].flatMap(match => {
    const line = source.slice(0, match.index).split('\n').length
    const parts = (match[1] ?? '').split(/^\s*\*?\s*@/m)
    return parts
      .filter((part, index) => index === 0 || part.startsWith('example'))
      .map(part => ({ line, code: withoutMargin(part.replace(/^example\b/, '')) }))
  })
}

function withoutMargin(text: string): string {
  return text
    .replace(/^[ \t]*\*[ \t]?/gm, '')
    .replace(/^```\w*$/gm, '')
    .trim()
}

/**
 * An example as a program: the public names that it uses are imported, and a line `expression   // value` has to
 * give that value. `internal` are the names that only the example's own module exports.
 */
export function exampleProgram(
  code: string,
  names: { publicNames: readonly string[]; internal: readonly string[]; module: string },
): string {
  const used = (name: string): boolean =>
    new RegExp(`(?<![.\\w$])${name}\\b`).test(code) && !isDeclared(code, name)
  const fromPackage = names.publicNames.filter(used)
  const fromModule = names.internal.filter(name => !fromPackage.includes(name) && used(name))
  return [
    "import __assert from 'node:assert/strict'",
    fromPackage.length > 0 ? `import { ${fromPackage.join(', ')} } from 'manycore'` : '',
    fromModule.length > 0
      ? `import { ${fromModule.join(', ')} } from '${pathToFileURL(names.module).href}'`
      : '',
    ...code.split('\n').map(checked),
    '',
  ].join('\n')
}

function isDeclared(code: string, name: string): boolean {
  return new RegExp(`\\b(?:const|let|var|function|class)\\s+${name}\\b|import[^\\n]*\\b${name}\\b`).test(code)
}

/** `1 + 1   // 2` becomes an assertion; any other line stays. */
function checked(line: string): string {
  const [, expression = '', value = ''] = /^(.*\S)\s{2,}\/\/\s*(.+)$/.exec(line) ?? []
  const isCheck = expression !== '' && isExpression(expression) && isExpression(value)
  return isCheck ? `__assert.deepEqual(await (${expression}), (${value}))` : line
}

function isExpression(text: string): boolean {
  return isScript(`(${text}\n)`)
}

/** Is it JavaScript? What is not is taken for TypeScript. */
export function isScript(code: string): boolean {
  try {
    parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowAwaitOutsideFunction: true })
    return true
  } catch {
    return false
  }
}

/** Runs code of a page or docstring, TypeScript through tsx. */
export function runCode(code: string, options: ProgramOptions = {}): Promise<ProgramResult> {
  const script = isScript(code)
  return runProgram(`${code}\n`, {
    name: script ? 'main.mjs' : 'main.mts',
    execArgv: script ? [] : ['--import', import.meta.resolve('tsx')],
    timeout: 30_000,
    ...options,
  })
}
