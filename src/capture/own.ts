import { types } from 'node:util'
import { builtinName, type Packer, type Slot } from '../codec/index.ts'
import type { ClassBody, ClassElement } from './class-body.ts'
import { isAsWritten, isWritten, PARTS, type WrittenMembers, writtenMembers } from './class-members.ts'
import { isOfFunctions, isOrdinary } from './derived-objects.ts'
import type { ProtoNode, TextNode } from './function-node.ts'
import { isIteratorBase } from './intrinsics.ts'
import { MemberOf } from './member-kind.ts'
import { nativeStandIn } from './namespaces.ts'
import { nativePath } from './natives.ts'
import type { ParsedFunction } from './parse.ts'
import {
  hungKeys,
  type OwnProperty,
  ownProperty,
  packAbsent,
  packProperties,
  type PropertyNode,
} from './properties.ts'
import { isTakenApart, noteOwner, ownerOf } from './prototypes.ts'

/*
 * What hangs on a function or class besides its text: static values, properties put on it later, methods put on
 * its prototype. And what its text makes and it has no more.
 */

/** What is written in a class, on itself and on its prototype. */
export interface Members {
  readonly text: string
  readonly onClass: WrittenMembers
  readonly onPrototype: WrittenMembers
}

export function membersOf(fn: Function, text: string, body: ClassBody): Members {
  const isStatic = (element: ClassElement): boolean => element.static
  const [statics, others] = [body.elements.filter(isStatic), body.elements.filter(one => !isStatic(one))]
  return {
    text,
    onClass: writtenMembers(fn, text, statics),
    // Fields are the instances' own.
    onPrototype: writtenMembers(
      fn.prototype as object,
      text,
      others.filter(({ kind }) => kind !== 'field'),
    ),
  }
}

/** All that hangs on a function. `extended`: the class above, where the text is given it. */
export function hungNodes(
  fn: Function,
  parsed: ParsedFunction,
  members: Members | undefined,
  extended: Slot | undefined,
  packer: Packer,
): Pick<TextNode, 'own' | 'proto' | 'above' | 'extends'> {
  const keys = hungKeys(fn)
  const hasPrototype = Object.hasOwn(fn, 'prototype')
  const isOwn = hasPrototype && hasOwnPrototype(fn, parsed, packer)
  if (hasPrototype && !isOwn) keys.push('prototype')
  return {
    own: changedNodes(fn, fn, keys, members, packer),
    proto: isOwn ? protoNode(fn, parsed, members, packer) : undefined,
    ...aboveNode(fn, extended, packer),
  }
}

/** Is its prototype the object that its text gave it, or one that stands for it and is nobody else's? */
function hasOwnPrototype(fn: Function, { form }: ParsedFunction, packer: Packer): boolean {
  const proto: unknown = fn.prototype
  if (typeof proto !== 'object' || proto === null) return false
  if (form === 'class' || types.isGeneratorFunction(fn)) return true
  if (form !== 'function' || !mayBeGiven(proto) || isTakenApart(proto, packer)) return false
  noteOwner(proto, fn)
  return ownerOf(proto) === fn
}

/** Is it an object like the one that each function is given? It may have a name of its own for `toString`. */
function mayBeGiven(proto: object): boolean {
  if (isOrdinary(proto)) return true
  if (types.isProxy(proto)) return false
  let at: object | null = proto
  while (at && !Object.hasOwn(at, Symbol.toStringTag)) at = Object.getPrototypeOf(at) as object | null
  return at !== null && (nativePath(at) === undefined || isIteratorBase(at))
}

/** What is out of the ordinary about `fn.prototype`. */
function protoNode(
  fn: Function,
  parsed: ParsedFunction,
  members: Members | undefined,
  packer: Packer,
): ProtoNode | undefined {
  const proto = fn.prototype as object
  const hasConstructor = Object.hasOwn(proto, 'constructor')
  const isUsual = hasConstructor && isUsualConstructor(ownProperty(proto, 'constructor'), fn)
  const keys = Reflect.ownKeys(proto).filter(key => key !== 'constructor' || !isUsual)
  const lacks = hasConstructor || types.isGeneratorFunction(fn) ? [] : packAbsent(['constructor'], packer)
  const nodes = [...changedNodes(fn, proto, keys, members, packer), ...lacks]
  const above = Object.getPrototypeOf(proto) as object | null
  if (!isUsualAbove(above, fn, parsed))
    return { own: nodes, above: packer.slot(nativeStandIn(above) ?? above, ' → extends') }
  return nodes.length > 0 ? { own: nodes } : undefined
}

function isUsualConstructor(
  { value, enumerable, writable, configurable }: OwnProperty,
  fn: Function,
): boolean {
  return value === fn && !enumerable && writable === true && configurable === true
}

/** Does evaluating the function's text have its prototype inherit from this? */
function isUsualAbove(above: object | null, fn: Function, { form, heritage }: ParsedFunction): boolean {
  const parent = Object.getPrototypeOf(fn) as Function | null
  if (types.isGeneratorFunction(fn)) return above === parent?.prototype
  if (form !== 'class' || !heritage) return builtinName(above) === 'Object'
  return above === (parent === Function.prototype ? null : parent?.prototype)
}

/** What the function itself inherits from, where its text does not say it. */
function aboveNode(
  fn: Function,
  extended: Slot | undefined,
  packer: Packer,
): Pick<TextNode, 'above' | 'extends'> {
  if (extended !== undefined) return { extends: extended }
  const above = Object.getPrototypeOf(fn) as object | null
  return isOfFunctions(above) ? {} : { above: packer.slot(nativeStandIn(above) ?? above, ' → extends') }
}

function changedNodes(
  fn: Function,
  owner: object,
  keys: readonly PropertyKey[],
  members: Members | undefined,
  packer: Packer,
): PropertyNode[] {
  if (!members) return packProperties(owner, keys, packer)
  const { byKey } = owner === fn ? members.onClass : members.onPrototype
  const changed = keys.filter(key => !isAsWritten(ownProperty(owner, key), byKey.get(key), members.text))
  const gone = [...byKey.keys()].filter(key => !Object.hasOwn(owner, key))
  return [
    ...packProperties(owner, changed, packer, value => memberAt(value, fn, members) ?? value),
    ...packAbsent(gone, packer),
  ]
}

/** The member of the class's text that this function is. */
function memberAt(
  value: unknown,
  fn: Function,
  { text, onClass, onPrototype }: Members,
): MemberOf | undefined {
  if (typeof value !== 'function') return undefined
  for (const [owner, { byKey }] of [
    [fn, onClass],
    [fn.prototype as object, onPrototype],
  ] as const) {
    for (const [key, written] of byKey) {
      const property = Object.hasOwn(owner, key) ? ownProperty(owner, key) : {}
      const part = PARTS.find(one => property[one] === value)
      if (part && isWritten(value, part, written, text))
        return new MemberOf(value, fn, { onPrototype: owner !== fn, key, part })
    }
  }
  return undefined
}
