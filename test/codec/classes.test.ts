import assert from 'node:assert/strict'
import { describe as suite, test } from 'node:test'
import { UsageError } from '../../src/base/index.ts'
import { registerClass } from '../../src/codec/index.ts'
import { assertSame, cross, eachRoad } from './roads.ts'

let constructed = 0

class Point {
  x: number
  y: number
  constructor(x: number, y: number) {
    constructed++
    this.x = x
    this.y = y
  }
  norm(): number {
    return Math.hypot(this.x, this.y)
  }
}

class Point3 extends Point {
  readonly z = 0
}

class Bag extends Map<string, unknown> {
  label = 'bag'
  override set(key: string, value: unknown): this {
    constructed++
    return super.set(key, value)
  }
}
class Members extends Set<unknown> {}
class Stack extends Array<unknown> {
  top(): unknown {
    return this.at(-1)
  }
}
class Pixels extends Uint8ClampedArray {
  width = 2
}
class Moment extends Date {}
class Address extends URL {}

class Account {
  #balance: number
  constructor(balance: number) {
    if (typeof balance !== 'number') throw new TypeError('a balance is a number')
    this.#balance = balance
  }
  get balance(): number {
    return this.#balance
  }
}

class Node_ {
  readonly label: string
  next: unknown
  constructor(label: string, next: unknown) {
    this.label = label
    this.next = next
  }
}

registerClass(Point)
registerClass(Bag)
registerClass(Members)
registerClass(Stack)
registerClass(Pixels)
registerClass(Moment)
registerClass(Address)
registerClass(Account, { pack: account => ({ sum: account.balance }), unpack: ({ sum }) => new Account(sum) })
registerClass(Node_, {
  name: 'list/Node',
  pack: node => [node.label, node.next] as const,
  unpack: ([label, next]) => new Node_(label, next),
})

function named(): new () => object {
  return class Named {
    readonly field = 1
  }
}

function nameless(): new () => object {
  return class {
    readonly field = 1
  }
}

eachRoad(road => {
  test('an instance keeps its class, and no constructor runs', () => {
    const value = [new Point(3, 4), { deep: new Point(1, 1) }]
    constructed = 0
    const there = cross(road, value)
    assertSame(there, value)
    assert.equal((there[0] as Point).norm(), 5)
    assert.equal(constructed, 0)
  })

  test('instances keep identity, cycles and their further properties', () => {
    const a = Object.assign(new Point(1, 2), { other: {}, [Symbol.for('s')]: 1 })
    const b = Object.assign(new Point(3, 4), { other: a })
    a.other = b
    Object.freeze(b)
    assertSame(cross(road, { a, list: [a, b] }), { a, list: [a, b] })
  })

  test('subclasses of built-in classes keep their content', () => {
    const bag = new Bag([['k', new Point(1, 2)]])
    const value = {
      bag: Object.assign(bag, { self: bag }),
      members: new Members([1, {}]),
      stack: Stack.from([1, {}, 3]),
      pixels: Pixels.from([1, 300, 3]),
      moment: new Moment(7),
      address: new Address('http://a/b'),
    }
    constructed = 0
    const there = cross(road, value)
    assert.equal(constructed, 0)
    assertSame(there, value)
    assert.equal((there.stack as Stack).top(), 3)
    assert.equal(there.bag.get('k') instanceof Point, true)
  })

  test('pack and unpack say what crosses where fields are private', () => {
    const account = new Account(12)
    const there = cross(road, { account, again: account })
    assert.equal(there.account.balance, 12)
    assert.equal(there.account, there.again)
  })

  test('unpack is given what pack gave, complete and with instances in it', () => {
    const value = new Node_('a', [new Node_('b', new Point(1, 2)), new Map([['c', new Node_('c', null)]])])
    const there = cross(road, value)
    const [second, map] = there.next as [Node_, Map<string, Node_>]
    assert.deepEqual([there.label, second.label, map.get('c')?.label], ['a', 'b', 'c'])
    assert.ok(second.next instanceof Point && second.next.norm() > 2)
  })

  test('a chain of 20,000 instances with unpack crosses', { timeout: 30_000 }, () => {
    let chain: Node_ | null = null
    for (let i = 0; i < 20_000; i++) chain = new Node_(String(i), chain)
    let length = 0
    for (let at: unknown = cross(road, chain); at; at = (at as Node_).next) length++
    assert.equal(length, 20_000)
  })

  test('an instance that packs itself in a circle is refused on the other side, by name', () => {
    const loop = new Node_('loop', null)
    loop.next = { loop }
    assert.throws(() => cross(road, [loop]), { name: 'CodecError', code: 'CANNOT_DECODE', path: 'value[0]' })
  })

  test('what pack throws is the cause', () => {
    const broken = Object.create(Account.prototype) as Account
    assert.throws(() => cross(road, { broken }), {
      code: 'CANNOT_READ',
      path: 'value.broken',
      reason: /#balance/,
    })
  })

  test('what unpack throws is the cause', () => {
    const Picky = named()
    registerClass(Picky, {
      name: `Picky on ${road.name}`,
      pack: () => null,
      unpack: () => {
        throw new RangeError('not today')
      },
    })
    assert.throws(() => cross(road, { list: [new Picky()] }), {
      code: 'CANNOT_DECODE',
      path: 'value.list[0]',
      reason: 'not today',
    })
  })

  test('a subclass of a registered class is refused, not flattened', () => {
    assert.throws(() => cross(road, [new Point3(1, 2)]), {
      code: 'CANNOT_CLONE',
      path: 'value[0]',
      kind: 'a Point3',
    })
  })
})

suite('registerClass', () => {
  const wrong = { name: 'UsageError', code: 'WRONG_OPTION' }

  test('refuses what is no class', () => {
    for (const value of [undefined, {}, 'Point', () => 1]) {
      assert.throws(() => registerClass(value as never), wrong)
    }
  })

  test('a class without a name needs one', () => {
    assert.throws(() => registerClass(nameless()), wrong)
    registerClass(nameless(), { name: 'nameless 1' })
  })

  test('one name, one class; the same class may be registered again, also under another name', () => {
    const [first, second] = [named(), named()]
    registerClass(first)
    registerClass(first)
    assert.throws(() => registerClass(second), { code: 'CLASS_NAME_TAKEN', message: /registered as Named/ })
    registerClass(first, { name: 'First' })
    registerClass(second)
  })

  test('pack and unpack come together', () => {
    const Half = named()
    assert.throws(() => registerClass(Half, { pack: () => 1 }), { ...wrong, option: 'unpack' })
    assert.throws(() => registerClass(Half, { unpack: () => new Half() }), { ...wrong, option: 'pack' })
    assert.throws(() => registerClass(Half, { pack: 1 as never, unpack: 2 as never }), UsageError)
  })

  test('private fields are noticed, also in a base class, and need pack and unpack', () => {
    class Derived extends Account {}
    for (const Class of [
      class A {
        #x = 1
        get() {
          return this.#x
        }
      },
      class B {
        #m() {}
        run() {
          this.#m()
        }
      },
      Derived,
    ]) {
      assert.throws(() => registerClass(Class as new () => object), {
        ...wrong,
        message: /#\w+ is seen by \w+'s own code alone/,
      })
    }
  })

  test('a # in a text, a comment or a colour is no private field', () => {
    class Harmless {
      // #not
      colour = '#fff' /* #neither */
      text = [`#${this.colour}`, "#'"]
    }
    registerClass(Harmless)
  })
})
