import type { Packer, Slot } from '../codec/index.ts'
import type { Analysis } from './bindings.ts'
import type { ClassBody, Span } from './class-body.ts'
import { classKeys } from './class-keys.ts'
import { type Edit, unusedName } from './edits.ts'
import type { TextNode } from './function-node.ts'
import type { FunctionScope } from './inspect.ts'
import { knownGlobals } from './natives.ts'
import { type Members, membersOf } from './own.ts'
import type { ParsedFunction } from './parse.ts'
import { privateStatics, settersOf } from './private-statics.ts'
import { recipeOf } from './recipes.ts'

/** What is written otherwise in the text of a class, and what that takes. */
export interface ClassText {
  readonly members: Members
  readonly edits: readonly Edit[]
  /** Stretches of the text of which nothing is left. */
  readonly replaced: readonly Span[]
  readonly values: readonly [name: string, value: Slot][]
  readonly statics: NonNullable<TextNode['statics']>
  /** The name of what takes the setters of the private static fields. */
  readonly settersName: string | undefined
  /** What the keys of the instances' fields use of what is around the class. */
  readonly fieldKeys: readonly FieldKey[]
}

export interface FieldKey {
  readonly text: string
  readonly name: string
  /** Its variable is still to be seen. */
  readonly seen: boolean
}

export const NO_CLASS = { edits: [], values: [], statics: [], fieldKeys: [] } as const

/** `undefined` for what is no class. */
export function classText(
  fn: Function,
  text: string,
  { members: body, analysis }: ParsedFunction,
  scopes: readonly FunctionScope[],
  packer: Packer,
): ClassText | undefined {
  if (!body) return undefined
  const members = membersOf(fn, text, body)
  const namesIn = (key: Span): string[] => outerNames(key, analysis, scopes)
  const keys = classKeys(body, members, key => namesIn(key).length === 0)
  const fieldKeys = keys.unknown.flatMap(key =>
    namesIn(key).map(name => ({ text: text.slice(key.start, key.end), name, seen: isSeen(name, scopes) })),
  )
  const values = keys.symbols.map(([name, key]): [string, Slot] => [
    name,
    packer.slot(key, ` → [${String(key)}]`),
  ])
  const more = { members, values, fieldKeys, replaced: keys.replaced }
  return { ...more, ...withStatics(fn, text, body, keys.edits, packer) }
}

function withStatics(
  fn: Function,
  text: string,
  body: ClassBody,
  edits: readonly Edit[],
  packer: Packer,
): Pick<ClassText, 'edits' | 'statics' | 'settersName'> {
  const statics = privateStatics(fn, body, packer)
  if (statics.length === 0) return { edits, statics, settersName: undefined }
  // One that was rebuilt here has them in its text already.
  const known = recipeOf(fn)?.settersName
  if (known !== undefined) return { edits, statics, settersName: known }
  const settersName = unusedName('$statics', text)
  return { edits: [...edits, settersOf(statics, settersName, text)], statics, settersName }
}

/** What a stretch of the text mentions that is not the same everywhere. */
function outerNames(span: Span, { free }: Analysis, scopes: readonly FunctionScope[]): string[] {
  return Array.from(free)
    .filter(([, references]) => references.some(one => isWithin(one, [span])))
    .map(([name]) => name)
    .filter(name => isSeen(name, scopes) || !knownGlobals().has(name))
}

function isSeen(name: string, scopes: readonly FunctionScope[]): boolean {
  return scopes.some(
    ({ description, variables }) => description !== 'Global' && Object.hasOwn(variables, name),
  )
}

export function isWithin({ start, end }: Span, parts: readonly Span[]): boolean {
  return parts.some(part => part.start <= start && end <= part.end)
}
