/**
 * codec: how a value crosses to another thread or process and keeps its type.
 *
 *    pool, worker ──► pack ──► isPlain? ── yes ──► send the value as it is
 *                                 │ no
 *                                 ▼
 *                            GraphPacker ◄──► kinds: Map, Error, URL … and those of other rooms (functions, handles)
 *                                 │
 *                               Graph ════ structured clone, between threads or processes ════► prepare, unpack
 *
 * What arrives as it was: primitives; records and arrays with holes, further properties, symbol keys, properties that
 * don't show, without prototype, frozen or sealed; Map, Set, Date, RegExp with `lastIndex`, boxed primitives, Buffer,
 * typed arrays, URL, URLSearchParams, Headers, objects of `Intl`, TextEncoder, TextDecoder; instances of
 * registered classes and of those that a kind carries, of subclasses of built-in classes too; errors of any class; the
 * same object in two places, circles, any depth. A local symbol is the same one wherever it goes
 * (`kinds/symbol-origins.ts`).
 * Different there: a getter that shows is its value, unless a function captures the object (`exact.ts`); `arguments` is
 * an array, `process.env` a record; of a view in part only its bytes go along (`kinds/binary.ts`).
 * Refused, with path and remedy: functions that no kind claims, promises, proxies, weak collections, generators,
 * iterators, sockets, streams, other resources, instances of unknown classes; between processes shared memory too.
 *
 * Invariants
 * - `pack` either answers that structured clone alone keeps the value, or gives a graph that crosses, or throws a
 *   `CodecError` with the path; it never lets a part of a value go without a word.
 * - A graph is plain data of a depth that does not grow with the value's, for `postMessage` and `v8.serialize` alike.
 * - `unpack` may keep parts of the graph, so a graph is unpacked once, and on the other side of a clone.
 * - Packing an error never fails; what of it can't cross is named in its `leftBehind`.
 * - Nothing here runs a constructor of the user's; `pack` and `unpack` of registered classes are the only user code,
 *   besides getters.
 */
import { createError, describe } from '../base/index.ts'
import type { Graph } from './graph.ts'
import type { Abilities } from './kind.ts'
import { isTransferable } from './kinds/platform.ts'
import { GraphPacker } from './packer.ts'
import { isPlain } from './plain.ts'
import { GraphUnpacker } from './unpacker.ts'

export { type ClassOptions, registerClass } from './classes.ts'
export { asText } from './as-text.ts'
export { type Graph, withPayloads } from './graph.ts'
export { isCounted, noteSent, takeBack, takeBackUnsent } from './unsent.ts'
export type { Abilities, Kind, Packer, Slot, Unpacker } from './kind.ts'
export { needsOf, prepare } from './needs.ts'
export { registerKind } from './registry.ts'
export { findLarge, LargeCopies } from './large.ts'
export { arePrimitive, isPlain } from './plain.ts'
export { builtinName, classAt } from './realm.ts'
export { joinStacks, type Origin, packThrown } from './thrown.ts'

export interface PackOptions {
  /** What the value is called in error paths: `args`, `result`. */
  readonly path: string
  readonly can: Abilities
  /** Objects that the caller hands over instead of copying. Ignored where the road can't transfer. */
  readonly transfer?: readonly unknown[] | undefined
  /**
   * The value is an array that the caller has just made of its items (rest arguments, a slice), so that nothing can
   * be odd about the array itself. Saves about half the time of packing `[1]`.
   */
  readonly fresh?: boolean
  /** Called before the walk begins anew. */
  readonly onAgain?: () => void
}

const NOTHING: ReadonlySet<unknown> = new Set()

/**
 * Packs a value. `undefined` means: send it as it is, structured clone keeps it whole.
 * Throws a `CodecError` naming the path.
 */
export function pack(value: unknown, options: PackOptions): Graph | undefined {
  const { can, transfer, fresh } = options
  if (transfer && transfer.length > 0) return packGraph(value, options, checkTransfer(transfer))
  return isPlain(value, can, fresh) ? undefined : packGraph(value, options, NOTHING)
}

/** An accessor that leads to what can't cross is its value: walks once more for each, which hardly ever is. */
function packGraph(value: unknown, options: PackOptions, transfer: ReadonlySet<unknown>): Graph {
  const asValues = new Set<unknown>()
  for (;;) {
    const packer = new GraphPacker(options.path, options.can, transfer, undefined, asValues)
    try {
      return packer.run(value)
    } catch (error) {
      const accessor = packer.refusedAccessor()
      if (accessor === undefined) throw error
      asValues.add(accessor)
      options.onAgain?.()
    }
  }
}

function checkTransfer(transfer: readonly unknown[]): ReadonlySet<unknown> {
  for (const [i, item] of transfer.entries()) {
    if (isTransferable(item)) continue
    throw createError('WRONG_OPTION', {
      where: 'the call',
      option: `transfer[${i}]`,
      got: describe(item),
      expected: 'an ArrayBuffer, a MessagePort, or another object that can be handed over',
    })
  }
  return new Set(transfer)
}

/** Rebuilds the value. Throws a `CodecError` when something in it can't be rebuilt here. */
export function unpack(graph: Graph): unknown {
  return new GraphUnpacker(graph).run()
}
