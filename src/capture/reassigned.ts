import { type Binding, lookUp, type Reference, type Scope, scopeAt } from './bindings.ts'
import type { Place } from './scripts.ts'
import { textOf } from './text.ts'

/*
 * A module may assign to what it exports after it has been loaded: a setter that puts another function in place. What
 * the export holds now is not what a worker gets that loads the module then.
 *
 * Asked of the program's own files only: packages do so while they are loaded, if at all.
 */

/** Is the function in this variable, which its module exports, one that loading the module may not give? */
export function isReassigned(place: Place, variable: string): boolean {
  const { script, offset } = place
  const root = script.info?.analysis.root
  const binding = root && lookUp(root, variable)
  if (!binding?.writers || isOfPackage(place)) return false
  const source = script.source as string
  const isDeclared = offset !== undefined && isAtDeclaration(source, binding, offset)
  return !isDeclared && binding.writers.some(scope => runsLater(scope, source))
}

/** Is the function in this place the one that the variable is declared with, and nothing else ever assigned to it? */
export function isAllThatItHolds({ script, offset }: Place, variable: string): boolean {
  const root = script.info?.analysis.root
  const binding = root && lookUp(root, variable)
  if (!binding || binding.writers || offset === undefined) return false
  return isAtDeclaration(script.source as string, binding, offset)
}

const DECLARING = /^(?:(?:async\s+)?function\b\s*\*?|class\b)\s*$/

/** Is what stands at this offset what the variable's declaration gives it? */
function isAtDeclaration(source: string, { name, start }: Binding, offset: number): boolean {
  return start < offset
    ? /^\s*=\s*$/.test(source.slice(start + name.length, offset))
    : DECLARING.test(source.slice(offset, start))
}

/** The same of a property of a CommonJS module's exports; `*` is the whole. */
export function isReassignedProperty(
  fn: Function,
  place: Place,
  name: string,
  get: (() => unknown) | undefined,
): boolean {
  const { source } = place.script
  if (source === undefined || place.offset === undefined || isOfPackage(place)) return false
  // Compilers export a variable by a getter.
  const [, variable] = (get && /(?:=>|\breturn)\s*([\w$]+)\s*(?:;?\s*\})?$/.exec(textOf(get))) ?? []
  if (get) return variable !== undefined && mayBeAssigned(source, variable) && isReassigned(place, variable)
  const assignment = assignmentOf(name)
  if (allOnTop(source, assignment)) return false
  const { free, root } = place.script.info?.analysis ?? {}
  if (!free || !root || isMadeOnTop(fn, place, name, root)) return false
  const references = [...(free.get('exports') ?? []), ...(free.get('module') ?? [])]
  return references.some(one => isAssigned(one, source, assignment) && runsLater(one.scope, source))
}

/** A first look, without a parse. */
function mayBeAssigned(source: string, variable: string): boolean {
  const assignments = source.matchAll(
    new RegExp(`(\\w+\\s+)?(?<![\\w$.])${escaped(variable)}\\s*=(?![=>])`, 'g'),
  )
  return Array.from(assignments).some(([, before]) => !/^(?:let|const|var)\s/.test(before ?? ''))
}

function assignmentOf(name: string): RegExp {
  if (name === '*') return /\bmodule\s*\.\s*exports\s*=(?!=)/g
  const key = escaped(name)
  return new RegExp(
    `\\b(?:module\\s*\\.\\s*)?exports\\s*(?:\\.\\s*${key}|\\[\\s*(['"])${key}\\1\\s*\\])\\s*=(?!=)`,
    'g',
  )
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&')
}

const TOP = /^(?:(?:module\s*\.\s*)?exports\s*\.\s*[\w$]+\s*=\s*)*$/

/** Do all assignments stand at the beginning of a line? So they mostly do, and nothing need be parsed. */
function allOnTop(source: string, assignment: RegExp): boolean {
  return Array.from(source.matchAll(assignment)).every(({ index }) =>
    TOP.test(source.slice(source.lastIndexOf('\n', index - 1) + 1, index)),
  )
}

/** Was the function made while the module was loaded, for this very export? */
function isMadeOnTop(fn: Function, { script, offset }: Place, name: string, root: Scope): boolean {
  const source = script.source as string
  const before = source.slice(0, offset)
  const isFor = new RegExp(`(?:\\.\\s*${escaped(name)}\\s*=|(?<![\\w$.])${escaped(name)}\\s*:)\\s*$`).test(
    before.slice(-200),
  )
  if (!isFor && fn.name !== name) return false
  let scope: Scope | undefined = scopeAt(root, offset as number)
  while (scope?.start === offset && scope !== root) scope = scope?.parent
  return !runsLater(scope, source)
}

function isAssigned({ start }: Reference, source: string, assignment: RegExp): boolean {
  const here = new RegExp(assignment.source, 'y')
  here.lastIndex = start
  return here.test(source)
}

/** May code of this scope run when the module has been loaded? A function that is called where it stands does not. */
function runsLater(scope: Scope | undefined, source: string): boolean {
  for (let s = scope; s; s = s.parent) {
    if (s.kind !== 'function') continue
    const isCalledThere =
      /[(!]\s*$/.test(source.slice(Math.max(0, s.start - 20), s.start)) &&
      /^\s*\)?\s*(?:\.\s*call\s*)?\(/.test(source.slice(s.end, s.end + 40))
    if (!isCalledThere) return true
  }
  return false
}

function isOfPackage({ script }: Place): boolean {
  return script.url.includes('/node_modules/')
}
