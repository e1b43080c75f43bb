/*
 * While Node counts what runs (`NODE_V8_COVERAGE`, as c8 and `node --test --experimental-test-coverage` set it), it
 * counts by offsets into a file. A rebuilt function stands at its own then, behind so many blanks, and counts for the
 * text that the user wrote. Where that can't be, it counts for no file: it would count for any text that happens to be
 * there.
 */
import type { Edit } from './edits.ts'
import type { FunctionText } from './function-node.ts'
import type { Standing } from './modules.ts'
import type { Place } from './scripts.ts'

export function isCounted(): boolean {
  return (process.env['NODE_V8_COVERAGE'] ?? '') !== ''
}

/** The offset of a text in its file, if anybody counts and nothing in it is changed: what follows would stand elsewhere. */
export function countedFrom(place: Place | undefined, edits: readonly Edit[]): number | undefined {
  return isCounted() && edits.length === 0 ? place?.offset : undefined
}

/** What goes around a text so that it is counted under its name: Node adds up what has the same name in the same place. */
export function countedAs(name: string): readonly [open: string, close: string] {
  const key = JSON.stringify(name)
  return name === '__proto__' ? ['(', ')'] : [`({${key}:(`, `)})[${key}]`]
}

/** How a text is to be evaluated, and what stands before it then. */
export interface TextStanding extends Standing {
  readonly before: string
}

/** With `head`, which has no line break, before the text. */
export function countedStanding(
  { url, line, column, offset, imports }: FunctionText,
  head: string,
): TextStanding {
  const here = { filename: url, lineOffset: 0, columnOffset: 0 }
  const above = offset === undefined ? -1 : offset - line - column
  const blank = (rows: string, columns: number): string => rows + '\n'.repeat(line) + ' '.repeat(columns)
  if (above >= head.length) return { ...here, before: blank(head.padEnd(above), column) }
  if (above >= 0 && column >= head.length) {
    return { ...here, before: blank(' '.repeat(above), column - head.length) + head }
  }
  // Relative `import()` goes by the name.
  const filename = imports && url ? url : `manycore:${url || 'evaluated'}`
  return { filename, lineOffset: line, columnOffset: column - head.length, before: head }
}
