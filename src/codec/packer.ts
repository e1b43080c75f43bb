import { types } from 'node:util'
import { createError, ManycoreError } from '../base/index.ts'
import { Attempts } from './attempts.ts'
import type { ClassEntry } from './classes.ts'
import { classify, type Treatment } from './classify.ts'
import { dressOf } from './dress.ts'
import { type Dress, type Graph, LAYOUTS, NEEDS, OPTIONAL, type Proto, pathText, REQUIRED } from './graph.ts'
import type { Abilities, Packer, Slot } from './kind.ts'
import { placeViews } from './kinds/binary.ts'
import { CLASS_NEED, type ClassNeed, KIND_NEED, type KindNeed } from './needs.ts'
import { reasonText } from './reason.ts'
import { refusal } from './refusal.ts'
import { type AnyKind, packKept } from './registry.ts'
import { noteUndoing, takeBack } from './unsent.ts'
import { copyList, copyRecord, copySparse } from './shells.ts'

/** One walk over a value. Nodes are taken apart in the order in which they were met, so nothing here recurses. */
export class GraphPacker implements Packer {
  readonly can: Abilities
  readonly transfer: ReadonlySet<unknown>
  readonly #root: string
  readonly #slots = new Map<unknown, readonly [number]>()
  // Per node, by number.
  readonly #values: unknown[] = []
  readonly #parents: number[] = []
  readonly #labels: (string | number)[] = []
  readonly #captured: boolean[] = []
  readonly #ids: number[] = []
  readonly #payloads: unknown[] = []

  readonly #kinds: string[] = [...LAYOUTS]
  readonly #kindIds = new Map<string, number>()
  readonly #needs: unknown[] = []
  readonly #dress: unknown[] = []
  readonly #classDress = new Map<string | number | null, Dress>()
  readonly #memos = new Map<string, unknown>()
  readonly #views: (readonly [node: number, view: ArrayBufferView])[] = []
  readonly #afterwards: (readonly [node: number, again: () => void])[] = []
  readonly #undoing: (() => void)[] = []
  readonly #attempts: Attempts
  readonly #apart = new Map<unknown, Graph>()
  /** Registered classes that the graph tells of. */
  #told: Set<string> | undefined
  /** Accessors that cross as functions, and those that cross as their values. */
  readonly #accessors = new Set<unknown>()
  readonly #asValues: ReadonlySet<unknown>
  #current = -1
  /** Does a function capture what is taken apart now? */
  captured = false

  constructor(
    path: string,
    can: Abilities,
    transfer: ReadonlySet<unknown>,
    attempts = new Attempts(),
    asValues: ReadonlySet<unknown> = NONE,
  ) {
    this.#root = path
    this.#attempts = attempts
    this.#asValues = asValues
    this.can = can
    this.transfer = transfer
  }

  run(value: unknown): Graph {
    try {
      const graph = this.#run(value)
      noteUndoing(graph, this.#undoing)
      return graph
    } catch (error) {
      for (const undo of this.#undoing) undo()
      throw error
    }
  }

  unsent(undo: () => void): void {
    this.#undoing.push(undo)
  }

  #run(value: unknown): Graph {
    const root = this.slot(value, '')
    this.#takeApart(0)
    this.#askAgain()
    const met = this.#values.length
    this.#current = -1
    placeViews(
      this.#views.map(([node, view]) => [view, payload => void (this.#payloads[node] = payload)]),
      this,
    )
    this.#takeApart(met)
    const [path, kinds, needs, dress] = [this.#root, this.#kinds, this.#needs, this.#dress]
    return { graph: [path, kinds, orZero(needs), root, this.#ids, this.#payloads, orZero(dress)] }
  }

  afterwards(again: () => void): void {
    this.#afterwards.push([this.#current, again])
  }

  #askAgain(): void {
    for (let met = -1; met < this.#values.length; ) {
      met = this.#values.length
      for (const [node, again] of this.#afterwards) {
        this.#current = node
        again()
      }
      this.#takeApart(met)
    }
  }

  slot(child: unknown, label: string | number): Slot {
    switch (typeof child) {
      case 'object':
        if (child === null) return null
        break
      case 'symbol':
      case 'function':
        break
      default:
        return child as Slot
    }
    const known = this.#slots.get(child)
    if (known) return known
    const slot = [this.#values.length] as const
    this.#slots.set(child, slot)
    this.#values.push(child)
    this.#parents.push(this.#current)
    this.#labels.push(label)
    this.#captured.push(this.captured)
    this.#ids.push(-1)
    this.#payloads.push(undefined)
    return slot
  }

  /**
   * Packs a child, if all that it leads to can cross; else nothing of it, and says why. Tried out in a packer of its
   * own, as kinds may change earlier nodes when they meet a later one.
   */
  attempt(child: unknown, label: string | number): { readonly slot: Slot } | { readonly reason: unknown } {
    const reason = this.#attempts.refusalOf(child, this.can, () => takeBack(this.#another().run(child)))
    return reason === undefined ? { slot: this.slot(child, label) } : { reason }
  }

  #another(): GraphPacker {
    const another = new GraphPacker(this.#root, this.can, this.transfer, this.#attempts, this.#asValues)
    another.captured = this.captured
    return another
  }

  need(kind: string, need: unknown): void {
    this.#needs.push(kind, need, REQUIRED)
  }

  /**
   * Packs a value for itself, to be unpacked by `GraphUnpacker.apart` or not at all: `undefined` when it can't cross.
   * The same value gives the same graph.
   */
  apart(value: unknown): Graph | undefined {
    let graph = this.#apart.get(value)
    if (!graph) {
      try {
        graph = this.#another().run(value)
      } catch {
        return undefined
      }
      const packed = graph
      this.unsent(() => takeBack(packed))
      this.#apart.set(value, graph)
    }
    this.#needOf(graph)
    return graph
  }

  #needOf({ graph }: Graph): void {
    const needs = graph[NEEDS]
    // Asked for already, by another error of the same class.
    if (!Array.isArray(needs) || this.#needs.includes(needs[1])) return
    for (let i = 0; i < needs.length; i += 3) this.#needs.push(needs[i], needs[i + 1], OPTIONAL)
  }

  path(): readonly string[] {
    return this.#steps().map(String)
  }

  /** `path()` as one text, further steps below the current node added. */
  pathText(...below: readonly (string | number)[]): string {
    return pathText([...this.#steps(), ...below])
  }

  refuse(what: string, remedy: string): never {
    throw createError('CANNOT_CLONE', { path: this.pathText(), kind: what, remedy })
  }

  memo<M>(kind: string, make: () => M): M {
    if (!this.#memos.has(kind)) this.#memos.set(kind, make())
    return this.#memos.get(kind) as M
  }

  /** A view whose payload is known only when all views have been met. */
  place(view: ArrayBufferView): void {
    this.#views.push([this.#current, view])
  }

  /** The value of a property; a getter that throws gives an error with its path. */
  read(from: object, key: string | symbol): unknown {
    try {
      return Reflect.get(from, key)
    } catch (error) {
      const label = typeof key === 'symbol' ? `[${String(key)}]` : `.${key}`
      throw createError(
        'CANNOT_READ',
        { path: this.pathText(label), reason: reasonText(error) },
        { cause: error },
      )
    }
  }

  /** The dress of an object about which only the class is out of the ordinary: one for all of a class. */
  dressFor(proto: Proto): Dress | undefined {
    if (proto === 0) return undefined
    const key = typeof proto === 'object' && proto !== null ? proto[0] : proto
    let dress = this.#classDress.get(key)
    if (!dress) {
      dress = [proto, 0, 0]
      this.#classDress.set(key, dress)
    }
    return dress
  }

  has(value: object): boolean {
    return this.#slots.has(value)
  }

  awaits(value: object): boolean {
    const [node = -1] = this.#slots.get(value) ?? []
    return node > this.#current
  }

  /** A getter or setter that crosses as it is. */
  accessor(fn: Function, label: string): Slot {
    this.#accessors.add(fn)
    return this.slot(fn, label)
  }

  isValue(accessor: unknown): boolean {
    return this.#asValues.has(accessor)
  }

  /** After a refusal: the accessor by way of which the walk got there. */
  refusedAccessor(): unknown {
    for (let node = this.#current; node >= 0; node = this.#parents[node] ?? -1)
      if (this.#accessors.has(this.#values[node])) return this.#values[node]
    return undefined
  }

  #steps(): (string | number)[] {
    const steps: (string | number)[] = []
    for (let node = this.#current; node >= 0; node = this.#parents[node] ?? -1) {
      const label = this.#labels[node]
      if (label !== undefined && label !== '') steps.push(label)
    }
    return [this.#root, ...steps.toReversed()]
  }

  #takeApart(from: number): void {
    for (let node = from; node < this.#values.length; node++) {
      this.#current = node
      const value = this.#values[node]
      this.captured = this.#captured[node] === true || typeof value === 'function'
      try {
        this.#node(node, value)
      } catch (error) {
        if (error instanceof ManycoreError) throw error
        const fields = { path: this.pathText(), reason: reasonText(error) }
        throw createError('CANNOT_READ', fields, { cause: error })
      }
    }
  }

  #node(node: number, value: unknown): void {
    const treatment = classify(value)
    if (!treatment) return this.#outcast(node, value)
    const { inside, of } = treatment
    if (of === 'whole') this.#byKind(node, inside as AnyKind, value)
    else if (typeof of === 'object' && of.pack) this.#byClass(node, value as object, of)
    else this.#content(node, value as object, inside, this.#proto(of))
  }

  #outcast(node: number, value: unknown): void {
    if (types.isArgumentsObject(value)) {
      this.#layout(node, Array.from(value as ArrayLike<unknown>))
      return
    }
    const { kind, remedy } = refusal(value)
    this.refuse(kind, remedy)
  }

  #proto(of: Treatment['of']): Proto {
    if (typeof of === 'function') return this.slot(of, '.constructor') as readonly [number]
    if (typeof of === 'object') return this.#registered(of)
    return of === 'none' ? null : 0
  }

  #byKind(node: number, kind: AnyKind, value: unknown): void {
    if (kind.module !== undefined && !this.#kindIds.has(kind.name))
      this.need(KIND_NEED, { kind: kind.name, from: kind.module } satisfies KindNeed)
    this.#set(node, kind.name, kind.pack(value, this))
  }

  #byClass(node: number, value: object, entry: ClassEntry): void {
    const name = this.#registered(entry)
    this.#set(node, 'class', [name, this.slot(entry.pack?.(value), '')])
  }

  /**
   * The name of a registered class. The other side is told the class itself too, and how it is packed, as far as they can
   * cross: a `pack` in the class's own static block can't, but that block runs there as well.
   */
  #registered({ name, homes }: ClassEntry): string {
    if (homes.length === 0 || this.#told?.has(name)) return name
    this.#told ??= new Set()
    this.#told.add(name)
    for (const home of homes) {
      const graph = packKept(home, this.can)
      if (!graph) continue
      if (typeof graph === 'object') this.unsent(() => takeBack(graph))
      this.#needs.push(CLASS_NEED, { name, graph } satisfies ClassNeed, OPTIONAL)
      break
    }
    return name
  }

  /** What the object holds, and whatever else is out of the ordinary about it. */
  #content(node: number, value: object, kind: AnyKind | undefined, proto: Proto): void {
    let inContent: number | undefined
    if (kind) this.#byKind(node, kind, value)
    else inContent = this.#layout(node, value)
    const dress = dressOf(value, proto, inContent, this)
    if (dress) this.#dress.push(node, dress)
  }

  /** An array or a record. Gives how many of its properties are in the payload. */
  #layout(node: number, value: object): number {
    const copy = Array.isArray(value)
      ? (copyList(value, this) ?? copySparse(value, this))
      : copyRecord(value, this)
    this.#store(node, copy.layout, copy.shell)
    return copy.properties
  }

  #store(node: number, id: number, payload: unknown): void {
    this.#ids[node] = id
    this.#payloads[node] = payload
  }

  #set(node: number, kind: string, payload: unknown): void {
    let id = this.#kindIds.get(kind)
    if (id === undefined) {
      id = this.#kinds.push(kind) - 1
      this.#kindIds.set(kind, id)
    }
    this.#store(node, id, payload)
  }
}

const NONE: ReadonlySet<unknown> = new Set()

function orZero(list: readonly unknown[]): readonly unknown[] | 0 {
  return list.length > 0 ? list : 0
}
