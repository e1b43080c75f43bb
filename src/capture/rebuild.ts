import nodeModule, { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import path from 'node:path'
import type { Unpacker } from '../codec/index.ts'
import { usersCodeRuns } from './at-once.ts'
import type { BoundNode, FunctionNode, FunctionText, TextNode } from './function-node.ts'
import { noteExport } from './module-symbols.ts'
import { evaluate, exportOf } from './modules.ts'
import { followNative } from './natives.ts'
import { ownFunction } from './own-functions.ts'
import { adopt, atHome } from './origins.ts'
import { fillProperties, ownProperty } from './properties.ts'
import { rememberRecipe } from './recipes.ts'

/** Makes the function that a node stands for. */
export function makeFunction(node: FunctionNode, unpacker: Unpacker): Function {
  switch (node.by) {
    case 'native':
      return followNative(node.path) as Function
    case 'export':
      return noteExport(exportOf(node.module, node.name), node.module, node.name) as Function
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
  const { origin } = node
  const known = origin === undefined ? undefined : atHome(origin, node.digest)
  if (known) return known as Function
  usersCodeRuns()
  const made = evaluateText(node, unpacker)
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
function freshIn(unpacker: Unpacker): Set<Function> {
  return unpacker.memo('function', () => new Set<Function>())
}

/** Puts on what hangs on the function. */
export function fillFunction(made: Function, node: FunctionNode, unpacker: Unpacker): void {
  if (node.by !== 'text' || !freshIn(unpacker).has(made)) return
  fillProperties(made, node.own, unpacker)
  if (node.proto) fillPrototype(made, node.proto, unpacker)
  // Not before it is whole: what comes after a failure must not find half of it.
  if (node.origin !== undefined) adopt(node.origin, made, node.digest)
}

function fillPrototype(made: Function, node: NonNullable<TextNode['proto']>, unpacker: Unpacker): void {
  const { above, over, replaced } = node
  if (replaced) {
    const by = unpacker.value(replaced.slot) as Function
    made.prototype = replaced.by === 'itself' ? by : (by.prototype as object)
    return
  }
  const proto = made.prototype as object
  fillProperties(proto, node.own, unpacker)
  if (over !== undefined) Object.setPrototypeOf(proto, unpacker.value(over) as object)
  if (!above) return
  const parent = unpacker.value(above.class) as Function
  Object.setPrototypeOf(proto, parent.prototype as object)
  if (above.statics) Object.setPrototypeOf(made, parent)
}

type Factory = (this: unknown, ...values: unknown[]) => unknown

function evaluateText(node: TextNode, unpacker: Unpacker): Function {
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
  }
  const { text } = node
  for (const [name, module, exported] of text.imported)
    give(name, noteExport(exportOf(module, exported), module, exported))
  if (text.meta) give(text.meta, metaOf(text.url))
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
  const { form, self } = text
  const [open, close] = form === 'method' ? ['({', '})'] : ['(', ')']
  const setters = late.map(name => `,$v=>{${name}=$v}`).join('')
  const declare = late.length > 0 ? `let ${late.join(',')};` : ''
  const own = self ? `${self.assigned ? 'let' : 'const'} ${self.name}=` : 'const $made='
  const head = `(function(${names.join(',')}){${text.strict ? '"use strict";' : ''}${declare}${own}${open}`
  const code = `${head}${text.source}${close};return[${self ? self.name : '$made'}${setters}]})`
  const { url, line, column } = text.shown ?? text
  const key = `${url} ${line} ${column} ${code}`
  const known = factories.get(key)
  if (known) return known
  const factory = evaluate(code, {
    filename: text.shown ? unmapped(url) : url || 'manycore:evaluated',
    lineOffset: line,
    columnOffset: column - head.length,
    imports: text.imports,
  }) as Factory
  if (factories.size >= MOST_FACTORIES) {
    factories = new Map()
    factoriesOf = new WeakMap()
  }
  factories.set(key, factory)
  return factory
}

/**
 * The text stands where it was written. Where Node has the map of that very file, because a compiler in memory gave it
 * and the file is loaded here too, it would map the place once more: another way to write the address keeps it off.
 */
function unmapped(url: string): string {
  return nodeModule.findSourceMap(url) ? url.replace(/^file:\/\/\//, 'file://localhost/') : url
}

const metas = new Map<string, object>()

/** What `import.meta` is in a module of this address. */
function metaOf(url: string): object {
  const known = metas.get(url)
  if (known) return known
  const isFile = url.startsWith('file:')
  const filename = isFile ? fileURLToPath(url) : undefined
  const meta = {
    __proto__: null,
    ...(filename === undefined ? {} : { dirname: path.dirname(filename), filename }),
    resolve: (specifier: string) => resolveFrom(url, specifier),
    url,
  }
  metas.set(url, meta)
  return meta
}

function resolveFrom(parent: string, specifier: string): string {
  if (/^(\.{0,2}\/|[a-z][a-z0-9+.-]+:)/i.test(specifier)) return new URL(specifier, parent).href
  const found = createRequire(parent).resolve(specifier)
  return path.isAbsolute(found) ? new URL(`file://${found}`).href : `node:${found.replace(/^node:/, '')}`
}
