import type { Graph } from './graph.ts'

/*
 * The contract between the codec's graph and the kinds of things that it can carry. A room that has a new
 * kind of thing (functions and classes: `capture`; locks and queues: their rooms) registers it here, so the
 * codec never learns which kinds exist.
 */

/** What a road between two parties can carry besides copies. */
export interface Abilities {
  /** Buffers and ports may be handed over instead of copied. */
  readonly transfer: boolean
  /** A `SharedArrayBuffer` stays shared. */
  readonly share: boolean
  /** Typed arrays arrive as `structuredClone` makes them. (`v8.serialize` loses which share a buffer.) */
  readonly views?: boolean
}

/** A place in a packed graph: a primitive, or a reference to a node. Made by `Packer.slot`, read by `Unpacker.value`. */
export type Slot = string | number | boolean | bigint | null | undefined | readonly [number]

/** A kind of object that structured clone can't do justice. `P` is what crosses: plain, structured-cloneable data. */
export interface Kind<T = never, P = unknown> {
  /** Its name in the graph; the same on both sides. */
  readonly name: string
  /**
   * The module that registers it, `import.meta.url`: loaded on the other side if the kind is not known there. For rooms
   * that a worker does not load by itself.
   */
  readonly module?: string
  /**
   * Instances of these classes, and of their subclasses, are of this kind. Found at once, however many kinds there are,
   * so better than `claims` wherever it can be said.
   */
  readonly classes?: readonly { readonly prototype: object }[]
  /** Is this object (or function, or symbol) of this kind? Asked only for what is not plain data, latest registered first. */
  claims?(value: unknown): boolean
  /** Is this plain record of this kind all the same? Has to be quick: it is asked for each. */
  claimsRecord?(value: object): boolean
  /** Takes it apart. Children go through `packer.slot`. */
  pack(value: T, packer: Packer): P
  /**
   * Builds it, or its shell. `unpacker.value` gives a child, building it first where needed.
   * A container whose children may point back at it makes an empty shell here and fills it in `fill`.
   */
  make(payload: P, unpacker: Unpacker): T
  /** The children that `make` asks for, where a captured variable may wait for them. */
  behind?(payload: P): readonly Slot[]
  /** Puts the children in, after every shell exists. */
  fill?(made: T, payload: P, unpacker: Unpacker): void
  /**
   * May an instance of this class cross as its content (own properties; items, where it is an Array, Map, Set …)
   * on an object with the class's prototype? Asked for what no kind claims. Yes means that this kind claims the
   * class itself, which then crosses with it; no constructor runs.
   */
  carriesInstances?(constructor: Function, instance: object): boolean
  /** Is this class the platform's own? Asked for errors of a class that can't cross: they fall back on one above it. */
  isPlatformClass?(constructor: Function): boolean
  /**
   * Packs what leads to functions, for itself: the same graph again for as long as it is right, as a text. `undefined`:
   * it can't cross.
   */
  packKept?(thing: object, can: Abilities): Graph | string | undefined
  /** Fetches what `make` will need and can only be had asynchronously (a module). Called once per `packer.need`. */
  prepare?(need: unknown): Promise<void> | undefined
}

/** Given to `Kind.pack`. */
export interface Packer {
  readonly can: Abilities
  /**
   * Packs a child; the same object gives the same node, so identity and cycles survive. The child is taken apart
   * after this kind's `pack` has returned. `label` extends the path of errors: `.name`
   * a property, a number an item, `!text` any other step.
   */
  slot(child: unknown, label: string | number): Slot
  /** Asks the other side to call `prepare(need)` of the named kind before it builds anything. */
  need(kind: string, need: unknown): void
  /** How the walk got here, outermost first: `['args', '[0]', '.connection']`. */
  path(): readonly string[]
  /** The same as one text: `args[0].connection`. */
  pathText(): string
  /** Throws the error for something that can't cross, with the path in it. */
  refuse(what: string, remedy: string): never
  /** Free for kinds: one store per graph, by kind name. */
  memo<M>(kind: string, make: () => M): M
  /** Calls back if what is packed here is not sent after all: something else in it can't be, or nobody wants it. */
  unsent(undo: () => void): void
  /** Is this object part of the graph by itself? */
  has(value: object): boolean
  /** Is it part of the graph and not taken apart yet? */
  awaits(value: object): boolean
  /** Calls back when all else is taken apart, and again for as long as a call adds to the graph. */
  afterwards(again: () => void): void
}

/** Given to `Kind.make` and `Kind.fill`. */
export interface Unpacker {
  /** The child at this place. Throws (`CANNOT_DECODE`) in a circle through `make`: use `later` there. */
  value(slot: Slot): unknown
  /** The same with everything below it in place too, not only its shell. For `make` that hands it to a user's function. */
  complete(slot: Slot): unknown
  /** What lists and records below this child hold is put in already, where it does not need what is being made. */
  ahead(slot: Slot): void
  /** Calls `set` with the child: now if it can be had, else as soon as it exists. Returns false in the second case. */
  later(slot: Slot, set: (value: unknown) => void): boolean
  memo<M>(kind: string, make: () => M): M
  /** That of the whole, where this one rebuilds what was packed apart within it; else itself. */
  readonly outermost: Unpacker
}
