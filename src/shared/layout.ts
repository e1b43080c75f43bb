import { createError, describe } from '../base/index.ts'
import { type Scalar, scalarNamed, scalarOf } from './typecodes.ts'

/*
 * Where the fields of a struct lie: as a C compiler for this machine lays them out. Each field is aligned to its own
 * size, a struct to its widest field, and its size is a multiple of that, so that structs follow one another without
 * more ado.
 */

export interface Field {
  readonly name: string
  /** Bytes from the start of the struct. */
  readonly at: number
  readonly type: Scalar | Layout
  /** How many there are, where the field is an array. */
  readonly count: number | undefined
}

export interface Layout {
  readonly fields: readonly Field[]
  /** Bytes. */
  readonly size: number
  readonly align: number
  /** Says the same as the fields; equal for equal layouts. */
  readonly text: string
  /** Does some field hand out a view of the memory? */
  readonly hasViews: boolean
}

/** A field as text that travels: `['x', 'float64']`, `['points', [...], 4]`. */
type FieldText = readonly [name: string, type: string | readonly FieldText[], count?: number]

/** What can be said about a field: a type, a struct, or one of these and how many. `layoutOf` knows what a struct is. */
export function layOut(fields: unknown, layoutOf: (type: unknown) => Layout | undefined): Layout {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw wrong('fields', describe(fields), "an object of types: struct({ x: 'd', y: 'd' })")
  const names = Object.keys(fields)
  if (names.length === 0) throw wrong('fields', 'an empty object', 'an object with a field at least')
  return place(names.map(name => parse(name, (fields as Record<string, unknown>)[name], layoutOf)))
}

/** Its fields for people: `x: float64, name: char[8], from: { x: float64 }`. */
export function fieldsText({ fields }: Layout): string {
  const typeText = (type: Scalar | Layout): string => (isLayout(type) ? `{ ${fieldsText(type)} }` : type.name)
  return fields
    .map(({ name, type, count }) => `${name}: ${typeText(type)}${count === undefined ? '' : `[${count}]`}`)
    .join(', ')
}

/** The layout that a text says. */
export function layoutFromText(text: string): Layout {
  return fromText(JSON.parse(text) as readonly FieldText[])
}

type Unplaced = Omit<Field, 'at'>

function parse(name: string, given: unknown, layoutOf: (type: unknown) => Layout | undefined): Unplaced {
  // Objects put such names first, whatever their order in the text.
  if (/^\d+$/.test(name)) throw wrong('fields', `a field named ${name}`, 'named by words, not by numbers')
  const [type, count] = Array.isArray(given) ? (given as unknown[]) : [given]
  if (Array.isArray(given) && (given.length !== 2 || !isCount(count)))
    throw wrong(`fields.${name}`, describe(given), "[type, count] with a whole number from 1: ['d', 8]")
  return {
    name,
    type: layoutOf(type) ?? scalarOf(type, `the field ${name} of a struct`),
    count: count as number | undefined,
  }
}

function isCount(count: unknown): boolean {
  return Number.isSafeInteger(count) && (count as number) > 0
}

function place(unplaced: readonly Unplaced[]): Layout {
  let end = 0
  let align = 1
  const fields = unplaced.map(field => {
    const at = alignTo(end, alignOf(field.type))
    end = at + field.type.size * (field.count ?? 1)
    align = Math.max(align, alignOf(field.type))
    return { ...field, at }
  })
  const size = alignTo(end, align)
  if (!Number.isSafeInteger(size)) throw wrong('fields', 'a struct of that size', 'one that fits into memory')
  return {
    fields,
    size,
    align,
    text: JSON.stringify(fields.map(textOf)),
    hasViews: fields.some(({ type, count }) => (isLayout(type) ? type.hasViews : isViewed(type, count))),
  }
}

function alignTo(at: number, align: number): number {
  return Math.ceil(at / align) * align
}

function alignOf(type: Scalar | Layout): number {
  return isLayout(type) ? type.align : type.size
}

/** Arrays of characters are texts, other arrays of numbers are views. */
function isViewed({ form }: Scalar, count: number | undefined): boolean {
  return count !== undefined && form !== 'character'
}

export function isLayout(type: Scalar | Layout): type is Layout {
  return 'fields' in type
}

function textOf({ name, type, count }: Field): FieldText {
  const typeText = isLayout(type) ? (JSON.parse(type.text) as readonly FieldText[]) : type.name
  return count === undefined ? [name, typeText] : [name, typeText, count]
}

function fromText(fields: readonly FieldText[]): Layout {
  return place(
    fields.map(([name, type, count]) => ({
      name,
      type: typeof type === 'string' ? knownScalar(type) : fromText(type),
      count,
    })),
  )
}

function knownScalar(name: string): Scalar {
  const scalar = scalarNamed(name)
  if (!scalar) throw createError('UNKNOWN_TYPECODE', { where: 'a struct from elsewhere', got: `'${name}'` })
  return scalar
}

function wrong(option: string, got: string, expected: string): Error {
  return createError('WRONG_OPTION', { where: 'struct', option, got, expected })
}
