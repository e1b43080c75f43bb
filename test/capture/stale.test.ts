import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { capture } from '../../src/capture/index.ts'
import { ThreadSide } from './sides.ts'

/* What a kept capture is asked before it is given again: a change to what hangs on a class, or above it, counts. */

const take = (fn: Function) => capture(fn, 'pool.map', { transfer: true, share: true })

let thread: ThreadSide
before(() => {
  thread = new ThreadSide()
})
after(() => thread.close())

/** The answer there is the one that the function gives here now. */
async function isUpToDate(fn: () => unknown): Promise<void> {
  assert.deepEqual(await thread.call(fn, []), fn())
}

test('another getter or setter, on the prototype or the class', async () => {
  class Gauge {
    level = 0
    get size() {
      return 1
    }
    set size(size: number) {
      this.level = size
    }
    static get unit() {
      return 'm'
    }
  }
  const reads = () => {
    const gauge = new Gauge()
    gauge.size = 4
    return [gauge.size, gauge.level, Gauge.unit]
  }
  await isUpToDate(reads)
  assert.equal(take(reads), take(reads))
  Object.defineProperty(Gauge.prototype, 'size', { get: () => 2, configurable: true })
  Object.defineProperty(Gauge.prototype, 'size', {
    set(this: Gauge, size: number) {
      this.level = -size
    },
    configurable: true,
  })
  await isUpToDate(reads)
  Object.defineProperty(Gauge, 'unit', { get: () => 'ft', configurable: true })
  await isUpToDate(reads)
})

test('another class above', async () => {
  class Old {
    static made() {
      return 'static of old'
    }
    who() {
      return 'old'
    }
  }
  class New {
    static made() {
      return 'static of new'
    }
    who() {
      return 'new'
    }
  }
  class Below extends Old {}
  class Alone {}
  const below = () => [new Below().who(), Below.made()]
  const alone = () => [(new Alone() as Old).who?.(), (Alone as typeof Old).made?.()]
  await isUpToDate(below)
  await isUpToDate(alone)
  for (const one of [Below, Alone]) Object.setPrototypeOf(one.prototype, New.prototype)
  await isUpToDate(below)
  await isUpToDate(alone)
  for (const one of [Below, Alone]) Object.setPrototypeOf(one, New)
  await isUpToDate(below)
  await isUpToDate(alone)
})

test('a recursive function whose variable holds another by now', async () => {
  let count = (n: number): string => (n > 0 ? count(n - 1) : 'first')
  const first = count
  assert.equal(await thread.call(first, [2]), 'first')
  count = () => 'second'
  assert.equal(await thread.call(first, [2]), 'second')
})
