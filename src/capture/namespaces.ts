import { createRequire } from 'node:module'
import { types } from 'node:util'
import type { Kind, Slot } from '../codec/index.ts'
import { lookUp, type Reference, scopeAt } from './bindings.ts'
import { cjsModuleOf, copiedModule } from './by-reference.ts'
import { metaOf } from './import-meta.ts'
import { inspectFunction } from './inspect.ts'
import { intrinsicNames } from './intrinsics.ts'
import { importFrom, loadedModule, type ModuleRequest, needModule, requestOf } from './modules.ts'
import { followNative, isNativeText, type NativePath, nativePath } from './natives.ts'
import { parseFunction } from './parse.ts'
import { ownProperty } from './properties.ts'
import { placeOf } from './scripts.ts'
import { textOf } from './text.ts'

/*
 * Variables that hold a whole module: `const fs = require('fs')`, and what compilers and test runners make of
 * imports.
 */

/** An object that every program has by name, such as `console` or `Math`. Asked of each instance of a class. */
function isNativeObject(value: unknown): value is object {
  return isObjectValue(value) && Symbol.toStringTag in value && nativePath(value) !== undefined
}

/** `Math`, which looks like an object of the user's to the codec, and what the language has without a name. */
export function nativeStandIn(value: unknown): StandIn | undefined {
  const isNative = isNativeObject(value) || (isObjectValue(value) && intrinsicNames().has(value))
  return isNative ? new StandIn({ native: nativePath(value) as NativePath }) : undefined
}

function isObjectValue(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !types.isProxy(value)
}

/** The module that this object is all of. */
export function moduleRequestOf(value: unknown): ModuleRequest | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return requestOf(value) ?? builtinRequest(value) ?? cjsModuleOf(value)
}

function builtinRequest(value: object): ModuleRequest | undefined {
  return holdsFunctions(value) && isBuiltin(value)
    ? { from: (nativePath(value) as NativePath)[0] as string, required: true }
    : undefined
}

function isBuiltin(value: object): boolean {
  const path = nativePath(value)
  return path?.length === 1 && path[0] !== 'globalThis'
}

/** `fs` in an object of the user's. Asked of each record: most have no function in front, nor so many members. */
function isBuiltinRecord(value: object): boolean {
  let count = 0
  for (const key in value) {
    if (count === 0 && typeof Object.getOwnPropertyDescriptor(value, key)?.value !== 'function') return false
    if (++count === FEWEST_MEMBERS) return isBuiltin(value)
  }
  return false
}

const FEWEST_MEMBERS = 6

/** Runs no getter of the user's. */
function holdsFunctions(value: object): boolean {
  if (types.isProxy(value)) return false
  return Object.keys(value).some(key => typeof ownProperty(value, key).value === 'function')
}

/**
 * Where an object only stands for what a module exports, no more of it is sent than the function uses.
 * `undefined`: it is an object like others, or it is used as a whole.
 */
export function membersOf(
  name: string,
  value: unknown,
  references: readonly Reference[],
): object | undefined {
  if (typeof value !== 'object' || value === null || !isNamespaceLike(name, value)) return undefined
  if (moduleRequestOf(value)) return undefined
  const original = references.some(({ member }) => member === 'default') ? undefined : copiedModule(value)
  if (original) return new StandIn({ request: original })
  const members: PropertyDescriptorMap = {}
  let isLive = false
  for (const { role, write, member } of references) {
    if (role !== 'member' || write || member === undefined) return undefined
    if (!(member in value)) continue
    const found = (value as Record<string, unknown>)[member]
    const request = moduleRequestOf(found)
    const get = liveGetter(value, member, found)
    isLive ||= get !== undefined
    members[member] = {
      enumerable: true,
      configurable: true,
      ...(get ? { get } : { value: request ? new StandIn({ request }) : found, writable: true }),
    }
  }
  // Over an object of its own, getters cross as getters.
  return Object.create(isLive ? {} : Object.prototype, members) as object
}

/** The getter by which a compiler exports a variable, if the module assigns to that variable later. */
function liveGetter(namespace: object, member: string, value: unknown): (() => unknown) | undefined {
  const { get } = Object.getOwnPropertyDescriptor(namespace, member) ?? {}
  if (!get || typeof value === 'function' || isNativeText(get)) return undefined
  try {
    const [[name, references] = [], ...others] = parseFunction(textOf(get)).analysis.free
    if (name === undefined || others.length > 0 || references?.some(r => r.role !== 'value')) return undefined
    const { script, offset } = placeOf(textOf(get), inspectFunction(get)) ?? {}
    const root = script?.info?.analysis.root
    const binding = root && offset !== undefined ? lookUp(scopeAt(root, offset), name) : undefined
    return binding && binding.writes > 0 ? get : undefined
  } catch {
    return undefined
  }
}

/** `__vi_import_0__` of Vitest, `import_x` of esbuild, `x_1` of tsc. Others give themselves away by their `default`. */
const IMPORT_OBJECT = /^__vi_import_|^__vite_ssr_import_|^import_/
const INTEROP_OBJECT = /_\d+$/

function isNamespaceLike(name: string, value: object): boolean {
  if (types.isModuleNamespaceObject(value) || IMPORT_OBJECT.test(name)) return true
  // A getter too, where a compiler made a copy of the module.
  const isCompiled = !types.isProxy(value) && Object.hasOwn(value, '__esModule')
  if (isCompiled && (value as Record<string, unknown>)['__esModule'] === true) return true
  const { value: whole } = Object.getOwnPropertyDescriptor(value, 'default') ?? {}
  if (whole !== undefined && (INTEROP_OBJECT.test(name) || moduleRequestOf(whole))) return true
  return name === 'exports' || name === 'module'
}

type ModuleNode =
  | { readonly request: ModuleRequest }
  /** `import()` and `require` of the module at this address. */
  | { readonly importOf: string }
  | { readonly requireOf: string }
  /** `console`, `process`, `Math`. */
  | { readonly native: NativePath }
  /** `import.meta` of the module at this address, and what a tool has put on it. */
  | { readonly metaOf: string; readonly added: unknown }

/** Packed instead of a module's object, and of what test runners make of `import()` and `require`. */
export class StandIn {
  readonly node: ModuleNode

  constructor(node: ModuleNode) {
    this.node = node
  }
}

export const moduleKind: Kind<unknown, ModuleNode> = {
  name: 'module',
  claims: value => value instanceof StandIn || isNativeObject(value),
  claimsRecord: isBuiltinRecord,
  pack(value, packer) {
    if (!(value instanceof StandIn)) return { native: nativePath(value) as NativePath }
    const { node } = value
    if ('request' in node) needModule(packer, node.request)
    return 'metaOf' in node ? { ...node, added: packer.slot(node.added, '') } : node
  },
  make(node, unpacker) {
    if ('request' in node) return loadedModule(node.request)
    if ('native' in node) return followNative(node.native)
    if ('metaOf' in node) {
      const added = unpacker.complete(node.added as Slot) as object
      return { __proto__: null, ...metaOf(node.metaOf), ...added }
    }
    return 'importOf' in node ? importFrom(node.importOf) : createRequire(node.requireOf)
  },
}
