import { types } from 'node:util'
import { forcedWay } from './force.ts'
import { canInspect, inspectFunction, valueIn } from './inspect.ts'
import { exportOf, type ModuleRequest } from './modules.ts'
import { ownProperty } from './properties.ts'

/*
 * Symbols and classes that a module keeps, exported or not. A worker that imports the module has some of its own in their
 * place; they are found where the module's exports find them: in a variable around one, as a static value, or in the
 * namespace. What was exported or imported is looked into only when a symbol or class is met that nobody knows.
 */

interface Exported {
  readonly module: ModuleRequest
  readonly exported: string
}

export interface Holder extends Exported {
  /** Where the export has it: it is it, in a variable around it, as a static value. */
  readonly in: 'itself' | 'variables' | 'statics'
  readonly name: string
}

/** With the function that holds it. */
export type Held = Holder & { readonly fn?: Function }

const holders = new WeakMap<symbol | Function, Held>()
const notLookedInto = new Map<object, Exported>()
const lookedInto = new WeakSet<object>()

/** This is what every worker that imports the module has as that export. Gives it back. */
export function noteExport(value: unknown, module: ModuleRequest, exported: string): unknown {
  if (typeof value === 'symbol') learn(value, { module, exported, in: 'itself', name: '' })
  // Node's own are in no state of the user's objects, and its exports are many.
  else if (holdsMore(value, exported) && !lookedInto.has(value) && !module.from.startsWith('node:')) {
    if (!notLookedInto.has(value)) met++
    notLookedInto.set(value, { module, exported })
  }
  return value
}

/** How many exports there are that may have something: the more, the more is found. */
export const exportsMet = (): number => met
let met = 0

/** Of other objects than whole modules, nobody can say what is in them when the module has been loaded. */
function holdsMore(value: unknown, exported: string): value is object {
  return typeof value === 'function' || (exported === '*' && typeof value === 'object' && value !== null)
}

/** Who has this symbol or class, as far as exports were met. */
export function holderOf(kept: symbol | Function): Held | undefined {
  const mayBeNew = notLookedInto.size > 0 && !holders.has(kept) && canInspect()
  if (mayBeNew && (typeof kept === 'function' || isLocal(kept))) {
    for (const [value, exported] of notLookedInto) lookInto(value, exported)
    notLookedInto.clear()
  }
  const holder = holders.get(kept)
  // Not of a module that must not run in a worker.
  return holder?.fn && forcedWay(holder.fn) === 'value' ? undefined : holder
}

function lookInto(value: object, { module, exported }: Exported): void {
  lookedInto.add(value)
  if (types.isProxy(value)) return
  if (typeof value !== 'function') return lookIntoNamespace(value, module)
  const fn = value as Function
  learn(fn, { module, exported, in: 'itself', name: '' })
  for (const [name, one] of variablesOf(fn)) learn(one, { module, exported, fn, in: 'variables', name })
  for (const name of Object.getOwnPropertyNames(fn))
    learn(ownProperty(fn, name).value, { module, exported, fn, in: 'statics', name })
}

function lookIntoNamespace(value: object, module: ModuleRequest): void {
  for (const exported of Object.keys(value)) {
    const member = types.isModuleNamespaceObject(value)
      ? valueIn(value as Readonly<Record<string, unknown>>, exported)
      : ownProperty(value, exported).value
    learn(member, { module, exported, in: 'itself', name: '' })
  }
}

export function learn(value: unknown, holder: Held): void {
  const isKept =
    typeof value === 'symbol' ? isLocal(value) : typeof value === 'function' && isClassLike(value)
  if (isKept && !holders.has(value as symbol | Function)) holders.set(value as symbol | Function, holder)
}

/** Neither of `Symbol.for` nor well known. */
function isLocal(symbol: symbol): boolean {
  if (Symbol.keyFor(symbol) !== undefined) return false
  return !Object.getOwnPropertyNames(Symbol).some(name => Reflect.get(Symbol, name) === symbol)
}

/** A class, or a function with a prototype of the user's making. */
export function isClassLike(fn: Function): boolean {
  if (types.isProxy(fn) || types.isGeneratorFunction(fn)) return false
  const { value, writable } = Object.getOwnPropertyDescriptor(fn, 'prototype') ?? {}
  if (writable === false) return true
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  return Reflect.ownKeys(value).length > 1 || Object.getPrototypeOf(value) !== Object.prototype
}

/** The variables around a function, each as its innermost scope has it. */
export function variablesOf(fn: Function): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>()
  for (const { description, variables } of inspectFunction(fn).scopes) {
    if (description === 'Global' || description === 'Script') break
    for (const name of Object.keys(variables)) if (!found.has(name)) found.set(name, valueIn(variables, name))
  }
  return found
}

/** What the other side has there. */
export function valueAt(holder: Holder): unknown {
  const value = exportOf(holder.module, holder.exported)
  if (holder.in === 'itself') return value
  return holder.in === 'statics'
    ? Reflect.get(value as Function, holder.name)
    : variablesOf(value as Function).get(holder.name)
}

/** For messages. */
export function nameOf({ in: where, exported, name }: Holder): string {
  return where === 'itself' ? exported : `${exported}: ${name}`
}
