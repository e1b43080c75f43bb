import type { ValueInit } from './raw-value.ts'
import { type RecordOf, Struct } from './struct.ts'
import { type Scalars, scalarOf, type Typecode, type Views } from './typecodes.ts'
import { newRecords, newView } from './views.ts'

/** What an array can be of. */
export type ItemType = Typecode | Struct

/** The length, or the values. A text for `c` and `u`. */
export type ArrayInit<T> = T extends 'c' | 'u'
  ? number | string | Iterable<string | number>
  : T extends Typecode
    ? number | Iterable<Scalars[T] | (Scalars[T] extends bigint ? number : never)>
    : number | Iterable<ValueInit<T>>

/** A typed array in shared memory, or records by index. Arrays of characters have their text as `value`. */
export type RawArray<T extends ItemType> = T extends 'c' | 'u'
  ? Views[T] & { value: string }
  : T extends Typecode
    ? Views[T]
    : T extends Struct<infer F>
      ? readonly RecordOf<F>[]
      : never

interface RawArrayClass {
  new <const T extends ItemType>(type: T, lengthOrValues: ArrayInit<T>): RawArray<T>
}

function rawArray(type: ItemType, lengthOrValues: unknown): object {
  const layout = Struct.layoutOf(type)
  if (layout) return Object.freeze(newRecords(layout, lengthOrValues, 'RawArray'))
  return newView(scalarOf(type, 'RawArray'), lengthOrValues, 'RawArray')
}

/**
 * An array of numbers, characters or records in memory that threads and processes share, without a lock.
 *
 * What `new` gives is a typed array of the language itself, as `SharedArray` says, but for `getLock()`.
 *
 * @param type A typecode (`'i'`, `'d'`), a name (`'int32'`, `'float64'`), or a `struct()`.
 * @param lengthOrValues How many zeros; or the values, each checked: an array, any other iterable, a text for `'c'`.
 * @throws `UsageError` `UNKNOWN_TYPECODE`, `VALUE_DOES_NOT_FIT`, `WRONG_OPTION`, `UNKNOWN_FIELD`
 *
 * Semantics: Python's `multiprocessing.sharedctypes.RawArray`.
 * @example
 * const samples = new RawArray('d', [1.5, 2.5])
 * samples instanceof Float64Array   // true
 * const name = new RawArray('c', 16)
 * name.value = 'short'
 * name.value.length   // 5
 */
export const RawArray = class {
  constructor(type: ItemType, lengthOrValues: unknown) {
    return rawArray(type, lengthOrValues)
  }
} as unknown as RawArrayClass
