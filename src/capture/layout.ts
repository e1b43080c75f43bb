import type { Edit } from './edits.ts'
import { tokensOf } from './parse.ts'
import type { Place, Script } from './scripts.ts'
import type { MapPlace, WrittenPlace } from './source-maps.ts'

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

/** By where the text starts and ends: closures of one function have the same. */
const layouts = new WeakMap<Script, Map<string, Layout | undefined>>()

/** `undefined`: the text stands where it was written, or in a package, whose sources nobody here has. */
export function layoutOf(text: string, place: Place | undefined): Layout | undefined {
  const map = place?.script.map
  if (!map || place.script.url.includes('/node_modules/')) return undefined
  const ofScript = layouts.get(place.script) ?? new Map<string, Layout | undefined>()
  layouts.set(place.script, ofScript)
  const key = `${place.line} ${place.column} ${text.length}`
  if (!ofScript.has(key)) ofScript.set(key, layOut(text, place, map))
  return ofScript.get(key)
}

function layOut(text: string, place: Place, map: MapPlace): Layout | undefined {
  let compiled: { line: number; column: number } = place
  const start = map(compiled.line, compiled.column)
  if (!start?.url.startsWith('file:')) return undefined
  const edits: Edit[] = []
  let { line, column } = start
  let end = 0
  let before: Before = { text: '', label: '', line: -1 }
  for (const token of tokensOf(text)) {
    const gap = text.slice(end, token.start)
    compiled = advance(gap, compiled.line, compiled.column)
    const target = map(compiled.line, compiled.column)
    const known = target?.url === start.url ? target : undefined
    const edit = known && mayBreak(before, token) ? gapEdit(known, before, gap, { line, column }) : undefined
    const blanks = edit === undefined ? gap : edit.joined ? edit.text : gap + edit.text
    if (edit) edits.push({ start: edit.joined ? end : token.start, end: token.start, text: edit.text })
    ;({ line, column } = advance(blanks, line, column))
    before = { text: text.slice(token.start, token.end), label: token.label, line: known?.line ?? -1 }
    ;({ line, column } = advance(before.text, line, column))
    compiled = advance(before.text, compiled.line, compiled.column)
    end = token.end
  }
  return { url: start.url, line: start.line, column: start.column, edits }
}

interface Before {
  readonly text: string
  readonly label: string
  /** Where it was written; -1: nobody knows. */
  readonly line: number
}

function mayBreak(before: Before, next: { label: string }): boolean {
  if (before.text === '' || IN_TEMPLATE.has(before.label) || IN_TEMPLATE.has(next.label)) return false
  return !NO_BREAK_AFTER.has(before.text) && !NO_BREAK_BEFORE.has(next.label)
}

/**
 * The blanks before a token: more of them, or, where the compiler broke a line that was one, `joined` ones instead of
 * the break. What stood on one line needed no break to mean what it means.
 */
function gapEdit(
  target: WrittenPlace,
  before: Before,
  gap: string,
  at: { line: number; column: number },
): { text: string; joined: boolean } | undefined {
  const joined =
    target.line === before.line && target.line <= at.line && gap.includes('\n') && gap.trim() === ''
  if (joined) return { text: ' '.repeat(Math.max(1, target.column - at.column)), joined }
  const { line, column } = advance(gap, at.line, at.column)
  const text = blanksTo(target, line, column)
  return text === '' ? undefined : { text, joined }
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
