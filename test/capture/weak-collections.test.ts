import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { HereSide, ProcessSide, ThreadSide } from './sides.ts'

/* What compilers make of private members where the target is old, and caches. */

const codes = new WeakMap<object, number>()
const members = new WeakSet<object>()
class Safe {
  constructor() {
    codes.set(this, 42)
    members.add(this)
  }
  open(): unknown {
    return members.has(this) && codes.get(this)
  }
}

for (const Make of [HereSide, ThreadSide, ProcessSide]) {
  describe(Make.name, { timeout: 20_000 }, () => {
    const side = new Make()
    after(() => side.close())

    test('an instance finds its private members, also when its class was there before it', async () => {
      const [one, two] = [new Safe(), new Safe()]
      assert.equal(await side.call(() => new Safe().open(), []), 42)
      assert.equal(await side.call(() => one.open(), []), 42)
      assert.deepEqual(await side.call(() => [one.open(), two.open()], []), [42, 42])
    })

    test('a key that does not travel keeps its entry here', async () => {
      const [key, other] = [{}, {}]
      const notes = new WeakMap<object, unknown>([
        [key, 'noted'],
        [other, Promise.resolve()],
      ])
      assert.equal(await side.call(() => notes.get(key), []), 'noted')
    })

    test('a value leads to the key of another collection', async () => {
      const [first, second] = [{}, {}]
      const ends = new WeakMap([[second, 'end']])
      const ways = new WeakMap([[first, second]])
      assert.equal(await side.call(() => ends.get(ways.get(first) as object), []), 'end')
    })
  })
}

describe('home again', { timeout: 20_000 }, () => {
  const side = new ThreadSide()
  after(() => side.close())

  test('an instance made by a worker has its private members here', async () => {
    const made = (await side.call(() => new Safe(), [])) as Safe
    assert.ok(made instanceof Safe)
    assert.equal(made.open(), 42)
  })
})
