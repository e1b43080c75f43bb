import type { ClassBody, ClassElement, Span } from './class-body.ts'
import { type Edit, unusedName } from './edits.ts'
import type { Members } from './own.ts'

/*
 * Computed keys of a class are evaluated once, when the class is: a variable that only they use is nowhere afterwards,
 * or has another value, and evaluating them may change something. What the members are really called takes their place.
 */

export interface ClassKeys {
  readonly edits: readonly Edit[]
  /** Stretches of the text of which nothing is left. */
  readonly replaced: readonly Span[]
  /** Keys that no text can say, by the names that stand for them. */
  readonly symbols: readonly (readonly [name: string, key: symbol])[]
  /** Keys of fields of instances: nothing shows what they were. */
  readonly unknown: readonly Span[]
}

/** `isGlobal` says whether a stretch of the text means the same everywhere, as `Symbol.iterator` does. */
export function classKeys(body: ClassBody, members: Members, isGlobal: (key: Span) => boolean): ClassKeys {
  const { text, onClass, onPrototype } = members
  const edits: Edit[] = []
  const symbols: [name: string, key: symbol][] = []
  const unknown: Span[] = []
  for (const element of body.elements) {
    const { computed, kind, start, end } = element
    if (!computed) continue
    const key = (element.static ? onClass : onPrototype).computed.get(element)
    if (kind === 'field' && !element.static) unknown.push(computed)
    else if (key === undefined && kind !== 'field') edits.push({ start, end, text: blank(element, text) })
    else if (isGlobal(computed)) continue
    else if (key === undefined) edits.push(...withoutKey(element, text))
    else if (typeof key !== 'symbol') edits.push({ ...computed, text: JSON.stringify(key) })
    else {
      const name = unusedName(`$key${symbols.length}`, text)
      symbols.push([name, key])
      edits.push({ ...computed, text: name })
    }
  }
  return { edits, replaced: edits, symbols, unknown }
}

/** As many lines as there were. */
function blank({ start, end }: Span, text: string): string {
  return text.slice(start, end).replace(/[^\n\r]/g, ' ')
}

/** A static field whose value travels anyway: its initialiser is evaluated as before. */
function withoutKey(field: ClassElement, text: string): Edit[] {
  const { initialiser, start, end } = field
  if (!initialiser) return [{ start, end, text: blank(field, text) }]
  const before = { start, end: initialiser.start }
  const lines = blank(before, text).replaceAll(' ', '')
  return [
    { ...before, text: `${lines}static{(` },
    { start: initialiser.end, end, text: ')}' },
  ]
}
