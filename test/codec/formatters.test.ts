import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TextDecoder, TextEncoder } from 'node:util'
import vm from 'node:vm'
import { cross, eachRoad } from './roads.ts'

/** Each with something that it does. */
const FORMATTERS: readonly (readonly [of: object, does: (formatter: never) => unknown])[] = [
  [new Intl.Collator('sv', { sensitivity: 'base' }), (at: Intl.Collator) => at.compare('a', 'A')],
  [
    new Intl.NumberFormat('de', { style: 'currency', currency: 'EUR' }),
    (at: Intl.NumberFormat) => at.format(1.5),
  ],
  [new Intl.NumberFormat('en', { notation: 'compact' }), (at: Intl.NumberFormat) => at.format(12_345)],
  [
    new Intl.DateTimeFormat('de', { dateStyle: 'full', timeStyle: 'short', timeZone: 'Asia/Tokyo' }),
    (at: Intl.DateTimeFormat) => at.format(0),
  ],
  [
    new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h24' }),
    (at: Intl.DateTimeFormat) => at.format(0),
  ],
  [new Intl.PluralRules('en', { type: 'ordinal' }), (at: Intl.PluralRules) => at.select(2)],
  [
    new Intl.RelativeTimeFormat('es', { numeric: 'auto' }),
    (at: Intl.RelativeTimeFormat) => at.format(-1, 'day'),
  ],
  [new Intl.ListFormat('en', { type: 'disjunction' }), (at: Intl.ListFormat) => at.format(['a', 'b'])],
  [new Intl.DisplayNames('en', { type: 'region' }), (at: Intl.DisplayNames) => at.of('SE')],
  [new Intl.Segmenter('en', { granularity: 'word' }), (at: Intl.Segmenter) => [...at.segment('a b')].length],
  [new Intl.Locale('de-CH', { calendar: 'gregory' }), (at: Intl.Locale) => String(at)],
  [new TextEncoder(), (at: TextEncoder) => [...at.encode('ä')]],
  [new TextDecoder('utf-16le'), (at: TextDecoder) => at.decode(Buffer.from('ä', 'utf16le'))],
  [new TextDecoder('utf-8', { ignoreBOM: true }), (at: TextDecoder) => at.decode(Buffer.from('\ufeffa'))],
]

eachRoad(road => {
  for (const [formatter, does] of FORMATTERS) {
    test(`${formatter.constructor.name}: does the same there`, () => {
      const [there, again] = cross(road, [formatter, formatter])
      assert.equal(Object.getPrototypeOf(there), Object.getPrototypeOf(formatter))
      assert.equal(there, again)
      assert.deepEqual(does(there as never), does(formatter as never))
      assert.deepEqual(does(cross(road, there) as never), does(formatter as never))
    })
  }

  test('a TextDecoder that refuses wrong bytes goes on refusing them', () => {
    const there = cross(road, new TextDecoder('utf-8', { fatal: true }))
    assert.throws(() => there.decode(new Uint8Array([255])), TypeError)
  })

  test('one of another realm is one of ours', () => {
    const there = cross(road, vm.runInNewContext('new Intl.NumberFormat("de")') as Intl.NumberFormat)
    assert.ok(there instanceof Intl.NumberFormat)
    assert.equal(there.format(1.5), '1,5')
  })
})
