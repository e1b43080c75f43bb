import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import net from 'node:net'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { CodecError } from '../../src/base/index.ts'
import { cross, eachRoad, THREAD } from './roads.ts'

class Unknown {
  readonly field = 1
}
class Subclass extends Map<unknown, unknown> {}

/** What it is, what it is called, what the remedy speaks of. */
const REFUSED: readonly (readonly [make: () => unknown, kind: RegExp, remedy: RegExp])[] = [
  [() => () => 1, /function \(anonymous\)/, /other side/],
  [() => function named() {}, /function named/, /other side/],
  [() => Unknown, /function Unknown/, /other side/],
  [() => Promise.resolve(1), /a Promise/, /[Aa]wait/],
  [() => new WeakMap(), /a WeakMap/, /a Map/],
  [() => new WeakSet(), /a WeakSet/, /a Set/],
  [() => new WeakRef({}), /a WeakRef/, /deref/],
  [() => new FinalizationRegistry(() => {}), /FinalizationRegistry/, /./],
  [() => new Proxy({ a: 1 }, {}), /a Proxy/, /plain copy/],
  [() => new Proxy([1], {}), /a Proxy/, /plain copy/],
  [() => revoked(), /a Proxy/, /plain copy/],
  [() => (function* () {})(), /a generator object/, /\.\.\./],
  [() => (async function* () {})(), /an async generator object/, /for await/],
  [() => [1].values(), /an iterator/, /\[\.\.\.iterator\]/],
  [() => 'text'[Symbol.iterator](), /an iterator/, /\[\.\.\.iterator\]/],
  [() => new Map().keys(), /an iterator of a Map/, /\.\.\./],
  [() => new Set().values(), /an iterator of a Set/, /\.\.\./],
  [() => new Unknown(), /an Unknown|a Unknown/, /registerClass\(Unknown\)/],
  [() => new Subclass(), /a Subclass/, /registerClass\(Subclass\)/],
  [() => Object.create({ inherited: 1 }), /an object/, /prototype is no class/],
  [() => new net.Socket(), /a Socket/, /other side/],
  [() => net.createServer(), /a Server/, /other side/],
  [() => new PassThrough(), /a PassThrough/, /other side/],
  [() => new EventEmitter(), /an? EventEmitter/, /registerClass/],
  [() => new AbortController().signal, /an? AbortSignal/, /option signal/],
  [() => new Response('x'), /a Response/, /await it\.text\(\)/],
  [() => new Request('http://host'), /a Request/, /await it\.text\(\)/],
  [() => new FormData(), /a FormData/, /\[\.\.\.form\]/],
  [() => new AbortController(), /an AbortController/, /option signal/],
  [() => ended(setTimeout(() => {}, 1)), /a timer/, /other side/],
  [() => ended(setImmediate(() => {})), /a timer/, /other side/],
  [() => new (class Own extends Intl.NumberFormat {})(), /an Own/, /./],
  [() => new (class Own extends TextDecoder {})(), /an Own/, /./],
  [
    () => new Intl.DateTimeFormat('ja-u-ca-japanese', { era: 'long', month: 'long' }),
    /Intl\.DateTimeFormat/,
    /Make it/,
  ],
  [() => Object.create(Map.prototype), /a Map/, /./],
  [() => Object.create(Date.prototype), /a Date/, /./],
]

function ended<T extends NodeJS.Timeout | NodeJS.Immediate>(timer: T): T {
  clearTimeout(timer as NodeJS.Timeout)
  clearImmediate(timer as NodeJS.Immediate)
  return timer
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

eachRoad(road => {
  for (const [i, [make, kind, remedy]] of REFUSED.entries()) {
    test(`refused at the call, with its path: ${kind.source} (${i})`, () => {
      const value = { list: [1, { 'the key': make(), ok: 1 }] }
      const error = thrownBy(() => cross(road, value))
      assert.ok(error instanceof CodecError, String(error))
      assert.equal(error.code, 'CANNOT_CLONE')
      assert.equal(error.path, 'value.list[1]["the key"]')
      assert.match((error as { kind?: string }).kind ?? '', kind)
      assert.match((error as { remedy?: string }).remedy ?? '', remedy)
      assert.ok(error.message.startsWith('value.list[1]["the key"] is '))
    })
  }

  test('the path leads through every kind of container', () => {
    const bad = Promise.resolve()
    const PATHS: readonly (readonly [unknown, string])[] = [
      [bad, 'value'],
      [[bad], 'value[0]'],
      [{ a: { b: bad } }, 'value.a.b'],
      [new Map([['k', bad]]), 'value.get("k")'],
      [new Map([[1, { x: bad }]]), 'value.get(1).x'],
      [new Map([[{ x: bad }, 1]]), 'value.keys()[0].x'],
      [new Set([1, bad]), 'value.values()[1]'],
      [Object.assign([1], { extra: bad }), 'value.extra'],
      [{ [Symbol.for('s')]: bad }, 'value[Symbol(s)]'],
      [Object.assign(new Date(), { extra: bad }), 'value.extra'],
      [Object.assign(Object.create(null) as object, { n: bad }), 'value.n'],
      [{ 'no-name': bad, ünïcode: 1 }, 'value["no-name"]'],
    ]
    for (const [value, path] of PATHS) {
      assert.throws(() => cross(road, value), { code: 'CANNOT_CLONE', path, kind: 'a Promise' })
    }
  })

  test('a getter that throws is named, its error kept', () => {
    const cause = new TypeError('not yet')
    const value = [
      {
        ok: 1,
        get late(): never {
          throw cause
        },
      },
    ]
    assert.throws(() => cross(road, value), { code: 'CANNOT_READ', path: 'value[0].late', cause })
    const keyed = {
      get [Symbol.for('k')](): never {
        throw cause
      },
    }
    assert.throws(() => cross(road, keyed), { code: 'CANNOT_READ', path: 'value[Symbol(k)]', cause })
  })

  test('what throws anything but an error when read is an error all the same', () => {
    // oxlint-disable-next-line no-throw-literal
    const value = {
      get odd(): never {
        throw null
      },
    }
    assert.throws(() => cross(road, value), { code: 'CANNOT_READ', path: 'value.odd', reason: 'null' })
  })
})

test('nothing of a refused value is touched by a Proxy trap', () => {
  const touched: string[] = []
  const spy = new Proxy({}, { get: (_, trap) => () => touched.push(String(trap)) })
  assert.throws(() => cross(THREAD, [new Proxy({}, spy)]), { code: 'CANNOT_CLONE' })
  assert.deepEqual(touched, [])
})

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
