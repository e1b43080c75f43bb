import { endianness } from 'node:os'
import type { Scalar } from './typecodes.ts'

/*
 * Numbers in a DataView, in the byte order of this machine. A function for each type, written out: so the engine finds
 * the method that is meant and leaves nothing of the call.
 */

/** Reads and writes one type of number at a byte of a view. */
export interface Access {
  readonly read: (view: DataView, at: number) => number | bigint
  readonly write: (view: DataView, at: number, value: never) => void
}

const LITTLE = endianness() === 'LE'

const BY_VIEW: Readonly<Record<string, Access>> = {
  Int8Array: {
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) => view.setInt8(at, value),
  },
  Uint8Array: {
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, value),
  },
  Int16Array: {
    read: (view, at) => view.getInt16(at, LITTLE),
    write: (view, at, value) => view.setInt16(at, value, LITTLE),
  },
  Uint16Array: {
    read: (view, at) => view.getUint16(at, LITTLE),
    write: (view, at, value) => view.setUint16(at, value, LITTLE),
  },
  Int32Array: {
    read: (view, at) => view.getInt32(at, LITTLE),
    write: (view, at, value) => view.setInt32(at, value, LITTLE),
  },
  Uint32Array: {
    read: (view, at) => view.getUint32(at, LITTLE),
    write: (view, at, value) => view.setUint32(at, value, LITTLE),
  },
  BigInt64Array: {
    read: (view, at) => view.getBigInt64(at, LITTLE),
    write: (view, at, value) => view.setBigInt64(at, value, LITTLE),
  },
  BigUint64Array: {
    read: (view, at) => view.getBigUint64(at, LITTLE),
    write: (view, at, value) => view.setBigUint64(at, value, LITTLE),
  },
  Float32Array: {
    read: (view, at) => view.getFloat32(at, LITTLE),
    write: (view, at, value) => view.setFloat32(at, value, LITTLE),
  },
  Float64Array: {
    read: (view, at) => view.getFloat64(at, LITTLE),
    write: (view, at, value) => view.setFloat64(at, value, LITTLE),
  },
}

export function accessTo({ View }: Scalar): Access {
  return BY_VIEW[View.name] as Access
}
