import assert from 'node:assert/strict'
import { describe as suite, test } from 'node:test'
import vm from 'node:vm'
import { assertSame, cross, eachRoad, packOn, PROCESS, THREAD } from './roads.ts'

const circular: Record<string, unknown> = { a: 1 }
circular['self'] = circular
const shared = { shared: true }
const local = Symbol('local')
const match = /b(?<c>c)/.exec('abcd')

const bare = (fields: object): object => Object.assign(Object.create(null) as object, fields)
const hidden = (on: object, key: PropertyKey, value: unknown): object =>
  Object.defineProperty(on, key, { value })

/** Everything here arrives as it was, both ways. */
const VALUES: Record<string, unknown> = {
  'undefined, null, booleans': [undefined, null, true, false],
  'numbers, -0 and NaN too': [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, Number.MIN_VALUE],
  BigInts: [0n, -1n, 2n ** 200n],
  'strings, lone surrogates too': ['', 'ä', '\u{1F600}', '\ud800', 'x'.repeat(70_000)],
  'an empty array and record': [[], {}],
  'nested data': {
    list: [
      { id: 1, tags: ['a'] },
      { id: 2, tags: [] },
    ],
  },
  'an array with holes': [1, , 3, , ,], // oxlint-disable-line no-sparse-arrays
  'a huge array of holes': Object.assign([], { 4294967290: 'last' }),
  'an array with further properties': Object.assign([1, shared, 3], { index: 7, again: shared }),
  'a long array with a further property': Object.assign(
    Array.from({ length: 500 }, (_, i) => i),
    { more: /x/ },
  ),
  'an array with holes and symbol keys': Object.assign([, 1], { [Symbol.for('s')]: 1 }), // oxlint-disable-line no-sparse-arrays
  'a property 1.5 of an array': Object.assign([1], { 1.5: 'x', '-1': 'y' }),
  'a hidden property 1.5 of an array': hidden([1, {}], '1.5', 'x'),
  'what a regular expression matched': match,
  'the strings of a tagged template': ((strings: TemplateStringsArray, ..._values: unknown[]) =>
    strings)`a${1}b`,
  'a record named __proto__': JSON.parse('{"__proto__":{"a":1},"b":{"__proto__":2}}'),
  'a record without prototype': bare({ a: 1, b: bare({ c: [shared, shared] }) }),
  'a circular record': circular,
  'shared parts': [shared, { shared }, new Map([[shared, shared]])],
  'a Map and a Set': [
    new Map<unknown, unknown>([
      [{ k: 1 }, new Set([1, 'a', shared])],
      [Number.NaN, 2],
    ]),
    new Set(),
  ],
  'a Map with a property': Object.assign(new Map([[1, 2]]), { note: 'x' }),
  'dates, an invalid one too': [new Date(0), new Date(8.64e15), new Date(Number.NaN)],
  'a Date with a property': Object.assign(new Date(5), { zone: 'UTC' }),
  'regular expressions': [/a/dgimsuy, /\/[/]\n/u, new RegExp('')],
  'a regular expression in the middle of a search': Object.assign(/a/g, { lastIndex: 3 }),
  'boxed primitives': [Object(1), Object('text'), Object(false), Object(1n), Object(Symbol.for('x'))],
  'registered and well-known symbols': [Symbol.for('mine'), Symbol.iterator, Symbol.asyncIterator],
  'a local symbol, one per value': [local, { [local]: local }],
  'symbol keys': { [Symbol.for('a')]: 1, [Symbol.toStringTag]: 'Tag', plain: { [local]: [shared] } },
  'properties that do not show': [
    hidden({ a: 1 }, 'secret', shared),
    hidden([1], 'raw', ['x']),
    hidden({}, local, 1),
  ],
  'frozen, sealed and closed': [
    Object.freeze({ a: [1] }),
    Object.freeze([{ b: 1 }, 2]),
    Object.seal({ c: 1 }),
    Object.preventExtensions({ d: 1 }),
    Object.freeze(new Map([[1, 2]])),
    Object.freeze(bare({})),
  ],
  URLs: [new URL('https://user@host:8080/p?q=1#h'), new URLSearchParams('a=1&a=2&b=%20')],
  'an Error': new Error('plain'),
}

eachRoad(road => {
  for (const [name, value] of Object.entries(VALUES)) {
    test(`${name}: the same there`, { timeout: 30_000 }, () => {
      assertSame(cross(road, value), value)
    })
    test(`${name}: the same within other things`, { timeout: 30_000 }, () => {
      const around = { before: [value], set: new Set([value]), url: new URL('a:b'), after: value }
      assertSame(cross(road, around), around)
    })
  }

  test('headers keep their entries', () => {
    const headers = cross(
      road,
      new Headers([
        ['a', '1'],
        ['set-cookie', 'x'],
        ['set-cookie', 'y'],
      ]),
    )
    assert.ok(headers instanceof Headers)
    assert.deepEqual(
      [...headers],
      [
        ['a', '1'],
        ['set-cookie', 'x'],
        ['set-cookie', 'y'],
      ],
    )
  })

  test('an arguments object arrives as an array', () => {
    const list = (function (..._values: unknown[]) {
      return arguments
    })(1, shared) // oxlint-disable-line prefer-rest-params
    assertSame(cross(road, [list, shared]), [[1, shared], shared])
  })

  test('process.env arrives as a record', () => {
    assert.deepEqual(cross(road, { env: process.env }), { env: { ...process.env } })
  })

  test('a getter that shows arrives as its value, read once; one that does not show stays behind', () => {
    let reads = 0
    const value = {
      get url() {
        reads++
        return new URL('a:b')
      },
    }
    Object.defineProperty(value, 'quiet', { get: () => 1 })
    assertSame(cross(road, [value]), [{ url: new URL('a:b') }])
    // Once by the check for plain data, once by the walk.
    assert.ok(reads <= 2 + 1, String(reads))
  })

  test('what another realm made arrives as ours', () => {
    const foreign: unknown = vm.runInNewContext(
      '({ o: { a: [1, , 2] }, m: new Map([[1, new Set([2])]]), d: new Date(5), r: /x/g, u: new Uint8Array([1, 2]), v: new DataView(new ArrayBuffer(2)), e: new RangeError("far") })',
    )
    const { e, ...rest } = cross(road, foreign) as Record<string, unknown>
    const holed: number[] = [1]
    holed[2] = 2
    assertSame(rest, {
      o: { a: holed },
      m: new Map([[1, new Set([2])]]),
      d: new Date(5),
      r: /x/g,
      u: new Uint8Array([1, 2]),
      v: new DataView(new ArrayBuffer(2)),
    })
    assert.ok(e instanceof RangeError && e.message === 'far')
  })

  test('a chain of 100,000 links crosses', { timeout: 30_000 }, () => {
    let chain: { next: unknown } | null = null
    for (let i = 0; i < 100_000; i++) chain = { next: chain }
    let length = 0
    for (let at: unknown = cross(road, chain); at; at = (at as { next: unknown }).next) length++
    assert.equal(length, 100_000)
  })

  test('a value that unfolds to 2 to the 60 is looked at once', { timeout: 30_000 }, () => {
    let value: unknown = { leaf: 1 }
    for (let i = 0; i < 60; i++) value = [value, value]
    const [left, right] = cross(road, value) as unknown[]
    assert.equal(left, right)
  })
})

suite('plain data is sent as it is', () => {
  const table = Array.from({ length: 30_000 }, (_, i) => ({ i, name: `row ${i}`, tags: ['a', null] }))
  const PLAIN: Record<string, unknown> = {
    undefined,
    number: 1,
    string: 'x',
    arguments: [1],
    record: { a: 1, b: 'x', c: { d: [null, undefined, 1n] } },
    'long array': Array.from({ length: 200_000 }, (_, i) => i / 2),
    'large table': table,
    'Map, Set, Date': [new Map([[1, new Set([{}])]]), new Date()],
    'the same twice': [shared, shared],
    'an ArrayBuffer': new ArrayBuffer(8),
  }
  for (const [name, value] of Object.entries(PLAIN)) {
    test(name, { timeout: 30_000 }, () => {
      assert.equal(packOn(THREAD, value), undefined)
      assert.equal(packOn(PROCESS, value), undefined)
    })
  }

  test('typed arrays between threads only: the serializer of processes loses what buffer they are on', () => {
    const value = { a: new Float64Array(100), b: new Uint8Array(3) }
    assert.equal(packOn(THREAD, value), undefined)
    assert.notEqual(packOn(PROCESS, value), undefined)
  })

  test('a large circular value too', { timeout: 30_000 }, () => {
    const nodes = Array.from({ length: 20_000 }, () => ({ links: [] as unknown[] }))
    for (const [i, node] of nodes.entries()) node.links.push(nodes[(i * 7) % 20_000])
    const value = nodes.map(node => ({ node }))
    assertSame(cross(THREAD, value), value)
  })
})
