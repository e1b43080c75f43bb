import { lockFor, type LockOption, type SharingOptions } from './lock.ts'
import { lockOfArray, withLock } from './locked-arrays.ts'
import type { ArrayInit, ItemType, RawArray } from './raw-array.ts'
import { Struct } from './struct.ts'
import { scalarOf } from './typecodes.ts'
import type { LockOf } from './value.ts'
import { newRecords, newView } from './views.ts'

/** A typed array in shared memory, or records by index; with its lock. */
export type SharedArray<T extends ItemType, L extends LockOption = true> = RawArray<T> &
  (L extends false ? unknown : { getLock(): LockOf<L> })

interface SharedArrayClass {
  new <const T extends ItemType, L extends LockOption = true>(
    type: T,
    lengthOrValues: ArrayInit<T>,
    options?: SharingOptions<L>,
  ): SharedArray<T, L>
  /** Is this an array that was made with a lock, here or elsewhere? */
  [Symbol.hasInstance](value: unknown): boolean
}

function sharedArray(type: ItemType, lengthOrValues: unknown, options: SharingOptions | undefined): object {
  const lock = lockFor(options, 'SharedArray')
  const layout = Struct.layoutOf(type)
  if (layout) return Object.freeze(withLock(newRecords(layout, lengthOrValues, 'SharedArray'), lock))
  return withLock(newView(scalarOf(type, 'SharedArray'), lengthOrValues, 'SharedArray'), lock)
}

/**
 * An array of numbers, characters or records in memory that threads and processes share, with a lock.
 *
 * What `new` gives is a typed array of the language itself: an `Int32Array` for `'i'`, a `Float64Array` for `'d'`, with
 * all its methods and its speed. So writing to an index is as with any of them: what doesn't fit is cut, an index
 * outside is ignored; the values given to the constructor are checked. `Atomics` works on it, except for waiting.
 * `slice`, `map` and `filter` give private copies, `subarray` a view of the same memory. Wherever the array or a view
 * of it arrives, it is the same memory.
 *
 * Of a `struct()` it is an array of records, which read and write the memory: `points[3].x = 1`.
 *
 * @param type A typecode (`'i'`, `'d'`), a name (`'int32'`, `'float64'`), or a `struct()`. `'c'` and `'u'` give arrays
 *   of character codes whose text is their property `value`.
 * @param lengthOrValues How many zeros; or the values, each checked: an array, any other iterable, a text for `'c'`.
 * @param options `lock`: `true` (a new `RLock`, default), a `Lock` or `RLock` to share, or `false`.
 * @throws `UsageError` `UNKNOWN_TYPECODE`, `VALUE_DOES_NOT_FIT`, `WRONG_OPTION`, `UNKNOWN_OPTION`, `UNKNOWN_FIELD`
 *
 * Types of 8 bytes hold `bigint`s. `l` and `L` are C's `long`: 8 bytes, but 4 on Windows, and then hold numbers; a
 * program for both says `'int32'` or `'int64'`.
 *
 * Semantics: Python's `multiprocessing.Array`.
 * @example
 * const totals = new SharedArray('i', [1, 2, 3])
 * totals[0] += 10
 * totals.slice(0, 2)   // Int32Array.of(11, 2)
 * await totals.getLock().run(() => { totals[1] += 1 })
 * const Point = struct({ x: 'd', y: 'd' })
 * const path = new SharedArray(Point, 100)
 * path[7].x = 2.5
 * path[7].x   // 2.5
 */
export const SharedArray = class {
  constructor(type: ItemType, lengthOrValues: unknown, options?: SharingOptions) {
    return sharedArray(type, lengthOrValues, options)
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && lockOfArray(value) !== undefined
  }
} as unknown as SharedArrayClass
