import { CaptureError, checkFunction, describe } from '../base/index.ts'
import { type Graph, takeBack } from '../codec/index.ts'
import type { FunctionNode, TextNode } from './function-node.ts'
import type { GraphState } from './graph-state.ts'
import { capture } from './capture.ts'
import { nameOf } from './module-keeps.ts'
import type { ModuleRequest } from './modules.ts'
import { isAbsent } from './properties.ts'
import { treeText } from './report-text.ts'
import { walk } from './walks.ts'

/** How something travels. */
export type Way = 'by reference' | 'by value' | 'built in' | 'bound' | 'as data'

/** One thing that travels, with what it leads to. */
export interface ReportNode {
  /** The variable's or the function's name. */
  readonly name: string
  /** How it travels: `by reference` (its module is imported there), `by value` (as text, with what it captures) … */
  readonly way: Way
  /** `function`, `class`, `object`, `Map`, `number 3`. */
  readonly kind: string
  /** For a function by reference: where the worker finds it. */
  readonly from?: string
  /** Where it is declared: `file:line:column`. */
  readonly declaredAt?: string | undefined
  /** Bytes of its own text and data, what it leads to not counted. 0 where it was counted above. */
  readonly bytes: number
  /** Further variables that it captures, and those of its parts that are functions. */
  readonly captures: readonly ReportNode[]
  /** What it imports again in the worker. */
  readonly imports: readonly { readonly name: string; readonly from: string }[]
}

/** What `explain` gives. `String(report)` is a readable tree. */
export interface Report {
  /** The function's name, `(anonymous)` where it has none. */
  readonly name: string
  /** How it travels; absent when it is refused. */
  readonly root: ReportNode | undefined
  /** Bytes that cross the first time a worker needs it. */
  readonly bytes: number
  /** Nothing that it captures can change: it is captured once. */
  readonly stable: boolean
  /** Why it can't travel. */
  readonly refused: CaptureError | undefined
  /** A tree to read, with sizes; the refusal where there is one. */
  toString(): string
}

const EVERYTHING = { transfer: true, share: true } as const

/**
 * Tells how a function would travel to a worker: by reference or by value, what it captures with sizes, what it
 * imports there, and why it is refused if it is. Sends nothing.
 *
 * @param fn The function or class.
 * @returns A `Report`: data, and as a string a tree to read.
 * @throws `UsageError` `NOT_A_FUNCTION`.
 *
 * Semantics: beyond Python.
 * @example
 * const rate = 0.25
 * console.log(String(explain(price => price * rate)))
 */
export function explain(fn: (...args: never[]) => unknown): Report {
  checkFunction('explain()', fn)
  const name = fn.name || '(anonymous)'
  try {
    const { stable, graph: unsent } = capture(fn, 'explain()', EVERYTHING)
    takeBack(unsent)
    const { graph, state } = walk(fn, { path: name, can: EVERYTHING }, error => error)
    takeBack(graph)
    const root = new Reporter(graph, state).root(name)
    return report({ name, root, bytes: sizeOf(graph.graph), stable, refused: undefined })
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return report({ name, root: undefined, bytes: 0, stable: false, refused: error })
  }
}

function report(data: Omit<Report, 'toString'>): Report {
  return Object.defineProperty({ ...data }, 'toString', { value: () => treeText(data) })
}

/** Reads a graph back as a tree. */
class Reporter {
  readonly #kinds: readonly string[]
  readonly #ids: readonly number[]
  readonly #payloads: readonly unknown[]
  readonly #rootSlot: unknown
  readonly #state: GraphState
  readonly #seen = new Set<number>()

  constructor({ graph }: Graph, state: GraphState) {
    const [, kinds, , root, ids, payloads] = graph
    this.#kinds = kinds as readonly string[]
    this.#rootSlot = root
    this.#ids = ids as readonly number[]
    this.#payloads = payloads as readonly unknown[]
    this.#state = state
  }

  root(name: string): ReportNode {
    return this.#node(this.#rootSlot, name, undefined)
  }

  #node(slot: unknown, name: string, declaredAt: string | undefined): ReportNode {
    const empty = { name, declaredAt, captures: [], imports: [] }
    const node = nodeAt(slot)
    if (node === undefined)
      return { ...empty, way: 'as data', kind: primitiveText(slot), bytes: sizeOf(slot) }
    const payload = this.#payloads[node]
    const kind = this.#kindOf(node)
    if (this.#seen.has(node)) {
      const way = kind === 'function' ? wayOf(payload as FunctionNode) : 'as data'
      return {
        ...empty,
        way,
        kind: kind === 'function' ? kindOf(payload as FunctionNode) : this.#dataKind(node),
        bytes: 0,
      }
    }
    this.#seen.add(node)
    if (kind === 'function') return this.#function(payload as FunctionNode, name, declaredAt)
    const { bytes, functions } = this.#below(node, name)
    return { ...empty, way: 'as data', kind: this.#dataKind(node), bytes, captures: functions }
  }

  #function(node: FunctionNode, name: string, declaredAt: string | undefined): ReportNode {
    const base = { name, declaredAt, way: wayOf(node), kind: kindOf(node), imports: [] }
    if (node.by === 'text') return { ...base, ...this.#text(node) }
    const bytes = sizeOf(node)
    if (node.by === 'export')
      return { ...base, bytes, from: exportText(node.module, node.name), captures: [] }
    if (node.by === 'kept')
      return { ...base, bytes, from: exportText(node.module, nameOf(node)), captures: [] }
    if (node.by === 'native') return { ...base, bytes, from: node.path.join('.'), captures: [] }
    if (node.by === 'require') return { ...base, bytes, from: node.file, captures: [] }
    if (node.by === 'own') return { ...base, bytes, from: 'manycore', captures: [] }
    const target =
      typeof node.target === 'object' && node.target && 'method' in node.target ? undefined : node.target
    const captures = [
      ...(target === undefined ? [] : [this.#node(target, 'target', undefined)]),
      this.#node(node.self, 'this', undefined),
      ...node.args.map((arg, i) => this.#node(arg, `argument ${i}`, undefined)),
    ]
    return { ...base, bytes: 0, captures }
  }

  #text(node: TextNode): Pick<ReportNode, 'bytes' | 'captures' | 'imports' | 'from'> {
    const located = this.#state.declarations.get(node)
    const captures = [...node.values, ...node.cells].map(([name, slot]) =>
      this.#node(slot, name, located?.get(name.replace(/\$+$/, ''))?.()),
    )
    const hung = [...node.own, ...(node.proto?.own ?? [])]
      .filter(property => !isAbsent(property))
      .map(([key, slot]) => this.#node(slot, `.${String(key)}`, undefined))
    const statics = (node.statics ?? []).map(([name, slot]) => this.#node(slot, `#${name}`, undefined))
    const { text } = node
    const imports = text.imported.map(([name, module, exported]) => ({
      name,
      from: exportText(module, exported),
    }))
    const from = text.url ? `${text.url}:${text.line + 1}:${text.column + 1}` : undefined
    return {
      bytes: sizeOf(text.source),
      captures: [...captures, ...hung, ...statics],
      imports,
      ...(from ? { from } : {}),
    }
  }

  /** The bytes of data with all its parts, and the functions among them. */
  #below(node: number, name: string): { bytes: number; functions: ReportNode[] } {
    let bytes = sizeOf(this.#payloads[node])
    const functions: ReportNode[] = []
    for (const [label, child] of this.#kindOf(node) === 'data' ? [] : slotsIn(this.#payloads[node])) {
      if (this.#kindOf(child) === 'function') {
        functions.push(this.#node([child], `${name}${label}`, undefined))
      } else if (!this.#seen.has(child)) {
        this.#seen.add(child)
        const below = this.#below(child, `${name}${label}`)
        bytes += below.bytes
        functions.push(...below.functions)
      }
    }
    return { bytes, functions }
  }

  #kindOf(node: number): string {
    return this.#kinds[this.#ids[node] as number] as string
  }

  #dataKind(node: number): string {
    const kind = this.#kindOf(node)
    if (kind === 'cell') return 'shared variable'
    if (kind !== 'data' && kind !== 'list' && kind !== 'record') return kind
    return Array.isArray(this.#payloads[node]) ? 'array' : 'object'
  }
}

function* slotsIn(payload: unknown, depth = 0): Generator<readonly [label: string, node: number]> {
  if (typeof payload !== 'object' || payload === null || ArrayBuffer.isView(payload)) return
  for (const [key, item] of Object.entries(payload)) {
    const label = Array.isArray(payload) ? `[${key}]` : `.${key}`
    const node = nodeAt(item)
    if (node !== undefined) yield [label, node]
    else if (depth < 2) yield* slotsIn(item, depth + 1)
  }
}

function nodeAt(slot: unknown): number | undefined {
  return Array.isArray(slot) && slot.length === 1 && typeof slot[0] === 'number' ? slot[0] : undefined
}

function wayOf(node: FunctionNode): Way {
  if (node.by === 'text') return 'by value'
  if (node.by === 'bound') return 'bound'
  return node.by === 'native' ? 'built in' : 'by reference'
}

function kindOf(node: FunctionNode): string {
  return node.by === 'text' && node.text.form === 'class' ? 'class' : 'function'
}

function exportText({ from }: ModuleRequest, name: string): string {
  return name === '*' ? from : `${from}#${name}`
}

function primitiveText(value: unknown): string {
  return value === null || value === undefined
    ? String(value)
    : `${typeof value} ${describe(value).slice(0, 40)}`
}

function sizeOf(value: unknown): number {
  try {
    return process.getBuiltinModule('node:v8').serialize(value).length
  } catch {
    // Only shared memory: nothing of it is copied.
    return 0
  }
}
