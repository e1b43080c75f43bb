import { createError, describe } from '../base/index.ts'
import type { NumberView } from '../memory/index.ts'

/*
 * The types of numbers that shared memory holds: Python's typecodes and JavaScript's names for the same thing.
 */

/** A type by its JavaScript name. */
export type ScalarName =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bigint64'
  | 'biguint64'
  | 'float32'
  | 'float64'

/** A type by Python's typecode, or by its JavaScript name. */
export type Typecode = keyof Scalars

/** What `value` gives for a type. */
export interface Scalars extends Record<Exclude<ScalarName, keyof BigNames>, number>, BigNames {
  /** One byte: a character from U+0000 to U+00FF. */
  c: string
  /** C's `wchar_t`: one character, any. */
  u: string
  /** C's `signed char`: a whole number of 1 byte, from -128 to 127. */
  b: number
  /** C's `unsigned char`: a whole number of 1 byte, from 0 to 255. */
  B: number
  /** C's `short`: a whole number of 2 bytes. */
  h: number
  /** C's `unsigned short`: a whole number of 2 bytes, from 0. */
  H: number
  /** C's `int`: a whole number of 4 bytes. */
  i: number
  /** C's `unsigned int`: a whole number of 4 bytes, from 0. */
  I: number
  /** C's `long`: a whole number of 8 bytes, on Windows of 4. */
  l: bigint
  /** C's `unsigned long`: a whole number of 8 bytes, on Windows of 4, from 0. */
  L: bigint
  /** C's `long long`: a whole number of 8 bytes. */
  q: bigint
  /** C's `unsigned long long`: a whole number of 8 bytes, from 0. */
  Q: bigint
  /** C's `float`: 4 bytes, some 7 digits. */
  f: number
  /** C's `double`: 8 bytes, every number of the language. */
  d: number
}

interface BigNames {
  int64: bigint
  uint64: bigint
  bigint64: bigint
  biguint64: bigint
}

/** The typed array of the language that `SharedArray` and `RawArray` give for a type. */
export interface Views {
  /** Codes of characters of 1 byte; their text is `value`. */
  c: Uint8Array
  /** Codes of characters of 4 bytes, on Windows of 2; their text is `value`. */
  u: Uint32Array | Uint16Array
  /** Whole numbers of 1 byte. */
  b: Int8Array
  /** Whole numbers of 1 byte, from 0. */
  B: Uint8Array
  /** Whole numbers of 2 bytes. */
  h: Int16Array
  /** Whole numbers of 2 bytes, from 0. */
  H: Uint16Array
  /** Whole numbers of 4 bytes. */
  i: Int32Array
  /** Whole numbers of 4 bytes, from 0. */
  I: Uint32Array
  /** Whole numbers of 8 bytes; on Windows an `Int32Array`. */
  l: BigInt64Array | Int32Array
  /** Whole numbers of 8 bytes, from 0; on Windows a `Uint32Array`. */
  L: BigUint64Array | Uint32Array
  /** Whole numbers of 8 bytes. */
  q: BigInt64Array
  /** Whole numbers of 8 bytes, from 0. */
  Q: BigUint64Array
  /** Numbers of 4 bytes, some 7 digits. */
  f: Float32Array
  /** Numbers of 8 bytes, as the language has them. */
  d: Float64Array
  /** As `b`. */
  int8: Int8Array
  /** As `B`. */
  uint8: Uint8Array
  /** As `h`. */
  int16: Int16Array
  /** As `H`. */
  uint16: Uint16Array
  /** As `i`. */
  int32: Int32Array
  /** As `I`. */
  uint32: Uint32Array
  /** As `q`. */
  int64: BigInt64Array
  /** As `Q`. */
  uint64: BigUint64Array
  /** As `q`. */
  bigint64: BigInt64Array
  /** As `Q`. */
  biguint64: BigUint64Array
  /** As `f`. */
  float32: Float32Array
  /** As `d`. */
  float64: Float64Array
}

/** A class of typed arrays, with as much of it as is used here. */
export interface ViewClass {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NumberView
  readonly prototype: NumberView
  readonly name: string
  readonly BYTES_PER_ELEMENT: number
}

/** A type of number or character. */
export interface Scalar {
  /** Its name in texts and in what travels: `int32`. */
  readonly name: string
  /** Bytes; also what it is aligned to. */
  readonly size: number
  readonly View: ViewClass
  /** Bounds of what is stored. */
  readonly min: number | bigint
  readonly max: number | bigint
  readonly form: 'whole' | 'big' | 'float' | 'character'
  /** What it takes, in words. */
  readonly takes: string
  /** What is stored for a value, `undefined` if it doesn't fit. */
  encode(value: unknown): number | bigint | undefined
  /** The value of what is stored. */
  decode(stored: number | bigint): number | bigint | string
}

/** One function for all, so that the engine finds the same one everywhere. */
const same = (stored: number | bigint): number | bigint => stored

const LONG = process.platform === 'win32' ? 4 : 8
const WIDE = process.platform === 'win32' ? 2 : 4

/** A whole number as an ordinary number. */
function whole(name: string, View: ViewClass, min: number, max: number): Scalar {
  return {
    name,
    View,
    min,
    max,
    size: View.BYTES_PER_ELEMENT,
    form: 'whole',
    takes: `a whole number from ${min} to ${max}`,
    encode: value =>
      typeof value === 'number' && value >= min && value <= max && Math.floor(value) === value
        ? value
        : undefined,
    decode: same,
  }
}

/** A whole number as a `bigint`. Takes numbers too, as long as they are exact. */
function big(name: string, View: ViewClass, min: bigint, max: bigint): Scalar {
  const stored = View.BYTES_PER_ELEMENT === 8 ? (value: bigint) => value : Number
  const [low, high] = [Number(min), Number(max)]
  return {
    name,
    View,
    min: stored(min),
    max: stored(max),
    size: View.BYTES_PER_ELEMENT,
    form: 'big',
    takes: `a bigint, or a safe integer, from ${min} to ${max}`,
    encode(value) {
      if (typeof value === 'bigint') return value >= min && value <= max ? stored(value) : undefined
      const fits = Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high
      return fits ? stored(BigInt(value as number)) : undefined
    },
    decode: View.BYTES_PER_ELEMENT === 8 ? same : BigInt,
  }
}

/** From here on a number rounds to infinity as a `float32`. */
const TOO_BIG = 2 ** 128 - 2 ** 103

function float(name: string, View: ViewClass, limit: number): Scalar {
  return {
    name,
    View,
    min: -limit,
    max: limit,
    size: View.BYTES_PER_ELEMENT,
    form: 'float',
    takes: limit === Infinity ? 'a number' : 'a number up to 3.4e38',
    encode: value =>
      typeof value === 'number' && (Math.abs(value) < limit || !Number.isFinite(value)) ? value : undefined,
    decode: same,
  }
}

/** One character, stored as its number. */
function character(name: string, View: ViewClass, max: number, takes: string): Scalar {
  return {
    name,
    View,
    min: 0,
    max,
    size: View.BYTES_PER_ELEMENT,
    form: 'character',
    takes,
    encode(value) {
      if (typeof value !== 'string') return undefined
      const code = value.codePointAt(0) ?? 0
      return value.length === (code > 0xffff ? 2 : 1) && code <= max ? code : undefined
    },
    // Somebody else may have written there what is no character.
    decode: stored => (stored <= 0x10ffff ? String.fromCodePoint(Number(stored)) : '\ufffd'),
  }
}

const INT8 = whole('int8', Int8Array, -(2 ** 7), 2 ** 7 - 1)
const UINT8 = whole('uint8', Uint8Array, 0, 2 ** 8 - 1)
const INT16 = whole('int16', Int16Array, -(2 ** 15), 2 ** 15 - 1)
const UINT16 = whole('uint16', Uint16Array, 0, 2 ** 16 - 1)
const INT32 = whole('int32', Int32Array, -(2 ** 31), 2 ** 31 - 1)
const UINT32 = whole('uint32', Uint32Array, 0, 2 ** 32 - 1)
const INT64 = big('int64', BigInt64Array, -(2n ** 63n), 2n ** 63n - 1n)
const UINT64 = big('uint64', BigUint64Array, 0n, 2n ** 64n - 1n)
const FLOAT32 = float('float32', Float32Array, TOO_BIG)
const FLOAT64 = float('float64', Float64Array, Infinity)
const CHAR = character('char', Uint8Array, 0xff, 'one character from U+0000 to U+00FF')
const WCHAR =
  WIDE === 4
    ? character('wchar', Uint32Array, 0x10ffff, 'one character')
    : character('wchar', Uint16Array, 0xffff, 'one character up to U+FFFF')
const INT_LONG = LONG === 8 ? INT64 : big('long', Int32Array, -(2n ** 31n), 2n ** 31n - 1n)
const UINT_LONG = LONG === 8 ? UINT64 : big('ulong', Uint32Array, 0n, 2n ** 32n - 1n)

const TABLE: Readonly<Record<Typecode, Scalar>> = {
  c: CHAR,
  u: WCHAR,
  b: INT8,
  B: UINT8,
  h: INT16,
  H: UINT16,
  i: INT32,
  I: UINT32,
  l: INT_LONG,
  L: UINT_LONG,
  q: INT64,
  Q: UINT64,
  f: FLOAT32,
  d: FLOAT64,
  int8: INT8,
  uint8: UINT8,
  int16: INT16,
  uint16: UINT16,
  int32: INT32,
  uint32: UINT32,
  int64: INT64,
  uint64: UINT64,
  bigint64: INT64,
  biguint64: UINT64,
  float32: FLOAT32,
  float64: FLOAT64,
}

/** The type that a typecode or name stands for. Throws `UNKNOWN_TYPECODE`. */
export function scalarOf(typecode: unknown, where: string): Scalar {
  const found = typeof typecode === 'string' && Object.hasOwn(TABLE, typecode)
  const got = typeof typecode === 'string' ? `'${typecode}'` : describe(typecode)
  if (!found) throw createError('UNKNOWN_TYPECODE', { where, got })
  return TABLE[typecode as Typecode]
}

/** By its own name, which also tells those apart that have no typecode of the same size everywhere. */
const byName = new Map(Object.values(TABLE).map(scalar => [scalar.name, scalar]))

/** The type of this name, as `Scalar.name` has it. */
export function scalarNamed(name: string): Scalar | undefined {
  return byName.get(name)
}

/** What is stored for a value. Throws `VALUE_DOES_NOT_FIT`. */
export function encodeFor(scalar: Scalar, value: unknown, what: string): number | bigint {
  return scalar.encode(value) ?? refuse(scalar, value, what)
}

function refuse(scalar: Scalar, value: unknown, what: string): never {
  throw createError('VALUE_DOES_NOT_FIT', {
    what,
    type: scalar.name,
    got: describe(value),
    expected: scalar.takes,
  })
}
