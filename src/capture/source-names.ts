import { type Binding, lookUp, scopeAt } from './bindings.ts'
import { placeIn } from './module-info.ts'
import type { Place, Script } from './scripts.ts'

/*
 * What the source says of the names that a function captures, as the user wrote it.
 */

/** The binding that a captured name has in its source, where that could be read. */
export function bindingAt(place: Place | undefined, name: string): Binding | undefined {
  const { script, offset } = place ?? {}
  const root = script?.info?.analysis.root
  return root && offset !== undefined ? lookUp(scopeAt(root, offset), name) : undefined
}

/** What the user called a variable that a minifier gave another name. */
export function writtenName(place: Place | undefined, name: string): string {
  const { script } = place ?? {}
  const binding = script?.map && bindingAt(place, name)
  if (!binding || !script?.info) return name
  const { line, column } = placeIn(script.lines, binding.start)
  return script.map?.(line, column)?.name ?? name
}

/** Where the variable is declared; if that is not known, where the function is. */
export function declaredAt(place: Place | undefined, name: string): string | undefined {
  const { script } = place ?? {}
  const binding = bindingAt(place, name)
  if (!binding || script?.source === undefined) return writtenAt(place)
  const { line, column } = placeIn(script.lines, binding.start)
  return lineOf(script, line, column)
}

/** Where the function is. */
export function writtenAt(place: Place | undefined): string | undefined {
  return place?.script.url ? lineOf(place.script, place.line, place.column) : undefined
}

/** `file:line:column`, counted from 1, in the file that the user wrote. */
function lineOf(script: Script, line: number, column: number): string {
  const place = script.map?.(line, column) ?? { url: script.url, line, column }
  return `${place.url}:${place.line + 1}:${place.column + 1}`
}
