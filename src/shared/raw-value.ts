import { inspect } from 'node:util'
import { createError } from '../base/index.ts'
import { type NumberCell, numberCell, type NumberView } from '../memory/index.ts'
import type { Lock, RLock } from '../sync/index.ts'
import { Atomic, type AtomicOf } from './atomic.ts'
import type { Layout } from './layout.ts'
import { type Place, takePlace } from './place.ts'
import { assignFields, type MemoryRecord, recordClass } from './record.ts'
import { type FieldsIn, type RecordOf, Struct } from './struct.ts'
import { encodeFor, type Scalar, type Scalars, scalarOf, type Typecode } from './typecodes.ts'

/** What a value can be of. */
export type ValueType = Typecode | Struct

/** What `value` gives. */
export type ValueOf<T> = T extends Typecode ? Scalars[T] : T extends Struct<infer F> ? RecordOf<F> : never

/** What can be stored: numbers too where it reads as a `bigint`, some of the fields of a record. */
export type ValueInit<T> = T extends Typecode
  ? Scalars[T] | (Scalars[T] extends bigint ? number : never)
  : T extends Struct<infer F>
    ? FieldsIn<F>
    : never

/** Given to a constructor instead of a type: what has come from elsewhere. */
export class Arrived {
  readonly place: Place
  readonly type: Scalar | Layout
  readonly lock: Lock | RLock | undefined

  constructor(place: Place, type: Scalar | Layout, lock: Lock | RLock | undefined) {
    this.place = place
    this.type = type
    this.lock = lock
  }
}

export function isArrived(type: unknown): type is Arrived {
  return type instanceof Arrived
}

/**
 * A number, a character or a record in memory that threads and processes share, without a lock.
 *
 * @param type A typecode (`'i'`, `'d'`), a name (`'int32'`, `'float64'`), or a `struct()`.
 * @param initial Its first value. Default 0; of a record the fields that matter, the others are 0.
 * @throws `UsageError` `UNKNOWN_TYPECODE`, `VALUE_DOES_NOT_FIT`, `UNKNOWN_FIELD`
 *
 * Semantics: Python's `multiprocessing.sharedctypes.RawValue`.
 * @example
 * const done = new RawValue('B')
 * done.atomic.or(4)
 * done.value   // 4
 */
export class RawValue<T extends ValueType> {
  readonly #place: Place
  readonly #type: Scalar | Layout
  /** One of the two. */
  readonly #view: NumberView | undefined
  readonly #record: MemoryRecord | undefined
  /** Where the memory is another process's. */
  readonly #remote: NumberCell | undefined
  #atomic: Atomic | undefined

  constructor(type: T | Arrived, initial?: ValueInit<T>) {
    const what = new.target.name
    const layout = isArrived(type) ? undefined : Struct.layoutOf(type)
    this.#type = isArrived(type) ? type.type : (layout ?? scalarOf(type, what))
    const { size } = this.#type
    this.#place = isArrived(type) ? type.place : takePlace(size, layout?.hasViews ?? false)
    const { buffer, at } = this.#place
    if ('fields' in this.#type) {
      const owner = { view: new DataView(buffer, at, size), thing: this }
      this.#record = new (recordClass(this.#type))(owner, 0)
    } else {
      this.#view = new this.#type.View(buffer, at, 1)
      const { part } = this.#place
      if ('remoteNumber' in part) this.#remote = part.remoteNumber(this.#view)
    }
    if (initial !== undefined && !isArrived(type)) this.value = initial as ValueOf<T>
  }

  /** What is there now. Setting it throws `VALUE_DOES_NOT_FIT` for what doesn't fit; of a record it sets the fields given. */
  get value(): ValueOf<T> {
    const view = this.#view
    if (view === undefined) return this.#record as ValueOf<T>
    const stored = this.#remote ? this.#remote.load() : (view[0] as number)
    return (this.#type as Scalar).decode(stored) as ValueOf<T>
  }

  set value(value: ValueOf<T> | ValueInit<T>) {
    const view = this.#view
    if (view === undefined) assignFields(this.#record as MemoryRecord, value, 'a Value')
    else if (this.#remote) this.#remote.store(encodeFor(this.#type as Scalar, value, 'a Value'))
    else view[0] = encodeFor(this.#type as Scalar, value, 'a Value') as never
  }

  /**
   * Reads, changes and writes in one go, without a lock. Beyond Python. Throws `NO_SUCH_OPERATION` for a record.
   * @example
   * const hits = new Value('q')
   * hits.atomic.add(5)   // 0n
   * hits.atomic.compareExchange(5, 9)   // 5n
   * hits.value   // 9n
   */
  get atomic(): AtomicOf<T> {
    this.#atomic ??= this.#makeAtomic()
    return this.#atomic as unknown as AtomicOf<T>
  }

  #makeAtomic(): Atomic {
    if (this.#view) return new Atomic(this.#type as Scalar, this.#remote ?? numberCell(this.#view))
    throw createError('NO_SUCH_OPERATION', {
      what: 'a Value of a struct',
      operation: 'atomic',
      type: 'a struct',
    })
  }

  /** `<Value int32 3>`. */
  toString(): string {
    return this.#text(inspect(this.value))
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: unknown,
    options: object,
    inspectAs: (value: unknown, options: object) => string,
  ): string {
    return this.#text(inspectAs(this.value, options))
  }

  #text(value: string): string {
    return `<${this.constructor.name} ${'name' in this.#type ? this.#type.name : 'struct'} ${value}>`
  }

  /** @internal */
  static partsOf(value: RawValue<ValueType>): { readonly place: Place; readonly type: Scalar | Layout } {
    return { place: value.#place, type: value.#type }
  }
}
