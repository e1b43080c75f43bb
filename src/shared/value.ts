import { createError } from '../base/index.ts'
import type { Lock, RLock } from '../sync/index.ts'
import { lockFor, type LockOption, type SharingOptions } from './lock.ts'
import { type Arrived, RawValue, type ValueInit, type ValueType } from './raw-value.ts'
import { isArrived } from './raw-value.ts'

/** The lock that `getLock()` gives: the one that was given, else an `RLock`. */
export type LockOf<L> = L extends Lock | RLock ? L : L extends false ? never : RLock

/**
 * A number, a character or a record in memory that threads and processes share, with a lock.
 *
 * `value += 1` reads and then writes, and another worker may write in between. Hold the lock meanwhile, or use
 * `atomic`, which is faster.
 *
 * @param type A typecode (`'i'`, `'d'`), a name (`'int32'`, `'float64'`), or a `struct()`.
 * @param initial Its first value. Default 0; of a record the fields that matter, the others are 0.
 * @param options `lock`: `true` (a new `RLock`, default), a `Lock` or `RLock` to share, or `false`.
 * @throws `UsageError` `UNKNOWN_TYPECODE`, `VALUE_DOES_NOT_FIT`, `WRONG_OPTION`, `UNKNOWN_OPTION`, `UNKNOWN_FIELD`
 *
 * Types of 8 bytes (`q`, `Q`, `'int64'`, `'uint64'`) read as `bigint` and take numbers too. So do `l` and `L`, which
 * are C's `long`: 8 bytes, but 4 on Windows. `c` and `u` read as a text of one character.
 *
 * Semantics: Python's `multiprocessing.Value`; but what doesn't fit is refused rather than cut.
 * @example
 * const counter = new Value('i', 0)
 * await counter.getLock().run(() => { counter.value += 1 })
 * counter.atomic.add(2)   // 1
 * counter.value   // 3
 */
export class Value<T extends ValueType, L extends LockOption = true> extends RawValue<T> {
  readonly #lock: Lock | RLock | undefined

  constructor(type: T | Arrived, initial?: ValueInit<T>, options?: SharingOptions<L>) {
    const lock = isArrived(type) ? type.lock : lockFor(options, 'Value')
    super(type, initial)
    this.#lock = lock
  }

  /** The lock that goes with it; the same everywhere. Throws `WITHOUT_LOCK` where there is none. */
  getLock(): LockOf<L> {
    if (!this.#lock) throw createError('WITHOUT_LOCK', { what: 'this Value' })
    return this.#lock as LockOf<L>
  }

  /** @internal */
  static lockOf(value: Value<ValueType>): Lock | RLock | undefined {
    return value.#lock
  }
}
