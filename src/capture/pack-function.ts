import path from 'node:path'
import { types } from 'node:util'
import type { Packer } from '../codec/index.ts'
import { exportNodeOf } from './by-reference.ts'
import { requireCache } from './require-cache.ts'
import { packText } from './by-value.ts'
import { forcedWay } from './force.ts'
import type { BoundNode, FunctionNode } from './function-node.ts'
import { beginState } from './walks.ts'
import type { GraphState } from './graph-state.ts'
import { ownName, publicName } from './own-functions.ts'
import { packBlind } from './blind.ts'
import { canInspect, type Inspected, inspectFunction } from './inspect.ts'
import { digestOf } from './digest.ts'
import { lookAt, looksOf, withLooksOf } from './looks.ts'
import { keeperOf, knownKeeper } from './module-classes.ts'
import { noteExport } from './module-keeps.ts'
import { needModule } from './modules.ts'
import { isNativeText, nativePath } from './natives.ts'
import { parseFunction } from './parse.ts'
import type { PropertyNode } from './properties.ts'
import { recipeOf } from './recipes.ts'
import { REFUSALS, type Refusal, refusalError } from './refusals.ts'
import { sightOf } from './sights.ts'
import { textOf } from './text.ts'

const exportNodes = new WeakMap<Function, FunctionNode>()

/** What travels of a function: where it is to be found, or its text and what that uses. */
export function packFunction(fn: Function, packer: Packer): FunctionNode {
  const state = packer.memo('function', beginState)
  const known = forcedWay(fn) === 'value' ? undefined : exportNodes.get(fn)
  if (known) return needing(known, packer)
  const keptBy = forcedWay(fn) === undefined ? knownKeeper(fn) : undefined
  if (keptBy) return ofModule(fn, keptBy, packer, state)
  const own = ownName(fn)
  if (own !== undefined) return { by: 'own', name: own }
  const exportedAs = publicName(fn)
  if (exportedAs)
    return needing({ by: 'export', module: { from: exportedAs.url }, name: exportedAs.name }, packer)
  if (isNativeText(fn)) return packNative(fn, packer, state)
  if (isRequire(fn)) return { by: 'require', file: requireBase(fn) }
  if (!canInspect()) return packUnread(fn, packer, state)
  const seen = sightOf(fn)
  const looks = looksOf(packer)
  const { inspected, place } = seen ?? lookAt(fn, looks)
  const url = place?.script.url ?? ''
  if (url.startsWith('node:')) {
    const native = nativePath(fn)
    if (native) return { by: 'native', path: native }
    refuse(fn, packer, REFUSALS.internal(url))
  }
  const way = forcedWay(fn)
  const mayBeExport = place && way !== 'value' && !seen && !recipeOf(fn)
  const exported = mayBeExport ? exportNodeOf(fn, inspected, place, looks) : undefined
  if (exported) {
    if (way === undefined) exportNodes.set(fn, exported)
    if (exported.by === 'export') noteExport(fn, exported.module, exported.name)
    return needing(exported, packer)
  }
  const keeper =
    place && way === undefined && !recipeOf(fn)
      ? keeperOf(fn, seen ?? { inspected, place }, looks)
      : undefined
  if (keeper) return ofModule(fn, keeper, packer, state)
  if (way === 'reference') refuse(fn, packer, REFUSALS.notExported())
  state.byValue.add(fn)
  const node = packText(fn, inspected, place, packer, state)
  const { prototype } = fn as { readonly prototype: unknown }
  const hasReplaced = node.own.some(([key]) => key === 'prototype')
  const inherits = node.above !== undefined || node.proto?.above !== undefined
  if (inherits || !isFlat(node.own) || !isFlat(node.proto?.own)) state.unstable()
  const isWatched = node.text.form === 'class' || node.proto || hasReplaced
  if (isWatched || node.own.length > 0) {
    state.watch(fn)
    if (isObject(prototype)) state.watch(prototype)
  }
  if (isWatched) {
    node.digest = withLooksOf(packer, () => digestOf(fn, packer.can))
  }
  return node
}

function packUnread(fn: Function, packer: Packer, state: GraphState): FunctionNode {
  const native = nativePath(fn)
  if (native) return { by: 'native', path: native }
  return needing(
    packBlind(fn, packer, state, refusal => refuse(fn, packer, refusal)),
    packer,
  )
}

/** For as long as nobody puts something on it. */
function ofModule(fn: Function, node: FunctionNode, packer: Packer, state: GraphState): FunctionNode {
  state.watch(fn.prototype as object)
  return needing(node, packer)
}

function needing(node: FunctionNode, packer: Packer): FunctionNode {
  if (node.by === 'export' || node.by === 'kept') needModule(packer, node.module)
  return node
}

function packNative(fn: Function, packer: Packer, state: GraphState): FunctionNode {
  if (types.isProxy(fn)) return refuse(fn, packer, REFUSALS.uncopyable('Proxy'))
  const native = nativePath(fn)
  if (native) return { by: 'native', path: native }
  const { bound } = canInspect() ? inspectFunction(fn) : {}
  if (!bound) return refuse(fn, packer, REFUSALS.internal(undefined))
  return packBound(bound, packer, state)
}

function packBound(
  { target, self, args }: NonNullable<Inspected['bound']>,
  packer: Packer,
  state: GraphState,
): BoundNode {
  // What the arguments of a bound function are can't be assigned, but they can change inside.
  if (isObject(self) || args.some(isObject)) state.unstable()
  const method = isNativeText(target) ? undefined : methodName(target, self)
  if (!isNativeText(target) && parsesAsLexicalThis(target)) state.lexicalThis.set(target, self)
  return {
    by: 'bound',
    self: packer.slot(self, ' → bound this'),
    target: method === undefined ? packer.slot(target, ' → bound function') : { method },
    args: args.map((arg, i) => packer.slot(arg, ` → bound argument ${i}`)),
  }
}

function parsesAsLexicalThis(fn: Function): boolean {
  try {
    return parseFunction(textOf(fn)).analysis.lexical.this
  } catch {
    return false
  }
}

/** The name under which an object has this method, so that the method keeps its class with `super` and `#x`. */
function methodName(method: Function, self: unknown): string | undefined {
  if (!isObject(self)) return undefined
  for (
    let at: object | null = self;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (value === method && (at !== self || isClass(self))) return key
    }
  }
  return undefined
}

/** A static method is in the text of its class. */
function isClass(self: object): boolean {
  return typeof self === 'function' && /^class\b/.test(textOf(self))
}

function isRequire(fn: Function): boolean {
  return fn.name === 'require' && 'resolve' in fn && (fn as { cache?: unknown }).cache === requireCache
}

/** A file in the folder that this `require` looks from. */
function requireBase(fn: Function): string {
  const [folder] = (fn as NodeJS.Require).resolve.paths('./x') ?? []
  return path.join(folder ?? process.cwd(), 'require.js')
}

function refuse(fn: Function, packer: Packer, refusal: Refusal): never {
  const name = types.isProxy(fn) ? '' : fn.name
  throw refusalError(`the function ${name || '(anonymous)'}`, refusal, {
    path: [packer.pathText()],
    declaredAt: undefined,
  })
}

/** Are these primitives, which can't change inside? */
function isFlat(properties: readonly PropertyNode[] = []): boolean {
  return properties.every(([, value, , setter]) => !isObject(value) && !isObject(setter))
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
