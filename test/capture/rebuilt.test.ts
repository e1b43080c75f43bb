import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capture } from '../../src/capture/index.ts'
import { looksDuring } from './looks-during.ts'
import { HereSide } from './sides.ts'

/* Functions and classes that were rebuilt here and travel on, as the classes of results do with each result. */

const side = new HereSide()
const can = { transfer: true, share: true }

/** A class as another thread has it that was sent the function. */
const rebuilt = async <C>(give: () => C): Promise<C> => (await side.call(give, [])) as C

test('what was rebuilt is looked at once: its variables are its own', async () => {
  const factor = 3
  const times = (x: number): number => x * factor
  class Base {
    readonly x: number
    constructor(x: number) {
      this.x = x
    }
  }
  class Scaled extends Base {
    static readonly unit = 'm'
    scaled(): number {
      return times(this.x)
    }
  }
  const Again = await rebuilt(() => Scaled)
  assert.notEqual(Again, Scaled)
  const packOnce = (): void => {
    capture(Again, 'test', can)
  }
  assert.ok(looksDuring(packOnce) > 0)
  assert.equal(looksDuring(packOnce), 0)
  const OnceMore = await rebuilt(() => Again)
  assert.equal(new OnceMore(2).scaled(), 6)
})

test('a rebuilt function that assigns to its variable travels on with what it is by now', async () => {
  let count = 0
  const next = () => ++count
  const there = await rebuilt(() => next)
  assert.equal(there(), 1)
  assert.equal((await rebuilt(() => there))(), 2)
  assert.equal(there(), 2)
  assert.equal((await rebuilt(() => there))(), 3)
})

test('a rebuilt function that calls itself by another name travels on', async () => {
  const down = (n: number): number => (n === 0 ? 0 : 1 + down(n - 1))
  const there = await rebuilt(() => down)
  for (let i = 0; i < 2; i++) assert.equal((await rebuilt(() => there))(5), 5)
})

test('what is hung on a class later goes along, once its text is known', async () => {
  class Gauge {
    static step = 1
    size(): unknown {
      return Gauge.step
    }
  }
  const There = await rebuilt(() => Gauge)
  for (const Class of [Gauge, There]) {
    const seen = async () => {
      const Copy = await rebuilt(() => Class)
      return [new Copy().size(), Copy.step, Copy.name, Reflect.get(Copy, 'extra')]
    }
    assert.deepEqual(await seen(), [1, 1, 'Gauge', undefined])
    Class.step = 2
    assert.deepEqual(await seen(), [2, 2, 'Gauge', undefined])
    Reflect.set(Class, 'extra', 5)
    assert.deepEqual(await seen(), [2, 2, 'Gauge', 5])
    Class.prototype.size = () => 'other'
    Object.defineProperty(Class, 'name', { value: 'Renamed' })
    assert.deepEqual(await seen(), ['other', 2, 'Renamed', 5])
  }
})
