import nodeModule, { createRequire } from 'node:module'
import type { Slot, Unpacker } from '../codec/index.ts'
import { usersCodeRuns } from './at-once.ts'
import { countedAs, countedStanding, isCounted, type TextStanding } from './coverage.ts'
import { unusedName } from './edits.ts'
import type { BoundNode, FunctionNode, FunctionText, TextNode } from './function-node.ts'
import { metaOf } from './import-meta.ts'
import { makeKept } from './module-classes.ts'
import { noteExport } from './module-keeps.ts'
import { evaluate, exportOf } from './modules.ts'
import { followNative } from './natives.ts'
import { ownFunction } from './own-functions.ts'
import { adopt, atHome } from './origins.ts'
import { fillProperties, ownProperty } from './properties.ts'
import { noteOwner } from './prototypes.ts'
import { rememberRecipe } from './recipes.ts'

/** Makes the function that a node stands for. */
export function makeFunction(node: FunctionNode, unpacker: Unpacker): Function {
  switch (node.by) {
    case 'native':
      return followNative(node.path) as Function
    case 'export':
      return noteExport(exportOf(node.module, node.name), node.module, node.name) as Function
    case 'kept':
      return makeKept(node)
    case 'require':
      return createRequire(node.file)
    case 'own':
      return ownFunction(node.name) as Function
    case 'bound':
      return makeBound(node, unpacker)
    default:
      return makeText(node, unpacker)
  }
}

function makeBound({ target, self, args }: BoundNode, unpacker: Unpacker): Function {
  // A method may hang on a prototype that is filled in later.
  const object = hasMethod(target) ? unpacker.complete(self) : unpacker.value(self)
  const fn = hasMethod(target) ? (object as Record<string, Function>)[target.method] : unpacker.value(target)
  return (fn as Function).bind(object, ...args.map(arg => unpacker.value(arg)))
}

function hasMethod(target: BoundNode['target']): target is { readonly method: string } {
  return typeof target === 'object' && target !== null && 'method' in target
}

function makeText(node: TextNode, unpacker: Unpacker): Function {
  const { origin, digest } = node
  const begun = origin === undefined || digest === undefined ? undefined : begunIn(unpacker)
  const known = origin === undefined ? undefined : (atHome(origin, digest) ?? begun?.get(origin))
  if (known) return known as Function
  usersCodeRuns()
  const made = evaluateText(node, unpacker)
  begun?.set(origin as string, made)
  const { name } = node.text
  if (Object.getOwnPropertyDescriptor(made, 'name')?.value !== name && !ownsName(node)) {
    Object.defineProperty(made, 'name', { value: name, configurable: true })
  }
  rememberRecipe(made, node.text)
  freshIn(unpacker).add(made)
  return made
}

function ownsName(node: TextNode): boolean {
  return node.own.some(([key]: readonly unknown[]) => key === 'name')
}

/** Functions that were made here and now; the others are complete. */
export function freshIn(unpacker: Unpacker): Set<Function> {
  return unpacker.memo('function', () => new Set<Function>())
}

/**
 * The classes that are being made, by their origin. The class of an error is packed apart: where the program names it
 * too, the error has to get the one that is not whole yet.
 */
function begunIn(unpacker: Unpacker): Map<string, Function> {
  return unpacker.outermost.memo('classes', () => new Map<string, Function>())
}

type Setters = Record<string, (value: unknown) => void>

/** What sets the private static fields of the classes made here. */
function settersIn(unpacker: Unpacker): Map<Function, Setters> {
  return unpacker.memo('private statics', () => new Map<Function, Setters>())
}

/** Puts on what hangs on the function. */
export function fillFunction(made: Function, node: FunctionNode, unpacker: Unpacker): void {
  if (node.by !== 'text' || !freshIn(unpacker).has(made)) return
  for (const [name, slot] of node.statics ?? []) settersIn(unpacker).get(made)?.[name]?.(unpacker.value(slot))
  fillProperties(made, node.own, unpacker)
  if (node.proto) fillPrototype(made, node.proto, unpacker)
  if (node.above !== undefined) Object.setPrototypeOf(made, unpacker.value(node.above) as object | null)
  // Not before it is whole: what comes after a failure must not find half of it.
  if (node.origin !== undefined) adopt(node.origin, made, node.digest)
}

function fillPrototype(made: Function, node: NonNullable<TextNode['proto']>, unpacker: Unpacker): void {
  const proto = made.prototype as object
  fillProperties(proto, node.own, unpacker)
  if (node.above !== undefined) Object.setPrototypeOf(proto, unpacker.value(node.above) as object | null)
  noteOwner(proto, made)
}

/** What has to be there before the function can be made; its variables can wait. */
export function behind(node: FunctionNode): readonly Slot[] {
  if (node.by === 'text') return node.extends === undefined ? [] : [node.extends]
  if (node.by !== 'bound') return []
  const { target, self, args } = node
  return hasMethod(target) ? [self, ...args] : [target, self, ...args]
}

type Factory = (this: unknown, ...values: unknown[]) => unknown

function evaluateText(node: TextNode, unpacker: Unpacker): Function {
  const { text } = node
  const names: string[] = []
  const values: unknown[] = []
  const give = (name: string, value: unknown): void => {
    names.push(name)
    values.push(value)
  }
  // A variable of a circle of functions gets its value when that function exists.
  const late: { name: string; set: ((value: unknown) => void) | undefined; value: unknown }[] = []
  for (const [name, slot] of [...node.values, ...node.cells]) {
    const waiting = {
      name,
      set: undefined as ((value: unknown) => void) | undefined,
      value: undefined as unknown,
    }
    let now: { value: unknown } | undefined
    const known = unpacker.later(slot, value => {
      now = { value }
      if (waiting.set) waiting.set(value)
      else waiting.value = value
    })
    if (known && now) give(name, now.value)
    else late.push(waiting)
    // Static code of a class runs as it is made, decorators for one, and may look into what it captured.
    if (text.form === 'class') unpacker.ahead(slot)
  }
  for (const [name, module, exported] of text.imported)
    give(name, noteExport(exportOf(module, exported), module, exported))
  if (text.meta) give(text.meta, metaOf(text.url))
  const privates: Setters = {}
  if (text.settersName) give(text.settersName, privates)
  const self = node.lexicalThis === undefined ? undefined : unpacker.value(node.lexicalThis)
  const factory = factoryFor(
    text,
    names,
    late.map(({ name }) => name),
  )
  const [made, ...setters] = Reflect.apply(factory, self, values) as [
    unknown,
    ...((value: unknown) => void)[],
  ]
  late.forEach((waiting, i) => {
    waiting.set = setters[i] as (value: unknown) => void
    if (waiting.value !== undefined) waiting.set(waiting.value)
  })
  if (text.settersName) settersIn(unpacker).set(made as Function, privates)
  return text.form === 'method' ? methodIn(made as object) : (made as Function)
}

/** The one member of the object literal that a method was evaluated in. */
function methodIn(object: object): Function {
  const [key] = Reflect.ownKeys(object) as [PropertyKey]
  const { value, get, set } = ownProperty(object, key)
  return (value ?? get ?? set) as Function
}

const MOST_FACTORIES = 2000
let factories = new Map<string, Factory>()
/** The same by the text's object, which closures made again and again have in common. */
let factoriesOf = new WeakMap<FunctionText, Map<string, Factory>>()

function factoryFor(text: FunctionText, names: readonly string[], late: readonly string[]): Factory {
  const around = `${names.join()};${late.join()}`
  let known = factoriesOf.get(text)
  if (!known) {
    known = new Map()
    factoriesOf.set(text, known)
  }
  const factory = known.get(around) ?? makeFactory(text, names, late)
  known.set(around, factory)
  return factory
}

/*
 * The text is wrapped in a function whose parameters are the captured names, all on the text's first line, and the
 * column is moved back by as much: stacks show the user's own file, line and column.
 */
function makeFactory(text: FunctionText, names: readonly string[], late: readonly string[]): Factory {
  const { self } = text
  const [open, close] = bracketsOf(text)
  const setters = late.map(name => `,$${name}=>{${name}=$${name}}`).join('')
  const declare = late.length > 0 ? `let ${late.join(',')};` : ''
  const made = self ? self.name : unusedName('$made', text.source)
  // Static blocks of a class assign to them while it is made, as what TypeScript makes of decorators does.
  const others = self?.others ?? []
  const early = [...(self?.assigned ? [made] : []), ...others]
  const own = `${early.length > 0 ? `let ${early.join(',')};` : ''}${self?.assigned ? '' : 'const '}${made}=`
  const head = `(function(${names.join(',')}){${text.strict ? '"use strict";' : ''}${declare}${own}${open}`
  const { before, ...standing } = isCounted() ? countedStanding(text, head) : plainStanding(text, head)
  const code = `${before}${text.source}${close};${others.map(name => `${name}=${made};`).join('')}return[${made}${setters}]})`
  const key = `${standing.filename} ${standing.lineOffset} ${standing.columnOffset} ${code}`
  const known = factories.get(key)
  if (known) return known
  const factory = evaluate(code, { ...standing, imports: text.imports }) as Factory
  if (factories.size >= MOST_FACTORIES) {
    factories = new Map()
    factoriesOf = new WeakMap()
  }
  factories.set(key, factory)
  return factory
}

/** What makes a text an expression. */
function bracketsOf({ form, name }: FunctionText): readonly [open: string, close: string] {
  if (form === 'method') return ['({', '})']
  return isCounted() ? countedAs(name) : ['(', ')']
}

function plainStanding(text: FunctionText, head: string): TextStanding {
  const { url, line, column } = text.shown ?? text
  const filename = text.shown ? unmapped(url) : url || 'manycore:evaluated'
  return { filename, lineOffset: line, columnOffset: column - head.length, before: head }
}

/**
 * The text stands where it was written. Where Node has the map of that very file, because a compiler in memory gave it
 * and the file is loaded here too, it would map the place once more: another way to write the address keeps it off.
 */
function unmapped(url: string): string {
  return nodeModule.findSourceMap(url) ? url.replace(/^file:\/\/\//, 'file://localhost/') : url
}
