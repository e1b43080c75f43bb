import { type Abilities, type Graph, pack, prepare, unpack } from '../../src/codec/index.ts'

/** As it is, where nothing has to be done to it. */
export type Packed = { readonly plain: unknown } | Graph

export function wrap(value: unknown, path: string, can: Abilities): Packed {
  return pack(value, { path, can }) ?? { plain: value }
}

export async function unwrap(packed: Packed): Promise<unknown> {
  if ('plain' in packed) return packed.plain
  await prepare(packed)
  return unpack(packed)
}
