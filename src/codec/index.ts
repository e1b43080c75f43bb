/** codec: how a value crosses. (Contract; being built.) */
import type { Abilities } from './kind.ts'

export type { Abilities, Kind, Packer, Slot, Unpacker } from './kind.ts'

/** A packed value that structured clone alone would damage. Itself plain, structured-cloneable data. */
export interface Graph {
  readonly graph: readonly unknown[]
}

export interface PackOptions {
  /** What the value is called in error paths: `args`, `result`. */
  readonly path: string
  readonly can: Abilities
  /** Objects that the caller hands over instead of copying. Ignored where the road can't transfer. */
  readonly transfer?: readonly unknown[] | undefined
}

/** Packs a value. `undefined` means: send it as it is, structured clone keeps it whole. Throws a `CodecError` naming the path. */
export declare function pack(value: unknown, options: PackOptions): Graph | undefined
/** Packs whatever was thrown. Never throws: what can't cross is left out and said so. */
export declare function packThrown(thrown: unknown, can: Abilities): Graph
/** Fetches what the graph needs before `unpack` (modules). `undefined`: nothing to wait for. */
export declare function prepare(graph: Graph): Promise<void> | undefined
/** Rebuilds the value. Throws a `CodecError` when something in it can't be rebuilt here. */
export declare function unpack(graph: Graph): unknown
