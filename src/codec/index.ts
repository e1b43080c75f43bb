/** codec: how a value crosses. */
import { createError, describe } from '../base/index.ts'
import type { Graph } from './graph.ts'
import type { Abilities } from './kind.ts'
import { isTransferable } from './kinds/platform.ts'
import { GraphPacker } from './packer.ts'
import { isPlain } from './plain.ts'
import { GraphUnpacker } from './unpacker.ts'

export { type ClassOptions, registerClass } from './classes.ts'
export type { Graph } from './graph.ts'
export type { Abilities, Kind, Packer, Slot, Unpacker } from './kind.ts'
export { needsOf, prepare } from './needs.ts'
export { registerKind } from './registry.ts'
export { arePrimitive } from './plain.ts'
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
}

const NOTHING: ReadonlySet<unknown> = new Set()

/**
 * Packs a value. `undefined` means: send it as it is, structured clone keeps it whole.
 * Throws a `CodecError` naming the path.
 */
export function pack(value: unknown, options: PackOptions): Graph | undefined {
  const { path, can, transfer, fresh } = options
  if (transfer && transfer.length > 0) return new GraphPacker(path, can, checkTransfer(transfer)).run(value)
  return isPlain(value, can, fresh) ? undefined : new GraphPacker(path, can, NOTHING).run(value)
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
