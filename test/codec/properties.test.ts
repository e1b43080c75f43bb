import assert from 'node:assert/strict'
import { test } from 'node:test'
import { types } from 'node:util'
import fc from 'fast-check'
import { assertSame, cross, crossThrown, eachRoad } from './roads.ts'

/*
 * Arbitrary values: whatever fast-check can think of, then wired up at random: parts put into other parts, twice, in
 * circles, with odd keys, frozen, or without a prototype.
 */

const KEYS = ['x', '__proto__', 'constructor', 'toString', 'length', '0', Symbol.for('k'), Symbol.species]

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
  maxDepth: 4,
})

interface Wire {
  readonly from: number
  readonly to: number
  readonly key: number
  readonly how: 'property' | 'hidden' | 'entry' | 'member' | 'freeze' | 'bare'
}

const wire: fc.Arbitrary<Wire> = fc.record({
  from: fc.nat(),
  to: fc.nat(),
  key: fc.nat(KEYS.length - 1),
  how: fc.constantFrom('property', 'hidden', 'entry', 'member', 'freeze', 'bare'),
})

const parts = fc.array(anything, { minLength: 1, maxLength: 6 })
const wires = fc.array(wire, { maxLength: 8 })

/** A copy, as fast-check goes on using what it made. */
function wireUp(values: readonly unknown[], plan: readonly Wire[]): unknown[] {
  const copy = structuredClone(values) as unknown[]
  const all: object[] = [copy]
  // Grows as it goes: every object within.
  for (const one of all) all.push(...Object.values(one).filter(isFresh(all)))
  for (const one of plan) connect(all, one)
  return copy
}

function isFresh(all: readonly object[]): (value: unknown) => value is object {
  return (value): value is object =>
    typeof value === 'object' && value !== null && all.length < 500 && !all.includes(value)
}

function connect(all: readonly object[], { from, to, key, how }: Wire): void {
  const target = all[from % all.length] as object
  const value = all[to % all.length] as object
  if (how === 'bare' && Object.getPrototypeOf(target) === Object.prototype)
    Reflect.setPrototypeOf(target, null)
  // Typed arrays can't be frozen.
  else if (how === 'freeze' && !ArrayBuffer.isView(target)) Object.freeze(target)
  else if (how === 'entry' && target instanceof Map) target.set(value, target)
  else if (how === 'member' && target instanceof Set) target.add(value)
  else define(target, KEYS[key] as PropertyKey, value, how !== 'hidden')
}

function define(target: object, key: PropertyKey, value: unknown, enumerable: boolean): void {
  // A length, and an index of a typed array or a boxed text, have rules of their own.
  const special = Array.isArray(target) || ArrayBuffer.isView(target) || types.isStringObject(target)
  if (special && (key === 'length' || key === '0')) return
  // What does not show on a view stays behind.
  if (ArrayBuffer.isView(target) && !enumerable) return
  Reflect.defineProperty(target, key, { value, enumerable, writable: true, configurable: true })
}

eachRoad(road => {
  test('any value arrives as it was', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(parts, wires, (values, plan) => {
        const value = wireUp(values, plan)
        assertSame(cross(road, value), value)
      }),
      { numRuns: 400 },
    )
  })

  test('any value arrives as it was beside one that needs the graph', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(parts, wires, (values, plan) => {
        const value = wireUp(values, plan)
        const around = [new URL('a:b'), value, { again: value }]
        assertSame(cross(road, around), around)
      }),
      { numRuns: 200 },
    )
  })

  test('any error arrives as an error, with every field that can cross', { timeout: 60_000 }, () => {
    const field = fc.oneof(
      anything,
      fc.constantFrom<unknown>(() => 1, Promise.resolve(), new WeakMap(), Symbol('s')),
    )
    const fields = fc.dictionary(
      fc.string().filter(key => !['stack', 'message', '__proto__', 'name', 'leftBehind'].includes(key)),
      field,
    )
    fc.assert(
      fc.property(fields, fc.option(field), fc.string(), (own, cause, message) => {
        const error = Object.assign(new RangeError(message, { cause }), own)
        const there = crossThrown(road, error) as RangeError & { leftBehind?: string[] }
        assert.ok(there instanceof RangeError)
        assert.equal(there.message, message)
        const lost = there.leftBehind?.length ?? 0
        assert.equal(
          Object.keys(there).length - (lost > 0 ? 1 : 0) + lost - (Object.hasOwn(there, 'cause') ? 0 : 1),
          Object.keys(error).length,
        )
      }),
      { numRuns: 200 },
    )
  })

  test('packThrown takes anything at all', { timeout: 60_000 }, () => {
    const hostile = fc.constantFrom<unknown>(
      () => 1,
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no')
          },
        },
      ),
      {
        get x(): never {
          throw new Error('no')
        },
      },
      Object.create({
        get name(): never {
          throw new Error('no')
        },
      }),
    )
    fc.assert(
      fc.property(parts, wires, hostile, fc.boolean(), (values, plan, bad, asCause) => {
        const value = wireUp(values, plan)
        const thrown = asCause ? new Error('x', { cause: [...value, bad] }) : [...value, bad]
        assert.ok(crossThrown(road, thrown) instanceof Error)
      }),
      { numRuns: 100 },
    )
  })
})
