import type { Kind } from '../codec/index.ts'
import { forcedWay } from './force.ts'
import { canInspect, inspectFunction } from './inspect.ts'
import { exportOf, type ModuleRequest, needModule } from './modules.ts'
import { ownProperty } from './properties.ts'

/*
 * Symbols that a module keeps, exported or not. A worker that imports the module has symbols of its own in their
 * place; they are found where the module's exports find them: in a variable around one, or as a static value.
 * What was exported or imported is looked into only when a symbol is met that nobody knows.
 */

interface Exported {
  readonly module: ModuleRequest
  readonly exported: string
}

interface Holder extends Exported {
  /** Where the export has the symbol: it is the symbol, in a variable around it, as a static value. */
  readonly in: 'itself' | 'variables' | 'statics'
  readonly name: string
}

const holders = new WeakMap<symbol, Holder & { readonly fn?: Function }>()
const notLookedInto = new Map<Function, Exported>()
const lookedInto = new WeakSet<Function>()

/** This is what every worker that imports the module has as that export. Gives it back. */
export function noteExport(value: unknown, module: ModuleRequest, exported: string): unknown {
  if (typeof value !== 'function') learn(value, { module, exported, in: 'itself', name: '' })
  // Node's own symbols are in no state of the user's objects, and its exports are many.
  else if (!lookedInto.has(value) && !module.from.startsWith('node:'))
    notLookedInto.set(value, { module, exported })
  return value
}

function holderOf(symbol: symbol): Holder | undefined {
  if (notLookedInto.size > 0 && isLocal(symbol) && !holders.has(symbol) && canInspect()) {
    for (const [fn, exported] of notLookedInto) lookInto(fn, exported)
    notLookedInto.clear()
  }
  const holder = holders.get(symbol)
  if (!holder) return undefined
  const { fn, ...rest } = holder
  // Of a module that must not run in a worker.
  return fn && forcedWay(fn) === 'value' ? undefined : rest
}

function lookInto(fn: Function, exported: Exported): void {
  lookedInto.add(fn)
  for (const [name, value] of variablesOf(fn)) learn(value, { ...exported, fn, in: 'variables', name })
  for (const name of Object.getOwnPropertyNames(fn))
    learn(ownProperty(fn, name).value, { ...exported, fn, in: 'statics', name })
}

function learn(value: unknown, holder: Holder & { readonly fn?: Function }): void {
  if (typeof value === 'symbol' && isLocal(value) && !holders.has(value)) holders.set(value, holder)
}

/** Neither of `Symbol.for` nor well known. */
function isLocal(symbol: symbol): boolean {
  if (Symbol.keyFor(symbol) !== undefined) return false
  return !Object.getOwnPropertyNames(Symbol).some(name => Reflect.get(Symbol, name) === symbol)
}

/** The variables around a function, each as its innermost scope has it. */
function variablesOf(fn: Function): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>()
  for (const { description, variables } of inspectFunction(fn).scopes) {
    if (description === 'Global' || description === 'Script') break
    for (const name of Object.keys(variables)) if (!found.has(name)) found.set(name, valueIn(variables, name))
  }
  return found
}

function valueIn(variables: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return variables[name]
  } catch {
    return undefined // Not initialised yet.
  }
}

export const symbolKind: Kind<symbol, Holder> = {
  name: 'symbol of a module',
  claims: value => typeof value === 'symbol' && holderOf(value) !== undefined,
  pack(symbol, packer) {
    const holder = holderOf(symbol) as Holder
    needModule(packer, holder.module)
    return holder
  },
  make(holder) {
    const found = valueOf(holder)
    const what = holder.in === 'itself' ? holder.exported : `${holder.exported}: ${holder.name}`
    if (typeof found !== 'symbol') throw new Error(`${holder.module.from} has no symbol ${what} here`)
    learn(found, holder)
    return found
  },
}

function valueOf(holder: Holder): unknown {
  const value = exportOf(holder.module, holder.exported)
  if (holder.in === 'itself') return value
  return holder.in === 'statics'
    ? Reflect.get(value as Function, holder.name)
    : variablesOf(value as Function).get(holder.name)
}
