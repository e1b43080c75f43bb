import { createError, describe } from '../base/index.ts'
import type { NumberView } from '../memory/index.ts'
import { accessTo } from './access.ts'
import { type Field, isLayout, type Layout } from './layout.ts'
import { readText, writeText } from './text.ts'
import { encodeFor, type Scalar } from './typecodes.ts'

/*
 * Records: objects whose fields are getters and setters over shared memory. One class per layout; a record is no more
 * than a view and a place in it.
 */

/** What records lie in: a `Value` or a shared array. */
export interface Owner {
  /** All its memory, from byte 0 of its first record on. */
  readonly view: DataView
  /** What travels for it. Kept by its records, since the memory lives as long as it does. */
  readonly thing: object
}

/** A record's own place. */
export interface RecordPlace {
  readonly owner: Owner
  /** Bytes from the start of the owner's memory. */
  readonly at: number
  readonly layout: Layout
}

export type RecordClass = new (owner: Owner, at: number) => MemoryRecord

export abstract class MemoryRecord {
  readonly #owner: Owner
  readonly #view: DataView
  readonly #at: number

  constructor(owner: Owner, at: number) {
    this.#owner = owner
    this.#view = owner.view
    this.#at = at
  }

  /** The fields as an ordinary object, for `JSON.stringify` and `console.log`. */
  toJSON(): object {
    return copyFields(this)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return copyFields(this)
  }

  /** `undefined` for what is no record. */
  static placeOf(value: unknown): RecordPlace | undefined {
    if (typeof value !== 'object' || value === null || !(#owner in value)) return undefined
    return { owner: value.#owner, at: value.#at, layout: layouts.get(value.constructor) as Layout }
  }

  /** The property of a single number or character: the one that has to be fast. */
  static ofScalar({ name, at }: Field, scalar: Scalar): PropertyDescriptor {
    const { read, write } = accessTo(scalar)
    const { decode } = scalar
    const what = `the field ${name}`
    return {
      get(this: MemoryRecord) {
        return decode(read(this.#view, this.#at + at))
      },
      set(this: MemoryRecord, value: unknown) {
        write(this.#view, this.#at + at, encodeFor(scalar, value, what) as never)
      },
    }
  }
}

/**
 * What is set and is no field comes here, behind all that a record has: a misspelt field would be a property of the
 * object, of which nobody else hears. Fields are found before, and pay nothing.
 */
const REFUSES_OTHERS: ProxyHandler<object> = {
  set(target, name, value, receiver: object) {
    const layout = MemoryRecord.placeOf(receiver)?.layout
    if (!layout) return Reflect.set(target, name, value, receiver)
    throw createError('UNKNOWN_FIELD', { what: 'the record', field: String(name), known: namesOf(layout) })
  },
}
Object.setPrototypeOf(MemoryRecord.prototype, new Proxy({}, REFUSES_OTHERS))

const classes = new Map<string, RecordClass>()
const layouts = new Map<unknown, Layout>()

/** The class of the records of a layout: one for all that are laid out alike. */
export function recordClass(layout: Layout): RecordClass {
  const known = classes.get(layout.text)
  if (known) return known
  const Class = class SharedRecord extends MemoryRecord {}
  for (const field of layout.fields) {
    Object.defineProperty(Class.prototype, field.name, {
      ...accessor(field),
      enumerable: true,
      configurable: true,
    })
  }
  classes.set(layout.text, Class)
  layouts.set(Class, layout)
  return Class
}

function accessor(field: Field): PropertyDescriptor {
  const { type, count } = field
  if (isLayout(type)) return count === undefined ? ofRecord(field, type) : ofRecords(field, type, count)
  if (count === undefined) return MemoryRecord.ofScalar(field, type)
  return ofItems(field, type, count)
}

function ofRecord({ name, at }: Field, layout: Layout): PropertyDescriptor {
  const Class = recordClass(layout)
  const get = function (this: MemoryRecord): MemoryRecord {
    const { owner, at: start } = placeOf(this)
    return new Class(owner, start + at)
  }
  return {
    get,
    set(this: MemoryRecord, values: unknown) {
      assignFields(get.call(this), values, `the field ${name}`)
    },
  }
}

function ofRecords({ name, at }: Field, layout: Layout, count: number): PropertyDescriptor {
  const get = function (this: MemoryRecord): readonly MemoryRecord[] {
    const { owner, at: start } = placeOf(this)
    return recordsOf(owner, start + at, layout, count)
  }
  return {
    get,
    set(this: MemoryRecord, values: unknown) {
      const what = `the field ${name}`
      const given = itemsFor(values, count, what)
      for (const [i, record] of get.call(this).entries()) assignFields(record, given[i], `${what}[${i}]`)
    },
  }
}

/** Records that follow one another. */
function recordsOf(owner: Owner, at: number, layout: Layout, count: number): readonly MemoryRecord[] {
  const Class = recordClass(layout)
  return Object.freeze(Array.from({ length: count }, (_, i) => new Class(owner, at + i * layout.size)))
}

/** Characters read as a text, numbers as a view. */
function ofItems({ name, at }: Field, scalar: Scalar, count: number): PropertyDescriptor {
  const viewOf = (record: MemoryRecord): NumberView => {
    const { owner, at: start } = placeOf(record)
    return new scalar.View(owner.view.buffer, owner.view.byteOffset + start + at, count)
  }
  const what = `the field ${name}`
  const isText = scalar.form === 'character'
  return {
    get(this: MemoryRecord) {
      return isText ? readText(viewOf(this), scalar) : viewOf(this)
    },
    set(this: MemoryRecord, value: unknown) {
      if (isText) return writeText(viewOf(this), scalar, value, what)
      const items = itemsFor(value, count, what).map((item, i) => encodeFor(scalar, item, `${what}[${i}]`))
      viewOf(this).set(items as never)
    },
  }
}

function placeOf(record: MemoryRecord): RecordPlace {
  const place = MemoryRecord.placeOf(record)
  if (!place) throw new TypeError('a field was read from what is no record')
  return place
}

function itemsFor(values: unknown, count: number, what: string): readonly unknown[] {
  const items =
    typeof values === 'object' && values !== null ? Array.from(values as ArrayLike<unknown>) : undefined
  if (items?.length === count) return items
  const got = items ? `${items.length} items` : describe(values)
  throw createError('VALUE_DOES_NOT_FIT', {
    what,
    type: `an array of ${count}`,
    got,
    expected: `exactly ${count} items`,
  })
}

/** Sets the fields that are given, those of nested records too. */
export function assignFields(record: object, values: unknown, what = 'the record'): void {
  const { layout } = placeOf(record as MemoryRecord)
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    const expected = `an object with some of its fields: ${namesOf(layout)}`
    throw createError('VALUE_DOES_NOT_FIT', { what, type: 'a struct', got: describe(values), expected })
  }
  const given = MemoryRecord.placeOf(values) ? copyFields(values) : values
  const names = Object.keys(given)
  const unknown = names.find(name => !layout.fields.some(field => field.name === name))
  if (unknown !== undefined)
    throw createError('UNKNOWN_FIELD', { what, field: unknown, known: namesOf(layout) })
  for (const name of names) {
    const value = (given as Record<string, unknown>)[name]
    if (value !== undefined) (record as Record<string, unknown>)[name] = value
  }
}

function namesOf({ fields }: Layout): string {
  return fields.map(({ name }) => name).join(', ')
}

/** What a record holds now, as an ordinary object. */
export function copyFields(record: object): object {
  const { layout } = placeOf(record as MemoryRecord)
  return Object.fromEntries(
    layout.fields.map(({ name }) => [name, copyOf((record as Record<string, unknown>)[name])]),
  )
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  if (ArrayBuffer.isView(value)) return (value as NumberView).slice()
  return MemoryRecord.placeOf(value) ? copyFields(value as object) : value
}
