import { types } from 'node:util'
import { declaringScope, functionScope, scopeAt } from './bindings.ts'
import { exportedFunctions, exportNodeOf } from './by-reference.ts'
import { isEntry } from './entry.ts'
import { forcedWay } from './force.ts'
import type { ExportNode, KeptNode } from './function-node.ts'
import { type Inspected, locationOf, valueIn, weakEntries } from './inspect.ts'
import { isLive } from './live-bindings.ts'
import { lookAt, type Looks } from './looks.ts'
import { exportsMet, type Holder, holderOf, isClassLike, nameOf, valueAt } from './module-keeps.ts'
import { requestFor } from './modules.ts'
import { ownProperty } from './properties.ts'
import type { Place } from './scripts.ts'
import type { Sight } from './sights.ts'
import { textOf } from './text.ts'
import { isAsBefore, watchOf } from './watches.ts'

/*
 * Classes that a module has for itself and hands instances out of. The worker's own copy of the module asks with
 * `instanceof` whether it has made them, so such a class goes as the place where the module keeps it. By value goes what
 * may be another class there: one that is made later or again and again, and one that others have put members on; and
 * one whose instances have their state in a WeakMap, where a copy of an instance is not.
 */

type Node = KeptNode | ExportNode

/** `holds`: nobody has put anything on the class since. */
interface Known {
  readonly node: Node
  readonly holds: () => boolean
}

const known = new WeakMap<Function, Known>()
/** Classes that no module keeps, as far as that could be told when so many exports had been met. */
const keptByNobody = new WeakMap<Function, number>()

/** What was found out about a class before. */
export function knownKeeper(fn: Function): Node | undefined {
  const found = known.get(fn)
  return found?.holds() ? found.node : undefined
}

/** Where a module keeps a class that its own script does not export. */
export function keeperOf(fn: Function, { inspected, place }: Sight, looks: Looks): Node | undefined {
  if (!place || !isClassLike(fn) || isEntry(place.script.url) || keptByNobody.get(fn) === exportsMet())
    return undefined
  const found = inOwnModule(fn, inspected, place, looks) ?? amongNoted(fn, place, looks)
  const isTheirs = found && !hasForeignMembers(fn, inspected) && !hasStateApart(fn, inspected)
  if (isTheirs) keep(fn, found)
  else keptByNobody.set(fn, exportsMet())
  return isTheirs ? found : undefined
}

function keep(fn: Function, node: Node): void {
  const watch = watchOf(fn.prototype as object)
  known.set(fn, { node, holds: () => isAsBefore(watch) })
}

/** What is on a class and its prototype: its methods, static ones too, and what others have put there. */
function functionsOn(fn: Function): Function[] {
  const owners = [fn, fn.prototype as object]
  const properties = owners.flatMap(owner => Reflect.ownKeys(owner).map(key => ownProperty(owner, key)))
  return properties
    .flatMap(({ value, get, set }) => [value, get, set])
    .filter(one => typeof one === 'function' && one !== fn && !types.isProxy(one)) as Function[]
}

/** Has somebody put functions of another file on it? The module over there may not have them. */
function hasForeignMembers(fn: Function, { location }: Inspected): boolean {
  return functionsOn(fn).some(one => {
    const at = isClassLike(one) ? undefined : locationOf(one)
    return at !== undefined && at.scriptId !== location?.scriptId
  })
}

/** Is the state of its instances in a WeakMap beside it, where older compilers put private members? Copies are in none. */
function hasStateApart(fn: Function, { scopes }: Inspected): boolean {
  const texts = [fn, ...functionsOn(fn)].map(textOf)
  return scopes.some(({ description, variables }) => {
    if (description === 'Global' || description === 'Script') return false
    return Object.keys(variables).some(name => {
      const value = valueIn(variables, name)
      if (!types.isWeakMap(value) && !types.isWeakSet(value)) return false
      return texts.some(text => text.includes(name)) || weakEntries(value).some(([key]) => isOf(key, fn))
    })
  })
}

function isOf(instance: object, fn: Function): boolean {
  return !types.isProxy(instance) && Object.prototype.isPrototypeOf.call(fn.prototype as object, instance)
}

/** The more a module exports, the more likely it is that any of it sees all of the module. */
const MOST_TRIED = 8

/** In a variable around something that its own file exports. */
function inOwnModule(fn: Function, inspected: Inspected, place: Place, looks: Looks): Node | undefined {
  let tried = 0
  for (const candidate of exportedFunctions(inspected, place, looks)) {
    if (tried++ === MOST_TRIED) return undefined
    if (forcedWay(candidate) === 'value') return undefined
    const sight = lookAt(candidate, looks)
    const at = sight.place
    const name = at && at.script === place.script ? variableWith(fn, sight.inspected, at) : undefined
    const node = name === undefined ? undefined : exportNodeOf(candidate, sight.inspected, at as Place, looks)
    if (node?.by === 'export')
      return { by: 'kept', module: node.module, exported: node.name, in: 'variables', name: name as string }
  }
  return undefined
}

function variableWith(fn: Function, { scopes }: Inspected, place: Place): string | undefined {
  const hidden = new Set<string>()
  for (const { description, variables } of scopes) {
    if (description === 'Global' || description === 'Script') return undefined
    for (const name of Object.keys(variables)) {
      if (!hidden.has(name) && valueIn(variables, name) === fn && isGiven(place, name)) return name
      hidden.add(name)
    }
  }
  return undefined
}

/** Is this variable, as a function at that place sees it, given its value where it is declared, and no other later? */
function isGiven({ script, offset }: Place, name: string): boolean {
  const { analysis, imports } = script.info ?? {}
  if (!analysis || analysis.eval || analysis.with || offset === undefined) return false
  const scope = declaringScope(scopeAt(analysis.root, offset), name)
  const binding = scope?.bindings.get(name)
  if (!scope || !binding) return false
  const imported = imports?.get(name)
  if (binding.kind === 'import')
    return imported !== undefined && !isLive(requestFor(imported, script.url), imported.name)
  return (binding.writers ?? []).every(writer => functionScope(writer) === functionScope(scope))
}

/** Some export that was met has it: a function that another file made, or a class of which another file is the maker. */
function amongNoted(fn: Function, place: Place, looks: Looks): Node | undefined {
  const held = holderOf(fn)
  if (!held || isLive(held.module, held.exported)) return undefined
  const { fn: around, ...holder } = held
  if (!around) return { by: 'export', module: holder.module, name: holder.exported }
  const at = lookAt(around, looks).place
  const isSafe =
    holder.in === 'variables'
      ? at && isGiven(at, holder.name)
      : at?.script === place.script && isMadeOnce(place)
  return isSafe ? { by: 'kept', ...holder } : undefined
}

/** Is what stands there made while the module is loaded, and never again? */
function isMadeOnce({ script, offset }: Place): boolean {
  const root = script.info?.analysis.root
  if (!root || offset === undefined) return false
  const scope = scopeAt(root, offset)
  return (scope.start === offset ? scope.parent : scope)?.once === true
}

const made = new Map<string, Function>()

/** The class that the module has there, of which instances go the same way. */
export function makeKept(holder: Holder): Function {
  const { module, exported, in: where, name } = holder
  const key = JSON.stringify([module, exported, where, name])
  const found = made.get(key) ?? valueAt(holder)
  if (typeof found !== 'function') throw new Error(`${module.from} has no class ${nameOf(holder)} here`)
  if (!made.has(key)) {
    made.set(key, found)
    keep(found, { by: 'kept', module, exported, in: where, name })
  }
  return found
}
