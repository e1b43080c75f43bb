import { createRequire } from 'node:module'
import { types } from 'node:util'
import type { Kind } from '../codec/index.ts'
import type { Reference } from './bindings.ts'
import { cjsModuleOf } from './by-reference.ts'
import { importFrom, loadedModule, type ModuleRequest, requestOf } from './modules.ts'
import { nativePath } from './natives.ts'

/*
 * Variables that hold a whole module: `const fs = require('fs')`, and what compilers and test runners make of
 * imports.
 */

/** The module that this object is all of. */
export function moduleRequestOf(value: unknown): ModuleRequest | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return requestOf(value) ?? builtinRequest(value) ?? cjsModuleOf(value)
}

function builtinRequest(value: object): ModuleRequest | undefined {
  if (!Object.values(value).some(member => typeof member === 'function')) return undefined
  const path = nativePath(value)
  const [place] = path ?? []
  return path?.length === 1 && place !== 'globalThis' ? { from: place as string, required: true } : undefined
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
  const members: Record<string, unknown> = {}
  for (const { role, write, member } of references) {
    if (role !== 'member' || write || member === undefined) return undefined
    if (!(member in value)) continue
    const found = (value as Record<string, unknown>)[member]
    const request = moduleRequestOf(found)
    members[member] = request ? new StandIn({ request }) : found
  }
  return members
}

/** `__vi_import_0__` of Vitest, `import_x` of esbuild, `x_1` of tsc. */
const IMPORT_OBJECT = /^__vi_import_|^__vite_ssr_import_|^import_/
const INTEROP_OBJECT = /_\d+$/

function isNamespaceLike(name: string, value: object): boolean {
  if (types.isModuleNamespaceObject(value) || IMPORT_OBJECT.test(name)) return true
  if ((value as Record<string, unknown>)['__esModule'] === true) return true
  if (INTEROP_OBJECT.test(name)) return Object.hasOwn(value, 'default')
  return name === 'exports' || name === 'module'
}

type ModuleNode =
  | { readonly request: ModuleRequest }
  /** `import()` and `require` of the module at this address. */
  | { readonly importOf: string }
  | { readonly requireOf: string }

/** Packed instead of a module's object, and of what test runners make of `import()` and `require`. */
export class StandIn {
  readonly node: ModuleNode

  constructor(node: ModuleNode) {
    this.node = node
  }
}

export const moduleKind: Kind<unknown, ModuleNode> = {
  name: 'module',
  claims: value => value instanceof StandIn,
  pack(value, packer) {
    const { node } = value as StandIn
    if ('request' in node) packer.need('function', node.request)
    return node
  },
  make(node) {
    if ('request' in node) return loadedModule(node.request)
    return 'importOf' in node ? importFrom(node.importOf) : createRequire(node.requireOf)
  },
}
