import { createError, ManycoreError } from '../base/index.ts'
import { classNamed } from './classes.ts'
import { close, dressUp } from './dress.ts'
import {
  DATA,
  DRESS,
  type Dress,
  type Graph,
  IDS,
  KINDS,
  LIST,
  NODES,
  PATH,
  PAYLOADS,
  RECORD,
  ROOT,
} from './graph.ts'
import type { Slot, Unpacker } from './kind.ts'
import { reasonText } from './reason.ts'
import { findPath } from './find-path.ts'
import { type AnyKind, kindNamed } from './registry.ts'

// 0: not touched yet.
const BEING_MADE = 1
const MADE = 2
const FILLED = 3

/**
 * Rebuilds one value. All shells first, then what is in them. From the last node to the first: children mostly have
 * higher numbers than their parents, so `make` mostly finds them made and hardly ever recurses.
 */
export class GraphUnpacker implements Unpacker {
  readonly #graph: Graph
  readonly #ids: readonly number[]
  readonly #payloads: readonly unknown[]
  readonly #kinds: readonly (AnyKind | undefined)[]
  readonly #dress = new Map<number, Dress>()
  readonly #made: unknown[]
  readonly #state: Uint8Array
  readonly #waiting = new Map<number, ((value: unknown) => void)[]>()
  readonly #memos = new Map<string, unknown>()
  readonly #apart = new Map<Graph, unknown>()
  readonly outermost: Unpacker
  /** While something is completed: what it has led to. */
  #reached: number[] | undefined

  constructor(graph: Graph, outermost?: Unpacker) {
    this.#graph = graph
    this.outermost = outermost ?? this
    const { ids, payloads, kinds, dress } = checkForm(graph)
    this.#ids = ids
    this.#payloads = payloads
    this.#kinds = kinds.map(name => kindNamed(String(name)))
    this.#made = []
    this.#made.length = ids.length
    this.#state = new Uint8Array(ids.length)
    for (let i = 0; i + 1 < dress.length; i += 2) {
      if (!Array.isArray(dress[i + 1])) throw damaged(graph.graph, 'its table is not whole')
      this.#dress.set(dress[i] as number, dress[i + 1] as Dress)
    }
  }

  run(): unknown {
    for (let node = this.#ids.length - 1; node >= 0; node--) this.#make(node)
    for (let node = this.#ids.length - 1; node >= 0; node--) this.#fill(node)
    for (const [node, dress] of this.#dress) this.#close(node, dress)
    try {
      return this.value(this.#graph.graph[ROOT] as Slot)
    } catch (error) {
      return this.#fail(0, error)
    }
  }

  value(slot: Slot): unknown {
    const node = this.#nodeAt(slot)
    if (node < 0) return slot
    this.#reached?.push(node)
    if (this.#state[node] === BEING_MADE) {
      const fields = { path: this.#pathOf(node), reason: 'to make it, it itself is needed' }
      throw createError('CANNOT_DECODE', fields)
    }
    return this.#make(node)
  }

  complete(slot: Slot): unknown {
    const before = this.#reached
    const reached: number[] = []
    this.#reached = reached
    try {
      const value = this.value(slot)
      // Grows as it goes.
      for (const node of reached) {
        const proto = this.#dress.get(node)?.[0]
        if (Array.isArray(proto)) this.value(proto as unknown as Slot)
        this.#fill(node)
      }
      return value
    } finally {
      this.#reached = before
    }
  }

  later(slot: Slot, set: (value: unknown) => void): boolean {
    const node = this.#nodeAt(slot)
    if (node < 0 || !this.#isBeingMade(node)) {
      set(this.value(slot))
      return true
    }
    const waiting = this.#waiting.get(node)
    if (waiting) waiting.push(set)
    else this.#waiting.set(node, [set])
    return false
  }

  ahead(slot: Slot): void {
    const node = this.#nodeAt(slot)
    if (node < 0 || this.#state[node] !== MADE) return
    const id = this.#ids[node] as number
    if (id !== NODES && id !== LIST && id !== RECORD) return
    const content = Object.values(this.#payloads[node] as object) as unknown[]
    const slots =
      id === NODES ? content.map(child => [child as number] as const) : content.filter(Array.isArray)
    if (slots.some(child => this.#isBeingMade(this.#nodeAt(child)))) return
    this.#fill(node)
    for (const child of slots) this.ahead(child as unknown as Slot)
  }

  /** It, or something that it can't be made without. */
  #isBeingMade(node: number): boolean {
    const state = this.#state[node] as number
    if (state > 0) return state === BEING_MADE
    const proto = this.#dress.get(node)?.[0]
    const behind = this.#kinds[this.#ids[node] as number]?.behind?.(this.#payloads[node]) ?? []
    return [...behind, Array.isArray(proto) ? proto : undefined].some(slot => {
      const other = this.#nodeAt(slot)
      return other >= 0 && this.#isBeingMade(other)
    })
  }

  memo<M>(kind: string, make: () => M): M {
    if (!this.#memos.has(kind)) this.#memos.set(kind, make())
    return this.#memos.get(kind) as M
  }

  /** What `GraphPacker.apart` packed: once, the same each time. */
  apart(graph: Graph): unknown {
    if (!this.#apart.has(graph)) this.#apart.set(graph, new GraphUnpacker(graph, this.outermost).run())
    return this.#apart.get(graph)
  }

  #nodeAt(slot: unknown): number {
    if (typeof slot !== 'object' || slot === null) return -1
    const node: unknown = Array.isArray(slot) && slot.length === 1 ? slot[0] : undefined
    if (typeof node !== 'number' || !(node in this.#state))
      throw new RangeError('it refers to a node that is not there')
    return node
  }

  #make(node: number): unknown {
    if ((this.#state[node] as number) >= MADE) return this.#made[node]
    this.#state[node] = BEING_MADE
    try {
      const made = this.#withClass(node, this.#shell(node))
      this.#made[node] = made
      this.#state[node] = MADE
      if (this.#waiting.size > 0) for (const set of this.#waiting.get(node) ?? []) set(made)
      return made
    } catch (error) {
      return this.#fail(node, error)
    }
  }

  #shell(node: number): unknown {
    const id = this.#ids[node] as number
    const payload = this.#payloads[node]
    if (id <= RECORD) return payload
    const kind = this.#kinds[id]
    if (!kind) {
      const name: unknown = (this.#graph.graph[KINDS] as readonly unknown[])[id]
      throw new TypeError(`there is no kind ${String(name)} here`)
    }
    return kind.make(payload, this)
  }

  #withClass(node: number, made: unknown): unknown {
    if (this.#dress.size === 0) return made
    const proto = this.#dress.get(node)?.[0]
    if (proto === undefined || proto === 0) return made
    return Object.setPrototypeOf(made, proto === null ? null : this.#prototype(proto))
  }

  #prototype(proto: string | readonly [number]): object {
    if (typeof proto === 'string') {
      const entry = classNamed(proto)
      if (!entry) throw new TypeError(`no class is registered here as ${proto}`)
      return entry.prototype
    }
    return (this.value(proto) as { readonly prototype: object }).prototype
  }

  #fill(node: number): void {
    if (this.#state[node] === FILLED) return
    this.#state[node] = FILLED
    try {
      this.#content(node)
      const properties = this.#dress.get(node)?.[2]
      if (properties) dressUp(this.#made[node] as object, properties, slot => this.value(slot))
    } catch (error) {
      this.#fail(node, error)
    }
  }

  #content(node: number): void {
    const id = this.#ids[node] as number
    const payload = this.#payloads[node]
    if (id === DATA) return
    if (id === NODES) return this.#nodes(payload as unknown[])
    if (id === LIST) return this.#list(payload as unknown[])
    if (id === RECORD) return this.#record(payload as Record<string, unknown>)
    this.#kinds[id]?.fill?.(this.#made[node], payload, this)
  }

  #nodes(list: unknown[]): void {
    const slot: [number] = [0]
    for (let i = 0; i < list.length; i++) {
      slot[0] = list[i] as number
      list[i] = this.value(slot)
    }
  }

  #list(list: unknown[]): void {
    for (let i = 0; i < list.length; i++) {
      const slot = list[i]
      if (typeof slot === 'object' && slot !== null) list[i] = this.value(slot as Slot)
    }
  }

  #record(record: Record<string, unknown>): void {
    for (const key of Object.keys(record)) {
      const slot = record[key]
      if (typeof slot === 'object' && slot !== null) record[key] = this.value(slot as Slot)
    }
  }

  #close(node: number, [, integrity]: Dress): void {
    if (integrity !== 0) close(this.#made[node] as object, integrity)
  }

  /** Turns whatever goes wrong into an error that names the node. */
  #fail(node: number, cause: unknown): never {
    if (cause instanceof ManycoreError) throw cause
    throw createError('CANNOT_DECODE', { path: this.#pathOf(node), reason: reasonText(cause) }, { cause })
  }

  #pathOf(node: number): string {
    return findPath(this.#graph, node)
  }
}

interface Form {
  readonly ids: readonly number[]
  readonly payloads: readonly unknown[]
  readonly kinds: readonly unknown[]
  readonly dress: readonly unknown[]
}

/** The value comes from our own code, but through a pipe: wrong lengths and numbers give an error, not a crash. */
function checkForm({ graph }: Graph): Form {
  const [ids, payloads, kinds] = [graph[IDS], graph[PAYLOADS], graph[KINDS]]
  const dress = graph[DRESS] === 0 ? [] : graph[DRESS]
  const whole =
    [ids, payloads, kinds, dress].every(Array.isArray) && (ids as []).length === (payloads as []).length
  if (!whole) throw damaged(graph, 'its table is not whole')
  return { ids, payloads, kinds, dress } as Form
}

function damaged(graph: readonly unknown[], reason: string): Error {
  return createError('CANNOT_DECODE', { path: String(graph[PATH]), reason })
}
