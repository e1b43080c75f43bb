import type { Packer } from '../codec/index.ts'
import type { ProtoNode } from './function-node.ts'
import type { ParsedFunction } from './parse.ts'
import { packProperties, type PropertyNode, ownProperty } from './properties.ts'
import { textOf } from './text.ts'

/*
 * What hangs on a function or class besides its text: static values, properties put on it later, methods put on
 * its prototype.
 */

const INTRINSIC: ReadonlySet<PropertyKey> = new Set(['length', 'name', 'prototype', 'arguments', 'caller'])

/** Own properties that evaluating the text does not give, or gives with the value of the start. */
export function ownNodes(fn: Function, text: string, parsed: ParsedFunction, packer: Packer): PropertyNode[] {
  const keys = Reflect.ownKeys(fn).filter(key => !INTRINSIC.has(key) && !isInText(fn, key, text, parsed))
  return packProperties(fn, keys, packer)
}

/** What is out of the ordinary about `fn.prototype`. */
export function protoNode(
  fn: Function,
  text: string,
  parsed: ParsedFunction,
  packer: Packer,
): ProtoNode | undefined {
  const proto: unknown = fn.prototype
  if (typeof proto !== 'object' || proto === null) return undefined
  const keys = Reflect.ownKeys(proto).filter(
    key => key !== 'constructor' && !isInText(proto, key, text, parsed),
  )
  const above =
    parsed.form === 'function' || isMoved(fn, proto, parsed) ? classAbove(fn, proto, packer) : undefined
  if (keys.length === 0 && !above) return undefined
  return { own: packProperties(proto, keys, packer), above }
}

/** Written in the class body: evaluating it makes it again. */
function isInText(owner: object, key: PropertyKey, text: string, parsed: ParsedFunction): boolean {
  if (parsed.form !== 'class') return false
  const { value, get, set } = ownProperty(owner, key)
  const fn: unknown = value ?? get ?? set
  return typeof fn === 'function' && text.includes(textOf(fn)) && !isInstanceLike(fn)
}

/** A class in a static field is told by its identity, not by its text. */
function isInstanceLike(fn: Function): boolean {
  return /^class\b/.test(textOf(fn))
}

/** Does a class inherit from something else than its text says, because `setPrototypeOf` changed it? */
function isMoved(constructor: Function, proto: object, { form, heritage }: ParsedFunction): boolean {
  if (form !== 'class') return false
  const parent = Object.getPrototypeOf(proto) as object | null
  if (heritage) return parent !== (Object.getPrototypeOf(constructor) as Function | null)?.prototype
  // Each realm has an `Object.prototype` of its own.
  return parent !== null && Object.getPrototypeOf(parent) !== null
}

function classAbove(fn: Function, proto: object, packer: Packer): ProtoNode['above'] {
  const parent = Object.getPrototypeOf(proto) as { constructor?: unknown } | null
  const above = parent?.constructor
  if (typeof above !== 'function' || parent === Object.prototype || above.prototype !== parent)
    return undefined
  return { class: packer.slot(above, ' → extends'), statics: Object.getPrototypeOf(fn) === above }
}
