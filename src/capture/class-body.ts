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
  /** The private fields and methods that instances have, unless they are methods for the constructor alone. */
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
  const ofUse = privateNames.length > 0 && !servesConstructor(node) ? privateNames : []
  return { elements, privateNames: ofUse, privateStatics }
}

/** Are its private members methods that only the constructor calls? An instance without them lacks nothing. */
function servesConstructor({ body }: acorn.Class): boolean {
  return body.body.every(element => {
    if (element.type !== 'MethodDefinition') return !usesPrivateName(element)
    const isForIt = element.key.type === 'PrivateIdentifier' && !element.static && element.kind === 'method'
    return isForIt || element.kind === 'constructor' || !usesPrivateName(element)
  })
}

function usesPrivateName(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(usesPrivateName)
  if (!isNode(value)) return false
  return value.type === 'PrivateIdentifier' || Object.values(value).some(usesPrivateName)
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
