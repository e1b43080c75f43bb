import { createError, describe } from '../base/index.ts'
import { fieldsText, type Layout, layoutFromText, layOut } from './layout.ts'
import { assignFields, copyFields } from './record.ts'
import type { Scalars, Typecode, Views } from './typecodes.ts'

/** What a field of a struct can be: a type, a struct, or an array of either: `[type, count]`. */
export type FieldType = Typecode | Struct | readonly [Typecode | Struct, number]

/** The fields of a struct, in the order in which they lie in memory. */
export type Fields = Readonly<Record<string, FieldType>>

/** What a field of this type reads as. */
export type FieldValue<T> = T extends Typecode
  ? Scalars[T]
  : T extends Struct<infer F>
    ? RecordOf<F>
    : T extends readonly [infer E, number]
      ? ItemsOf<E>
      : never

type ItemsOf<E> = E extends 'c' | 'u'
  ? string
  : E extends Typecode
    ? Views[E]
    : E extends Struct<infer F>
      ? readonly RecordOf<F>[]
      : never

/** A struct in shared memory: each field reads and writes the memory itself. Setting what is no field throws `UNKNOWN_FIELD`. */
export type RecordOf<F> = { -readonly [K in keyof F]: FieldValue<F[K]> }

/** What can be given for the fields of a struct; those left out stay as they are, in a new one 0. */
export type FieldsIn<F> = { readonly [K in keyof F]?: FieldIn<F[K]> }

type FieldIn<T> = T extends Typecode
  ? Scalars[T] | (Scalars[T] extends bigint ? number : never)
  : T extends Struct<infer F>
    ? FieldsIn<F>
    : T extends readonly [infer E, number]
      ? E extends 'c' | 'u'
        ? string
        : E extends Typecode
          ? ArrayLike<Scalars[E]>
          : E extends Struct<infer F>
            ? ArrayLike<FieldsIn<F>>
            : never
      : never

/** A kind of record: made by `struct()`. */
export class Struct<F = unknown> {
  readonly #layout: Layout

  /** @internal */
  constructor(layout: Layout) {
    this.#layout = layout
  }

  /** Bytes of one record, padding included. */
  get size(): number {
    return this.#layout.size
  }

  /** Bytes: a record begins at a multiple of it. */
  get alignment(): number {
    return this.#layout.align
  }

  /** Bytes from the start of the record to a field. Throws `WRONG_OPTION` for an unknown field. */
  offsetOf(field: keyof F & string): number {
    const found = this.#layout.fields.find(({ name }) => name === field)
    if (found) return found.at
    const expected = `one of ${this.#layout.fields.map(({ name }) => name).join(', ')}`
    throw createError('WRONG_OPTION', { where: 'offsetOf', option: 'field', got: describe(field), expected })
  }

  /** What a record holds now, as an ordinary object that is no longer shared. Python: `sharedctypes.copy`. */
  copy(record: RecordOf<F>): RecordOf<F> {
    return copyFields(record) as RecordOf<F>
  }

  /** Sets several fields, each checked; the others stay. Throws `VALUE_DOES_NOT_FIT`, `UNKNOWN_FIELD`. */
  assign(record: RecordOf<F>, values: FieldsIn<F>): void {
    assignFields(record, values)
  }

  /** `<Struct x: float64, name: char[8]>`. */
  toString(): string {
    return `<Struct ${fieldsText(this.#layout)}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** @internal */
  static layoutOf(type: unknown): Layout | undefined {
    return type instanceof Struct ? type.#layout : undefined
  }
}

/** Equal structs are one object, so that what arrives from elsewhere is of the struct that is known here. */
const made = new Map<string, Struct>()

function structOf(layout: Layout): Struct {
  const known = made.get(layout.text) ?? new Struct(layout)
  made.set(layout.text, known)
  return known
}

/**
 * Says what a record in shared memory consists of: for `Value`, `SharedArray` and their raw forms.
 *
 * @param fields The type of each field by name: a typecode (`'d'`, `'int32'`), another struct, or an array of either
 *   (`['d', 8]`; `['c', 16]` is a text of at most 16 bytes). They lie in memory in this order, aligned as in C.
 * @throws `UsageError` `WRONG_OPTION`, `UNKNOWN_TYPECODE`
 *
 * Semantics: Python's `ctypes.Structure`.
 * @example
 * const Point = struct({ x: 'd', y: 'd', name: ['c', 8] })
 * const corner = new Value(Point, { x: 1, name: 'corner' })
 * corner.value.y = 2.5
 * corner.value.x + corner.value.y   // 3.5
 * Point.copy(corner.value)   // { x: 1, y: 2.5, name: 'corner' }
 */
export function struct<const F extends Fields>(fields: F): Struct<F> {
  return structOf(layOut(fields, Struct.layoutOf)) as Struct<F>
}

/** @internal */
export function structFromText(text: string): Struct {
  return made.get(text) ?? structOf(layoutFromText(text))
}
