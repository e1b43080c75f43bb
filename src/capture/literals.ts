import { callsAbove, scriptUrl } from './call-stack.ts'
import type { Portable } from './capture.ts'
import type { Place } from './scripts.ts'
import { type Sight, sightOf } from './sights.ts'
import { textOf } from './text.ts'

/*
 * `pool.apply(n => n * 2, [x])` makes a new function each time it runs, and to look into one takes a tenth of a
 * millisecond. Those that one call makes of the literal in its parentheses are all alike where that uses nothing but
 * globals, and variables that its module has once: then the first look will do.
 */

/** A call in the source that was given a function. */
export interface CallPlace {
  readonly file: string
  /** From 1, as stacks have them. */
  readonly line: number
  readonly column: number
  /** All three, to be looked up by. */
  readonly key: string
}

interface Known {
  readonly text: string
  readonly portable: Portable
  /** As long as it says so. */
  readonly holds: () => boolean
}

/** A program may load new code without end. */
const MOST_KNOWN = 1000

/** What the literals of calls were found to be. */
export class Literals {
  readonly #known = new Map<string, Known>()

  /** What `fn` is, if it is the literal of this call and that is known. */
  get(place: CallPlace, fn: Function): Portable | undefined {
    const known = this.#known.get(place.key)
    return known && known.text === textOf(fn) && known.holds() ? known.portable : undefined
  }

  /** Keeps what was found out about `fn`, if it is the literal of this call and the next one will be like it. */
  keep(place: CallPlace, fn: Function, portable: Portable, holds: () => boolean): void {
    const sight = sightOf(fn)
    if (!sight?.place || !isAlikeEachTime(sight) || !isArgumentAt(place, fn, sight.place)) return
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    this.#known.set(place.key, { text: textOf(fn), portable, holds })
  }
}

/** The call that `above` was called by. */
export function callPlace(above: Function): CallPlace | undefined {
  const [site] = callsAbove(1, above)
  const [file, line, column] = [site?.getFileName(), site?.getLineNumber(), site?.getColumnNumber()]
  if (!file || !line || !column) return undefined
  return { file, line, column, key: `${line}:${column}:${file}` }
}

/** A module's variables are there once; those of functions and blocks with each run. */
function isAlikeEachTime({ inspected }: Sight): boolean {
  return inspected.scopes.every(({ description, variables }) => {
    if (description === 'Global' || Object.keys(variables).length === 0) return true
    return description === 'Module' && !modulesRunAgain()
  })
}

/** With this class of Node's, which takes a flag, the same module can be there more than once. Jest does so. */
function modulesRunAgain(): boolean {
  return 'SourceTextModule' in process.getBuiltinModule('node:vm')
}

/** Is the text of `fn` what follows the opening parenthesis of the call? */
function isArgumentAt({ file, line, column }: CallPlace, fn: Function, { script, offset }: Place): boolean {
  const { source, lines, url } = script
  const start = lines[line - 1]
  if (source === undefined || offset === undefined || start === undefined) return false
  if (url !== scriptUrl(file)) return false
  const before = source.slice(start + column - 1, offset)
  const after = source.slice(offset + textOf(fn).length)
  return /^[\p{ID_Continue}$]+\s*\(\s*$/u.test(before) && /^\s*[,)]/.test(after)
}
