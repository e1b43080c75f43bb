import type { Packer, Slot } from '../codec/index.ts'
import type { ProtoNode } from './function-node.ts'
import { nativeStandIn } from './namespaces.ts'
import type { ParsedFunction } from './parse.ts'
import { prototypeMaker } from './prototypes.ts'
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
  const replaced = parsed.form === 'function' ? replacedBy(fn, proto, packer) : undefined
  if (replaced) return { own: [], above: undefined, replaced }
  if (typeof proto !== 'object' || proto === null) return undefined
  const keys = Reflect.ownKeys(proto).filter(
    key => key !== 'constructor' && !isInText(proto, key, text, parsed),
  )
  const above = parsed.form === 'function' ? classAbove(fn, proto, packer) : undefined
  const over = above ? undefined : nativeAbove(proto, packer)
  if (keys.length === 0 && !above && over === undefined) return undefined
  return { own: packProperties(proto, keys, packer), above, over }
}

/** What stands in the place of the object that a function is given: another function, or another's object. */
function replacedBy(fn: Function, proto: unknown, packer: Packer): ProtoNode['replaced'] {
  if (typeof proto === 'function') return { by: 'itself', slot: packer.slot(proto, '.prototype') }
  const maker = prototypeMaker(proto)
  return maker && maker !== fn
    ? { by: 'prototype', slot: packer.slot(maker, '.prototype.constructor') }
    : undefined
}

function nativeAbove(proto: object, packer: Packer): Slot | undefined {
  const standIn = nativeStandIn(Object.getPrototypeOf(proto))
  return standIn && packer.slot(standIn, '.prototype.__proto__')
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

function classAbove(fn: Function, proto: object, packer: Packer): ProtoNode['above'] {
  const parent = Object.getPrototypeOf(proto) as { constructor?: unknown } | null
  const above = parent?.constructor
  if (typeof above !== 'function' || parent === Object.prototype || above.prototype !== parent)
    return undefined
  return { class: packer.slot(above, ' → extends'), statics: Object.getPrototypeOf(fn) === above }
}
