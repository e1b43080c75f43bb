/*
 * Just enough of a reader for TypeScript sources: comments and the insides of texts are blanked, so that a rule
 * can look for words of code with a regular expression and still give the right line.
 */

/** One `import`, `export … from` or `import()` of a source. */
export interface Import {
  readonly specifier: string
  readonly line: number
  /** `static` runs the other file, before this one; `type` is gone after the build; `dynamic` may run it later. */
  readonly mode: 'static' | 'type' | 'dynamic'
}

/** A source with its comments blanked, and a second time with its texts and regular expressions blanked too. */
export interface Scanned {
  readonly code: string
  readonly bare: string
}

const IMPORT = /\b(?:import|export)\b[^'"`;=()]*?\bfrom\s*(['"])(.*?)\1|\bimport\s*\(?\s*(['"])(.*?)\3/g
/** After one of these, a slash begins a regular expression; after anything else it divides. */
const BEFORE_REGEX =
  /(?:^|[=(,:[!&|?{};+\-*%~^<>\n]|\b(?:return|typeof|case|in|of|do|else|void|await|yield))\s*$/

export function imports(source: Scanned): Import[] {
  return [...source.code.matchAll(IMPORT)]
    .filter(match => source.bare[match.index] === source.code[match.index]) // not inside a text
    .map(match => ({
      specifier: match[2] ?? match[4] ?? '',
      line: lineAt(source.code, match.index),
      mode: modeOf(match[0]),
    }))
}

function modeOf(statement: string): Import['mode'] {
  if (/^import\s*\(/.test(statement)) return 'dynamic'
  return /^(?:import|export)\s+type\b(?!\s*(?:,|from\b))/.test(statement) ? 'type' : 'static'
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

export function scan(text: string): Scanned {
  const code = text.split('')
  const bare = text.split('')
  const blank = (target: string[], from: number, to: number): void => {
    for (let at = from; at < to; at++) if (target[at] !== '\n') target[at] = ' '
  }
  /** For each open `${`, the depth of braces at which it closes. */
  const templates: number[] = []
  let depth = 0
  for (let at = 0; at < text.length; ) {
    const start = at
    const two = text.slice(at, at + 2)
    const one = text[at] ?? ''
    if (two === '//' || two === '/*') {
      const end = text.indexOf(two === '//' ? '\n' : '*/', at + 2)
      at = end < 0 ? text.length : two === '//' ? end : end + 2
      blank(code, start, at)
      blank(bare, start, at)
    } else if (one === "'" || one === '"') {
      at = endOfText(text, at, one)
      blank(bare, start + 1, at - 1)
    } else if (one === '/' && BEFORE_REGEX.test(bare.slice(Math.max(0, at - 40), at).join(''))) {
      at = endOfRegex(text, at)
      blank(bare, start + 1, at - 1)
    } else if (one === '`' || (one === '}' && templates.at(-1) === depth)) {
      if (one === '}') templates.pop()
      at = endOfTemplatePart(text, at + 1)
      if (text[at - 1] === '{') templates.push(depth)
      blank(bare, start + 1, at - 1)
    } else {
      if (one === '{') depth++
      if (one === '}') depth--
      at++
    }
  }
  return { code: code.join(''), bare: bare.join('') }
}

function endOfText(text: string, start: number, quote: string): number {
  let at = start + 1
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfRegex(text: string, start: number): number {
  let inClass = false
  let at = start + 1
  for (; at < text.length && (inClass || text[at] !== '/') && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '[') inClass = true
    else if (text[at] === ']') inClass = false
  }
  return at + 1
}

/** The place after the closing backtick, or after the `${` of the next inserted expression. */
function endOfTemplatePart(text: string, start: number): number {
  let at = start
  while (at < text.length) {
    if (text[at] === '`') return at + 1
    if (text.startsWith('${', at)) return at + 2
    at += text[at] === '\\' ? 2 : 1
  }
  return at
}
