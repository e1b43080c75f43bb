import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { endianness } from 'node:os'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { MemoryRecord } from '../../src/shared/record.ts'
import { RawArray, RawValue, struct, Struct, Value } from '../../src/shared/index.ts'

const misfit = { name: 'UsageError', code: 'VALUE_DOES_NOT_FIT' }

describe('structs', { timeout: 30_000 }, () => {
  test('lie as in C', () => {
    const Mixed = struct({ flag: 'b', number: 'd', small: 'h', tag: ['c', 3], last: 'i' })
    assert.deepEqual(
      (['flag', 'number', 'small', 'tag', 'last'] as const).map(name => Mixed.offsetOf(name)),
      [0, 8, 16, 18, 24],
    )
    assert.deepEqual([Mixed.size, Mixed.alignment], [32, 8])
    const Outer = struct({ a: 'c', inner: struct({ x: 'h', y: 'b' }), b: 'b' })
    assert.deepEqual([Outer.offsetOf('inner'), Outer.offsetOf('b'), Outer.size], [2, 6, 8])
    assert.throws(() => Mixed.offsetOf('none' as 'tag'), { code: 'WRONG_OPTION' })
  })

  test('equal structs are one', () => {
    assert.equal(struct({ x: 'd' }), struct({ x: 'float64' }))
    assert.notEqual(struct({ x: 'd' }), struct({ y: 'd' }))
    assert.ok(struct({ x: 'd' }) instanceof Struct)
  })

  test('fields of every kind', () => {
    const Point = struct({ x: 'd', y: 'd' })
    const Line = struct({
      from: Point,
      to: Point,
      name: ['c', 8],
      widths: ['f', 2],
      dots: [Point, 2],
      id: 'q',
    })
    const line = new Value(Line, { from: { x: 1 }, name: 'first', widths: [0.5, 1.5], id: 7 })
    const record = line.value
    record.to.y = 4
    record.dots[1]!.x = 9
    record.widths[1] = 2.5
    assert.deepEqual(Line.copy(record), {
      from: { x: 1, y: 0 },
      to: { x: 0, y: 4 },
      name: 'first',
      widths: Float32Array.of(0.5, 2.5),
      dots: [
        { x: 0, y: 0 },
        { x: 9, y: 0 },
      ],
      id: 7n,
    })
    line.value = { to: record.from, dots: [{ x: 5 }, {}] }
    assert.deepEqual(Point.copy(record.to), { x: 1, y: 0 })
    assert.equal(record.dots[1]!.x, 9)
    assert.match(inspect(line), /<Value struct \{ ?\n? *from: \{ x: 1, y: 0 \}/)
  })

  test('a copy is independent', () => {
    const Point = struct({ x: 'i', text: ['c', 4], list: ['h', 2] })
    const value = new RawValue(Point, { x: 1, text: 'ab', list: [1, 2] })
    const copy = Point.copy(value.value)
    value.value = { x: 5, text: 'cd', list: [3, 4] }
    assert.deepEqual(copy, { x: 1, text: 'ab', list: Int16Array.of(1, 2) })
  })

  test('what does not fit a field is refused, naming it', () => {
    const Row = struct({ age: 'B', name: ['c', 3], days: ['b', 2], at: struct({ x: 'i' }) })
    const { value } = new RawValue(Row)
    assert.throws(() => (value.age = 300), /the field age can't hold 300/)
    assert.throws(() => (value.name = 'long'), misfit)
    assert.throws(() => (value.days = [1] as never), /exactly 2 items/)
    assert.throws(() => (value.days = [1, 200] as never), /the field days\[1\] can't hold 200/)
    assert.throws(() => (value.at = 5 as never), misfit)
    assert.throws(() => Row.assign(value, { nothing: 1 } as never), { code: 'UNKNOWN_FIELD' })
    assert.throws(() => ((value as { age: unknown }).age = undefined), misfit)
    assert.deepEqual(Row.copy(value), { age: 0, name: '', days: new Int8Array(2), at: { x: 0 } })
  })

  test('setting what is no field is refused, in nested records too', () => {
    const Point = struct({ x: 'd', y: 'd' })
    const Line = struct({ from: Point, dots: [Point, 2] })
    const { value } = new RawValue(Line)
    const { x: first } = { x: value.from }
    for (const record of [first, value.dots[1]!, new RawArray(Point, 2)[1]!]) {
      assert.throws(() => Object.assign(record, { x: 1, z: 2 }), {
        code: 'UNKNOWN_FIELD',
        message: /^the record has no field z: its fields are x, y\n/,
      })
      assert.equal((record as { z?: unknown }).z, undefined)
      assert.equal(record.x, 1)
    }
    assert.throws(() => ((value as unknown as Record<symbol, unknown>)[Symbol('mark')] = 1), {
      message: /no field Symbol\(mark\)/,
    })
    // Still an object like any other, and what is derived from it is free.
    assert.ok(value instanceof Object)
    assert.deepEqual(Object.keys(value.from), [])
    assert.equal(Object.assign(Object.create(first) as object, { z: 3 }).z, 3)
  })

  test('what is no struct is refused', () => {
    const wrong = [
      undefined,
      null,
      'd',
      [],
      {},
      { 1: 'd' },
      { x: ['d'] },
      { x: ['d', 0] },
      { x: ['d', 1, 2] },
    ]
    for (const fields of wrong) {
      assert.throws(() => struct(fields as never), { code: 'WRONG_OPTION' }, inspect(fields))
    }
    for (const type of ['z', 4, {}, () => 1]) {
      assert.throws(() => struct({ x: type as never }), { code: 'UNKNOWN_TYPECODE' }, inspect(type))
    }
  })
})

/** A struct as a C compiler lays it out, told once more: field by field, byte by byte. */
interface Model {
  readonly fields: Record<string, unknown>
  readonly size: number
  readonly align: number
  readonly offsets: readonly number[]
}

const SIZES = { c: 1, b: 1, H: 2, i: 4, f: 4, d: 8, Q: 8 } as const
type Code = keyof typeof SIZES
type Shape = { readonly items: readonly (Code | Shape)[]; readonly counts: readonly number[] }

function model({ items, counts }: Shape): Model {
  const fields: Record<string, unknown> = {}
  const offsets: number[] = []
  let align = 1
  let at = 0
  for (const [i, item] of items.entries()) {
    const inner = typeof item === 'string' ? undefined : model(item)
    const [size, alignment] = inner ? [inner.size, inner.align] : [SIZES[item as Code], SIZES[item as Code]]
    while (at % alignment !== 0) at++
    offsets.push(at)
    const count = counts[i] ?? 1
    at += size * count
    align = Math.max(align, alignment)
    const type = inner ? struct(inner.fields as never) : item
    fields[`field${i}`] = count === 1 ? type : [type, count]
  }
  while (at % align !== 0) at++
  return { fields, size: at, align, offsets }
}

const shapes = fc.letrec<{ shape: Shape; item: Code | Shape }>(tie => ({
  item: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...(Object.keys(SIZES) as Code[])),
    tie('shape'),
  ) as fc.Arbitrary<Code | Shape>,
  shape: fc.record({
    items: fc.array(tie('item'), { minLength: 1, maxLength: 6 }),
    counts: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 6 }),
  }) as fc.Arbitrary<Shape>,
})).shape

describe('layouts against a model', { timeout: 60_000 }, () => {
  test('sizes, alignments and offsets', () => {
    fc.assert(
      fc.property(shapes, shape => {
        const { fields, size, align, offsets } = model(shape)
        const made = struct(fields as never) as Struct<Record<string, unknown>>
        assert.deepEqual([made.size, made.alignment], [size, align])
        assert.deepEqual(
          offsets.map((_, i) => made.offsetOf(`field${i}`)),
          offsets,
        )
      }),
    )
  })

  test('a field shows the bytes where the model says, and changes no other', () => {
    const codes = Object.keys(SIZES) as Code[]
    const flat = fc.array(fc.constantFrom(...codes), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(flat, fc.nat(), fc.integer({ min: 1, max: 100 }), (items, which, number) => {
        const { fields, size, offsets } = model({ items, counts: [] })
        const field = which % items.length
        const code = items[field] as Code
        const value = code === 'c' ? String.fromCharCode(number) : code === 'Q' ? BigInt(number) : number
        const records = new RawArray(struct(fields as never), 2) as unknown as Record<string, unknown>[]
        records[1]![`field${field}`] = value
        assert.equal(records[1]![`field${field}`], value)
        const expected = new DataView(new ArrayBuffer(2 * size))
        write(expected, size + (offsets[field] as number), code, number)
        const { view } = MemoryRecord.placeOf(records[0])!.owner
        assert.deepEqual(new Uint8Array(view.buffer).slice(0, 2 * size), new Uint8Array(expected.buffer))
      }),
    )
  })
})

function write(view: DataView, at: number, code: Code, number: number): void {
  const little = endianness() === 'LE'
  if (code === 'Q') view.setBigUint64(at, BigInt(number), little)
  else if (code === 'd') view.setFloat64(at, number, little)
  else if (code === 'f') view.setFloat32(at, number, little)
  else if (code === 'i') view.setInt32(at, number, little)
  else if (code === 'H') view.setUint16(at, number, little)
  else view.setUint8(at, number)
}
