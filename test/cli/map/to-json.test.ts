import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { toJson } from '../../../cli/map/to-json.ts'

describe('toJson', () => {
  it('is JSON for what JSON knows, and the same again after a round trip', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const json = toJson(value) ?? ''
        assert.equal(JSON.stringify(JSON.parse(json)), json)
      }),
    )
  })

  const cases: [string, unknown, string | undefined][] = [
    ['nothing', undefined, undefined],
    ['null', null, 'null'],
    ['a bigint', 12345678901234567890n, '"12345678901234567890"'],
    ['not a number', Number.NaN, '"NaN"'],
    ['infinity', [-Infinity], '["-Infinity"]'],
    ['a Map', new Map<unknown, unknown>([[1, { a: 2n }]]), '[[1,{"a":"2"}]]'],
    ['a Set', new Set([1, 'a']), '[1,"a"]'],
    ['a Date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a Buffer', { bytes: Buffer.from('hi') }, '{"bytes":"aGk="}'],
    ['a part of a Uint8Array', new Uint8Array([1, 104, 105]).subarray(1), '"aGk="'],
    ['an ArrayBuffer', new Uint8Array([104, 105]).buffer, '"aGk="'],
    ['numbers', new Float64Array([1.5, Number.NaN]), '[1.5,"NaN"]'],
    ['big numbers', new BigInt64Array([1n]), '["1"]'],
    [
      'an error',
      Object.assign(new TypeError('no'), { code: 'E' }),
      '{"name":"TypeError","message":"no","code":"E"}',
    ],
    ['a line break', 'a\nb', '"a\\nb"'],
  ]
  for (const [what, value, json] of cases) {
    it(`prints ${what}`, () => assert.equal(toJson(value), json))
  }

  it('refuses what has no text', () => {
    assert.throws(() => toJson(() => 1), /the result is a function, which can't be printed/)
    assert.throws(() => toJson(Symbol('s')), /a symbol/)
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    assert.throws(() => toJson(circle), /circular/)
  })
})
