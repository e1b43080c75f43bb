import type { Slot } from './kind.ts'

/*
 * The form of a packed value: a flat table, so that neither our walks nor the serializers recurse, however deep
 * the value is.
 *
 *     [ path, kinds, needs, root, ids, payloads, dress ]
 *
 *     path      what the value is called in errors: 'args'
 *     kinds     names of the kinds in this graph, those of `LAYOUTS` first
 *     needs     [kind name, need, REQUIRED or OPTIONAL, …] for `prepare`, or 0
 *     root      the slot of the value
 *     ids       per node: its kind, as an index in `kinds`
 *     payloads  per node: what its kind made of it
 *     dress     [node, Dress, …]: what is out of the ordinary about a node besides its content, or 0
 *
 * A slot is a primitive, standing for itself, or `[n]`: node n. Nothing else, so a payload of slots needs no marks.
 */

/** A packed value that structured clone alone would damage. Itself plain, structured-cloneable data. */
export interface Graph {
  readonly graph: readonly unknown[]
}

export const PATH = 0
export const KINDS = 1
export const NEEDS = 2
export const ROOT = 3
export const IDS = 4
export const PAYLOADS = 5
export const DRESS = 6

/** Is the value lost without this need? */
export const REQUIRED = 0
export const OPTIONAL = 1

/** The first kinds of every graph: arrays and records, whose payload is the shell too. Without references: */
export const DATA = 0
/** An array without holes, whose items are all references: their node numbers. */
export const NODES = 1
/** An array without holes, whose items are slots. */
export const LIST = 2
/** A record, or an array with holes or further properties, whose values are slots. */
export const RECORD = 3
export const LAYOUTS = ['data', 'nodes', 'list', 'record'] as const

/** What is out of the ordinary about a node: `[prototype, integrity, properties]`. */
export type Dress = readonly [proto: Proto, integrity: Integrity, properties: readonly Slot[] | 0]
/** 0: the usual one; null: none; a string: of the registered class; a slot: of the class at that node. */
export type Proto = 0 | null | string | readonly [number]
/** 0: open; 1: not extensible; 2: sealed; 3: frozen. */
export type Integrity = 0 | 1 | 2 | 3

/** Flags of a property: three slots each in `Dress`: key, value, flags. */
export const ENUMERABLE = 1
export const WRITABLE = 2
export const CONFIGURABLE = 4
/** The value is half an accessor. */
export const GETTER = 8
export const SETTER = 16
export const ORDINARY = ENUMERABLE | WRITABLE | CONFIGURABLE

/** The graph with other payloads for the nodes of one kind. `change` gives what it was given where nothing changes. */
export function withPayloads(graph: Graph, kind: string, change: (payload: unknown) => unknown): Graph {
  const kinds = graph.graph[KINDS] as readonly string[]
  const id = kinds.indexOf(kind)
  if (id < 0) return graph
  const ids = graph.graph[IDS] as readonly number[]
  const payloads = graph.graph[PAYLOADS] as readonly unknown[]
  let changed: unknown[] | undefined
  for (let node = ids.indexOf(id); node >= 0; node = ids.indexOf(id, node + 1)) {
    const payload = change(payloads[node])
    if (payload === payloads[node]) continue
    changed ??= [...payloads]
    changed[node] = payload
  }
  return changed ? { graph: graph.graph.with(PAYLOADS, changed) } : graph
}

/** The node that a slot refers to, or -1 where it is a primitive. */
export function nodeOf(slot: unknown): number {
  return typeof slot === 'object' && slot !== null && Array.isArray(slot) ? (slot[0] as number) : -1
}

/** Joins the steps of a path: `['args', 0, '.my key']` → `args[0]["my key"]`. */
export function pathText(steps: readonly (string | number)[]): string {
  return steps.map((step, i) => (i === 0 ? String(step) : stepText(step))).join('')
}

/** One step of a path: a number is an index, `.key` a property of any name, `!text` and anything else a text. */
export function stepText(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`
  if (step.startsWith('!')) return step.slice(1)
  return step.startsWith('.') && !isName(step) ? `[${JSON.stringify(step.slice(1))}]` : step
}

/** Made when it is needed: a pattern with classes of Unicode takes the engine as long as loading the whole room. */
function isName(step: string): boolean {
  return /^\.[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step)
}
