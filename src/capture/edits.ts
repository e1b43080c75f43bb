import type { Reference } from './bindings.ts'

/** Replaces one stretch of a function's text. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Applies edits that do not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text
  const parts: string[] = []
  let at = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(text.slice(at, edit.start), edit.text)
    at = edit.end
  }
  parts.push(text.slice(at))
  return parts.join('')
}

/** Makes each use of a name an access to a member of something else: `x` to `cell.v`. */
export function accessEdits(references: readonly Reference[], name: string, access: string): Edit[] {
  // A compound assignment refers twice to the same place.
  const places = new Map(references.map(reference => [reference.start, reference]))
  return Array.from(places.values(), ({ start, end, role, shorthand }) => ({
    start,
    end,
    text: shorthand ? `${name}:${access}` : role === 'call' ? `(0,${access})` : access,
  }))
}

/** A name that the text does not mention, as like to `wanted` as can be. */
export function unusedName(wanted: string, text: string): string {
  let name = wanted
  while (text.includes(name)) name += '$'
  return name
}
