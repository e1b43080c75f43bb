import type * as acorn from 'acorn'
import { isNode } from './syntax.ts'

/** A stretch of a class's text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** One method, accessor or field. Offsets count from the start of the class's text. */
export interface ClassElement extends Span {
  readonly kind: 'method' | 'get' | 'set' | 'field'
  readonly static: boolean
  /** `undefined`: the key is computed. */
  readonly key: string | undefined
  /** A computed key, without its brackets. */
  readonly computed: Span | undefined
  /** What a field starts with. */
  readonly initialiser: Span | undefined
}

/** What the text of a class alone says about its members. */
export interface ClassBody {
  /** Those that have no private name, without the constructor. */
  readonly elements: readonly ClassElement[]
  /** The private fields and methods that instances have. */
  readonly privateNames: readonly string[]
  /** Private static fields. */
  readonly privateStatics: readonly PrivateStatic[]
}

export interface PrivateStatic {
  readonly name: string
  /** Some code of the class assigns to it. */
  readonly assigned: boolean
  /** Evaluating the class gives it the same value again: a literal, or a function written there. */
  readonly settled: boolean
}

/** Offsets in `node` count from `shift`. */
export function classBody(node: acorn.Class, shift: number): ClassBody {
  const elements: ClassElement[] = []
  const privateStatics: PrivateStatic[] = []
  const privateNames: string[] = []
  let assigned: ReadonlySet<string> | undefined
  for (const element of node.body.body) {
    if (element.type === 'StaticBlock') continue
    const { key } = element
    if (key.type !== 'PrivateIdentifier') {
      if (element.type === 'MethodDefinition' && element.kind === 'constructor') continue
      elements.push(elementOf(element, shift))
    } else if (!element.static) privateNames.push(key.name)
    else if (element.type === 'PropertyDefinition') {
      assigned ??= assignedNames(node)
      const isAssigned = assigned.has(key.name)
      const settled = !isAssigned && isSettled(element.value)
      privateStatics.push({ name: key.name, assigned: isAssigned, settled })
    }
  }
  return { elements, privateNames, privateStatics }
}

function elementOf(element: acorn.MethodDefinition | acorn.PropertyDefinition, shift: number): ClassElement {
  const key = element.key as Exclude<typeof element.key, acorn.PrivateIdentifier>
  const move = ({ start, end }: Span): Span => ({ start: start - shift, end: end - shift })
  const isField = element.type === 'PropertyDefinition'
  return {
    ...move(element),
    kind: isField ? 'field' : (element.kind as 'method' | 'get' | 'set'),
    static: element.static,
    key: element.computed ? undefined : plainKey(key),
    computed: element.computed ? move(key) : undefined,
    initialiser: isField && element.value ? move(element.value) : undefined,
  }
}

function plainKey(key: acorn.Expression): string {
  return key.type === 'Identifier' ? key.name : String((key as acorn.Literal).value)
}

const SETTLED = new Set(['Literal', 'ArrowFunctionExpression', 'FunctionExpression'])

function isSettled(value: acorn.Expression | null | undefined): boolean {
  if (!value) return true
  if (value.type === 'UnaryExpression') return value.argument.type === 'Literal'
  return SETTLED.has(value.type) && !('regex' in value)
}

/** The private names that an assignment, a counter or a loop may write to. */
function assignedNames(node: acorn.Class): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (value: unknown, isTarget: boolean): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, isTarget)
      return
    }
    if (!isNode(value)) return
    if (isTarget && value.type === 'PrivateIdentifier') names.add(value.name)
    for (const [part, child] of Object.entries(value)) visit(child, isTarget || TARGETS[value.type] === part)
  }
  visit(node.body, false)
  return names
}

const TARGETS: Readonly<Record<string, string>> = {
  AssignmentExpression: 'left',
  UpdateExpression: 'argument',
  ForInStatement: 'left',
  ForOfStatement: 'left',
}
