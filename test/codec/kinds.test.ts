import assert from 'node:assert/strict'
import { describe as suite, test } from 'node:test'
import { CodecError, RemoteError } from '../../src/base/index.ts'
import {
  type Graph,
  type Kind,
  needsOf,
  pack,
  packThrown,
  prepare,
  registerKind,
  type Slot,
  unpack,
} from '../../src/codec/index.ts'
import { assertSame, cross, crossThrown, eachRoad, PROCESS, packOn, THREAD } from './roads.ts'

/** A handle, as rooms have them: an identity that lives elsewhere, and a child. */
class Handle {
  readonly #id: number
  child: unknown
  constructor(id: number, child?: unknown) {
    this.#id = id
    this.child = child
  }
  get id(): number {
    return this.#id
  }
}

const HANDLE: Kind<Handle, { id: number; child: Slot }> = {
  name: 'test handle',
  claims: value => value instanceof Handle,
  pack(handle, packer) {
    if (handle.id < 0) packer.refuse('a closed Handle', `Open it first; path ${packer.path().join(' ')}`)
    packer.need('test handle', { load: handle.id })
    const made = packer.memo('test handle', () => ({ count: 0 }))
    made.count++
    return { id: handle.id * 100 + made.count, child: packer.slot(handle.child, '.child') }
  },
  make: ({ id }) => new Handle(id),
  fill(handle, { child }, unpacker) {
    handle.child = unpacker.value(child)
  },
  prepare(need) {
    prepared.push(need)
    const { load } = need as { load: number }
    return load === 13
      ? Promise.reject(new Error('can not load 13'))
      : load > 5
        ? Promise.resolve()
        : undefined
  },
}
let prepared: unknown[] = []
registerKind(HANDLE)

/** Functions as a table of names, and the classes that have one. */
const FUNCTIONS = new Map<string, Function>()
registerKind<Function, string>({
  name: 'test function',
  claims: value => typeof value === 'function' && FUNCTIONS.get(value.name) === value,
  pack(fn, packer) {
    if (fn.name === 'MissingError') packer.need('test function', fn.name)
    return fn.name
  },
  prepare: () => Promise.reject(new Error('its module does not load here')),
  make: name => {
    if (name === 'MissingError') throw new Error('it is not here')
    const fn = FUNCTIONS.get(name)
    if (!fn) throw new Error(`no function ${name}`)
    return fn
  },
  carriesInstances: Class => FUNCTIONS.get(Class.name) === Class,
})

/** Can only be made with its parts at hand; two of them may need each other. */
interface Pair {
  readonly pair: true
  left: unknown
  right: unknown
}
registerKind<Pair, { left: Slot; right: Slot }>({
  name: 'test pair',
  claims: value => typeof value === 'object' && value !== null && Object.hasOwn(value, PAIR),
  pack: (pair, packer) => ({
    left: packer.slot(pair.left, '.left'),
    right: packer.slot(pair.right, '.right'),
  }),
  make(payload, unpacker) {
    const pair = { [PAIR]: true } as unknown as Pair
    unpacker.later(payload.left, left => {
      pair.left = left
    })
    pair.right = unpacker.value(payload.right)
    return pair
  },
})
const PAIR = Symbol.for('test pair')

function pairOf(left: unknown, right: unknown): Pair {
  return Object.assign(Object.create({}) as Pair, { [PAIR]: true, left, right })
}

class Carried {
  readonly items = new Map<unknown, unknown>([[1, this]])
  run(): string {
    return `${this.items.size} ran`
  }
}
class CarriedList extends Array<unknown> {}
class CarriedError extends RangeError {
  readonly detail = { carried: new CarriedList() }
}
class MissingError extends Error {
  readonly detail = 1
}
function work(): number {
  return 42
}
for (const fn of [Carried, CarriedList, CarriedError, MissingError, work]) FUNCTIONS.set(fn.name, fn)

eachRoad(road => {
  test('a kind packs and makes its values, children and circles too', () => {
    const handle = new Handle(1)
    handle.child = [handle, new URL('a:b'), new Handle(2)]
    const there = cross(road, { a: handle, b: handle })
    assert.equal(there.a, there.b)
    const [self, url, second] = there.a.child as [Handle, URL, Handle]
    assert.equal(self, there.a)
    assert.deepEqual([there.a.id, url.href, second.id], [101, 'a:b', 202])
  })

  test('a kind claims functions, at any place', () => {
    const value = { run: work, list: [work, { deep: new Map([[work, 1]]) }] }
    assertSame(cross(road, value), value)
    assert.equal(cross(road, work), work)
  })

  test('a kind that carries a class carries its instances, with what is in them', () => {
    const value = { a: new Carried(), list: CarriedList.from([1, {}]) }
    assertSame(cross(road, value), value)
    assert.equal(cross(road, new Carried()).run(), '1 ran')
  })

  test('a kind that carries a class carries its errors', () => {
    const error = new CarriedError('far')
    const there = crossThrown(road, error)
    assert.ok(there instanceof CarriedError)
    assertSame(there, error)
  })

  test('an error whose class can not be had here is still told', async () => {
    const graph = road.clone(packThrown({ errors: [new MissingError('a'), new MissingError('b')] }, road.can))
    assert.deepEqual(needsOf(graph), ['MissingError'])
    await prepare(graph)
    const { errors } = unpack(graph) as { errors: RemoteError[] }
    assert.ok(errors[0] instanceof RemoteError && errors[1] instanceof RemoteError)
    assert.deepEqual([errors[0].remoteName, errors[0].message, errors[1].message], ['MissingError', 'a', 'b'])
    assert.equal((errors[0] as { detail?: unknown }).detail, 1)
  })

  test('errors of one class share it', () => {
    const [a, b] = cross(road, [new CarriedError('a'), new CarriedError('b')])
    assert.equal(a?.constructor, b?.constructor)
  })

  test('a kind refuses with path and remedy', () => {
    assert.throws(() => cross(road, { list: [new Handle(-1)] }), {
      name: 'CodecError',
      code: 'CANNOT_CLONE',
      path: 'value.list[0]',
      kind: 'a closed Handle',
      remedy: 'Open it first; path value .list 0',
    })
  })

  test('what a kind refuses is left behind by an error', () => {
    const there = crossThrown(
      road,
      Object.assign(new Error('x'), { a: new Handle(3), b: { deep: [new Handle(4), new Handle(-1)] } }),
    )
    assert.deepEqual((there as { leftBehind?: unknown }).leftBehind, ['b: a closed Handle'])
    assert.ok((there as { a?: unknown }).a instanceof Handle)
  })

  test('later gives what is still being made', () => {
    const pair = pairOf(null, [new Set([1])])
    pair.left = { back: pair }
    const there = cross(road, pair)
    assert.equal((there.left as { back: unknown }).back, there)
    assertSame(there.right, [new Set([1])])
    const self = pairOf(null, 1)
    self.left = self
    const selfThere = cross(road, self)
    assert.equal(selfThere.left, selfThere)
  })

  test('a circle through make alone is an error that names it', () => {
    const pair = pairOf(1, null)
    pair.right = pair
    assert.throws(() => cross(road, { pair }), {
      code: 'CANNOT_DECODE',
      path: 'value.pair',
      reason: /itself is needed/,
    })
  })
})

suite('prepare', () => {
  const packed = (...ids: number[]): Graph =>
    packOn(
      THREAD,
      ids.map(id => new Handle(id)),
    ) as Graph

  test('nothing to wait for', () => {
    assert.equal(prepare(pack(new URL('a:b'), { path: 'v', can: PROCESS.can }) as Graph), undefined)
    assert.equal(prepare(packed(1, 2)), undefined)
  })

  test('each need is asked for once, and waited for', async () => {
    prepared = []
    const wait = prepare(PROCESS.clone(packed(1, 7, 8)))
    assert.ok(wait instanceof Promise)
    await wait
    assert.deepEqual(prepared, [{ load: 1 }, { load: 7 }, { load: 8 }])
  })

  test('a need that fails rejects', async () => {
    await assert.rejects(prepare(packed(13)) ?? Promise.resolve(), /can not load 13/)
  })
})

suite('a graph that is not whole', () => {
  const graph = (): unknown[] =>
    structuredClone(packOn(PROCESS, { a: [new URL('a:b')], m: new Map([[1, { x: /x/ }]]) }) as Graph)
      .graph as unknown[]
  const PLACES = ['path', 'kinds', 'needs', 'root', 'ids', 'payloads', 'dress']

  test('gives an error, whatever is in its places', () => {
    for (const [at, place] of PLACES.entries()) {
      for (const wrong of [
        undefined,
        null,
        1,
        'x',
        [],
        [[99]],
        [99],
        [-1],
        [1.5],
        ['a'],
        {},
        [null, null],
        new Map(),
      ]) {
        const broken = graph()
        broken[at] = wrong
        try {
          unpack({ graph: broken })
        } catch (error) {
          assert.ok(error instanceof CodecError, `${place} = ${JSON.stringify(wrong)}: ${String(error)}`)
        }
      }
    }
  })

  test('names a kind that is not known here', () => {
    const broken = graph()
    broken[1] = (broken[1] as string[]).map(name => (name === 'url' ? 'a kind of tomorrow' : name))
    assert.throws(() => unpack({ graph: broken }), {
      code: 'CANNOT_DECODE',
      path: 'value.a[0]',
      reason: 'there is no kind a kind of tomorrow here',
    })
  })

  test('a reference to a node that is not there', () => {
    const broken = graph()
    ;(broken[5] as unknown[])[0] = { a: [1000] }
    assert.throws(() => unpack({ graph: broken }), {
      code: 'CANNOT_DECODE',
      reason: /node that is not there/,
    })
  })

  test('two kinds of one name are a fault', () => {
    assert.throws(() => registerKind(HANDLE), { code: 'INTERNAL' })
  })
})
