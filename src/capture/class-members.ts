import type { ClassElement } from './class-body.ts'
import { parseFunction } from './parse.ts'
import { hungKeys, type OwnProperty, ownProperty } from './properties.ts'
import { textOf } from './text.ts'

/*
 * Which properties of a class and of its prototype does evaluating its text make, and which of them still hold what
 * the text gave them? Only those may stay behind when the class travels.
 */

/** What the class's text puts under one key. */
export interface Written {
  readonly method?: ClassElement
  readonly get?: ClassElement
  readonly set?: ClassElement
  readonly field?: ClassElement
}

/** The members that a class's text makes on the class or on its prototype, by the keys that they really have. */
export interface WrittenMembers {
  readonly byKey: ReadonlyMap<PropertyKey, Written>
  /** The keys of those whose own text has a computed one; none: what the text made is not there any more. */
  readonly computed: ReadonlyMap<ClassElement, PropertyKey | undefined>
}

/** `owner` is the class, where `elements` are its static ones, or its prototype. */
export function writtenMembers(
  owner: object,
  text: string,
  elements: readonly ClassElement[],
): WrittenMembers {
  const byKey = new Map<PropertyKey, Written>()
  const computed = new Map<ClassElement, PropertyKey | undefined>()
  // Fields are defined when all methods are.
  const inOrder = [...elements.filter(isMethod), ...elements.filter(one => !isMethod(one))]
  for (const element of inOrder) {
    let key: PropertyKey | undefined = element.key
    if (element.computed) {
      key = keyOf(element, owner, text, byKey)
      computed.set(element, key)
    }
    if (key !== undefined) byKey.set(key, added(byKey.get(key), element))
  }
  return { byKey, computed }
}

function isMethod({ kind }: ClassElement): boolean {
  return kind !== 'field'
}

function added(before: Written | undefined, element: ClassElement): Written {
  const { kind } = element
  if (kind === 'get' || kind === 'set') return { ...(before?.method ? {} : before), [kind]: element }
  return { [kind]: element }
}

/** The key under which a member with a computed key is found, by the function's text. */
function keyOf(
  element: ClassElement,
  owner: object,
  text: string,
  taken: ReadonlyMap<PropertyKey, Written>,
): PropertyKey | undefined {
  const { kind } = element
  const part: Part = kind === 'get' || kind === 'set' ? kind : 'value'
  return Reflect.ownKeys(owner).find(key => {
    if (taken.get(key)?.[kind]) return false
    const fn: unknown = ownProperty(owner, key)[part]
    return typeof fn === 'function' && isWritten(fn, part, { [kind]: element }, text)
  })
}

function isTextOf(element: ClassElement, fn: Function, text: string): boolean {
  const own = textOf(fn)
  if (!text.endsWith(own, element.end)) return false
  return element.static || element.end - own.length === element.start
}

/** Does evaluating the class's text make this property as it is now? */
export function isAsWritten(property: OwnProperty, written: Written | undefined, text: string): boolean {
  if (!written) return false
  const { method, get, set, field } = written
  if (PARTS.some(part => hasMore(property[part]))) return false
  if (!property.configurable || ((method || field) && !property.writable)) return false
  if (field) return property.enumerable === true && isInitial(property.value, field, text)
  return (
    !property.enumerable &&
    isSame(property.value, method, text) &&
    isSame(property.get, get, text) &&
    isSame(property.set, set, text)
  )
}

/** What hangs on a function is no part of any text. */
function hasMore(value: unknown): boolean {
  return typeof value === 'function' && hungKeys(value).length > 0
}

function isSame(value: unknown, element: ClassElement | undefined, text: string): boolean {
  if (!element) return value === undefined
  return typeof value === 'function' && isTextOf(element, value, text)
}

/**
 * A function that the field's initialiser makes. A class is told by its identity, not by its text. What uses `this` or
 * private names of the class around it can be made nowhere else.
 */
function isInitial(value: unknown, { initialiser }: ClassElement, text: string): boolean {
  if (typeof value !== 'function' || !initialiser) return false
  const own = textOf(value)
  if (/^class\b/.test(own)) return false
  const written = text.slice(initialiser.start, initialiser.end)
  return written === own || (written.includes(own) && isBoundToClass(own))
}

function isBoundToClass(text: string): boolean {
  try {
    const { this: uses, newTarget, super: above, privateName } = parseFunction(text).analysis.lexical
    return uses || newTarget || above || privateName !== undefined
  } catch {
    return true
  }
}

/** Is this function, found under a key, the one that the class's text puts there? */
export function isWritten(fn: Function, part: Part, written: Written, text: string): boolean {
  if (part !== 'value') return isSame(fn, written[part], text)
  return written.field ? isInitial(fn, written.field, text) : isSame(fn, written.method, text)
}

export const PARTS = ['value', 'get', 'set'] as const
export type Part = (typeof PARTS)[number]
