import type { Edit } from './edits.ts'
import { tokensOf } from './parse.ts'
import type { Place } from './scripts.ts'
import { showsWritten, type WrittenPlace } from './source-maps.ts'

/*
 * A function that a compiler wrote gets the layout of its source back: blanks and line breaks between its tokens,
 * so that each stands at the line and, where there is room, the column that the user knows. Then stacks are right
 * by themselves, in every thread, without a map.
 */

/** Where the function stands in what the user wrote, and the blanks that put it there. */
export interface Layout extends WrittenPlace {
  readonly edits: readonly Edit[]
}

/** A line break after or before these would mean something else. */
const NO_BREAK_AFTER = new Set([
  'return',
  'throw',
  'break',
  'continue',
  'yield',
  'async',
  'get',
  'set',
  'static',
])
const NO_BREAK_BEFORE = new Set(['=>', '++', '--', '++/--'])
const IN_TEMPLATE = new Set(['template', '`', 'invalidTemplate'])

/** `undefined`: the text stands where it was written, or the program shows its stacks as they run. */
export function layoutOf(text: string, place: Place | undefined): Layout | undefined {
  const map = place?.script.map
  if (!map || !showsWritten()) return undefined
  const written = (offset: number): WrittenPlace | undefined => {
    const { line, column } = advance(text.slice(0, offset), place.line, place.column)
    return map(line, column)
  }
  const start = written(0)
  if (!start) return undefined
  const edits: Edit[] = []
  let { line, column } = start
  let end = 0
  let before = { text: '', label: '' }
  for (const token of tokensOf(text)) {
    const gap = text.slice(end, token.start)
    ;({ line, column } = advance(gap, line, column))
    const target = written(token.start)
    if (target?.url === start.url && mayBreak(before, token)) {
      const blanks = blanksTo(target, line, column)
      if (blanks) {
        edits.push({ start: token.start, end: token.start, text: blanks })
        ;({ line, column } = advance(blanks, line, column))
      }
    }
    before = { text: text.slice(token.start, token.end), label: token.label }
    ;({ line, column } = advance(before.text, line, column))
    end = token.end
  }
  return { ...start, edits }
}

function mayBreak(before: { text: string; label: string }, next: { label: string }): boolean {
  if (before.text === '' || IN_TEMPLATE.has(before.label) || IN_TEMPLATE.has(next.label)) return false
  return !NO_BREAK_AFTER.has(before.text) && !NO_BREAK_BEFORE.has(next.label)
}

function blanksTo(target: WrittenPlace, line: number, column: number): string {
  if (target.line > line) return '\n'.repeat(target.line - line) + ' '.repeat(target.column)
  return target.line === line && target.column > column ? ' '.repeat(target.column - column) : ''
}

function advance(text: string, line: number, column: number): { line: number; column: number } {
  const breaks = text.split('\n')
  if (breaks.length === 1) return { line, column: column + text.length }
  return { line: line + breaks.length - 1, column: (breaks.at(-1) ?? '').length }
}
