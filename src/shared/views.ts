import { createError, describe } from '../base/index.ts'
import { createSegment, type NumberView } from '../memory/index.ts'
import { letTravel } from './buffers.ts'
import type { Layout } from './layout.ts'
import { assignFields, type MemoryRecord, recordClass } from './record.ts'
import { encodeFor, type Scalar } from './typecodes.ts'
import { readText, writeText } from './text.ts'

/*
 * Arrays in shared memory, without their locks: typed arrays of the language itself over a segment of their own, and
 * arrays of records.
 */

/** Zeros, or copies of the values; all of them are checked before anything is made. */
export function newView(scalar: Scalar, lengthOrValues: unknown, where: string): NumberView {
  if (typeof lengthOrValues === 'number') return viewOver(scalar, roomFor(lengthOrValues, scalar, where))
  const values = encodeAll(scalar, lengthOrValues, where)
  const view = viewOver(scalar, roomFor(values.length, scalar, where))
  view.set(values as never)
  return view
}

interface Room {
  readonly buffer: SharedArrayBuffer
  readonly length: number
}

function roomFor(length: number, { size }: { readonly size: number }, where: string): Room {
  if (!Number.isSafeInteger(length) || length < 0 || !Number.isSafeInteger(length * size)) {
    const expected = 'a whole number from 0, or the values'
    throw createError('WRONG_OPTION', { where, option: 'length', got: describe(length), expected })
  }
  return { buffer: letTravel(createSegment(Math.max(length, 1) * size)), length }
}

function viewOver(scalar: Scalar, { buffer, length }: Room): NumberView {
  return dressView(new scalar.View(buffer, 0, length), scalar)
}

/** What is stored for each of the values. */
function encodeAll(scalar: Scalar, values: unknown, where: string): ArrayLike<number | bigint> {
  // Its items fit as they are: the commonest of large inputs, and the one that has to be fast.
  if (values instanceof scalar.View && scalar.form !== 'character') return values
  return itemsOf(values, where).map((value, i) => {
    return scalar.form === 'character' && typeof value === 'number'
      ? encodeCode(scalar, value, `${where}[${i}]`)
      : encodeFor(scalar, value, `${where}[${i}]`)
  })
}

/** An array of characters is one of numbers as well: `Buffer.from('text')`. */
function encodeCode(scalar: Scalar, code: number, what: string): number {
  if (Number.isInteger(code) && code >= 0 && code <= Number(scalar.max)) return code
  throw createError('VALUE_DOES_NOT_FIT', {
    what,
    type: scalar.name,
    got: describe(code),
    expected: scalar.takes,
  })
}

function itemsOf(values: unknown, where: string): readonly unknown[] {
  if (
    typeof values === 'string' ||
    (typeof values === 'object' && values !== null && Symbol.iterator in values)
  )
    return Array.from(values as Iterable<unknown>)
  const expected = 'a length, or the values'
  throw createError('WRONG_OPTION', { where, option: 'lengthOrValues', got: describe(values), expected })
}

const scalars = new WeakMap<object, Scalar>()

/** What a shared array holds; `undefined` for any other view, one of the same memory too. */
export function scalarOfView(view: object): Scalar | undefined {
  return scalars.get(view)
}

/** Arrays of characters have a text, up to their first zero, as a property that does not show. */
export function dressView(view: NumberView, scalar: Scalar): NumberView {
  scalars.set(view, scalar)
  if (scalar.form !== 'character') return view
  return Object.defineProperty(view, 'value', {
    get: () => readText(view, scalar),
    set(text: unknown) {
      writeText(view, scalar, text, 'a shared array')
    },
  })
}

/** Records by index, made when the array is. The array itself can't be changed, its records can. */
export class RecordArray extends Array<MemoryRecord> {
  readonly #buffer: SharedArrayBuffer
  readonly #layout: Layout

  constructor(buffer: SharedArrayBuffer, layout: Layout, length: number) {
    super()
    this.#buffer = buffer
    this.#layout = layout
    const owner = { view: new DataView(buffer, 0, length * layout.size), thing: this }
    const Class = recordClass(layout)
    for (let i = 0; i < length; i++) this.push(new Class(owner, i * layout.size))
  }

  /** What `map`, `filter` and `slice` make are ordinary arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  static partsOf(value: RecordArray): { readonly buffer: SharedArrayBuffer; readonly layout: Layout } {
    return { buffer: value.#buffer, layout: value.#layout }
  }
}

/** Records of zeros, or filled with the given fields. */
export function newRecords(layout: Layout, lengthOrValues: unknown, where: string): RecordArray {
  const values = typeof lengthOrValues === 'number' ? undefined : itemsOf(lengthOrValues, where)
  const { buffer, length } = roomFor(values?.length ?? (lengthOrValues as number), layout, where)
  const records = new RecordArray(buffer, layout, length)
  for (const [i, value] of values?.entries() ?? [])
    assignFields(records[i] as MemoryRecord, value, `${where}[${i}]`)
  return records
}
