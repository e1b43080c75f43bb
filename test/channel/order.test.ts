import assert from 'node:assert/strict'
import { afterEach, suite, test } from 'node:test'
import fc from 'fast-check'
import { LifoQueue, PriorityQueue } from 'manycore'
import { eachKind, nothingLeft } from '../support/index.ts'
import { code, LIMIT } from '../worker/support.ts'

eachKind(kind => {
  afterEach(() => nothingLeft())

  test('C255 lifo and priority order, also when put and taken elsewhere', LIMIT, async () => {
    const stack = new LifoQueue<number>(4)
    const sorted = new PriorityQueue<number>({ compare: (a, b) => b - a })
    const put = async (): Promise<unknown[]> => {
      for (const value of [3, 1, 2]) {
        await stack.put(value)
        await sorted.put(value)
      }
      return [await stack.get(), await sorted.get()]
    }
    const worker = new kind.Worker({ target: put }).start()
    assert.deepEqual(await worker.result(), [2, 3])
    await worker.join()
    assert.deepEqual([await stack.get(), await stack.get(), stack.empty()], [1, 3, true])
    assert.deepEqual([await sorted.get(), await sorted.get(), sorted.empty()], [2, 1, true])
  })
})

/** What Python's classes would do. */
class Model {
  readonly values: number[] = []
  readonly #pick: (values: readonly number[]) => number

  constructor(pick: (values: readonly number[]) => number) {
    this.#pick = pick
  }

  take(): number | undefined {
    const value = this.values.splice(this.#pick(this.values), 1)[0]
    return value
  }
}

suite('against a model', () => {
  const steps = fc.array(fc.option(fc.integer({ min: -50, max: 50 })), { maxLength: 80 })

  for (const [name, make, pick] of [
    ['LifoQueue', () => new LifoQueue<number>(20), (values: readonly number[]) => values.length - 1],
    [
      'PriorityQueue',
      () => new PriorityQueue<number>(20),
      (values: readonly number[]) => values.indexOf(Math.min(...values)),
    ],
  ] as const) {
    test(name, LIMIT, () => {
      const property = fc.property(steps, list => {
        const [queue, model] = [make(), new Model(pick)]
        for (const value of list) {
          if (value === null) {
            if (model.values.length > 0) assert.equal(queue.getNowait(), model.take())
            else assert.throws(() => queue.getNowait(), code('QUEUE_EMPTY'))
          } else if (model.values.length < 20) {
            queue.putNowait(value)
            model.values.push(value)
          } else assert.throws(() => queue.putNowait(value), code('QUEUE_FULL'))
          assert.deepEqual([queue.qsize(), queue.empty()], [model.values.length, model.values.length === 0])
        }
      })
      fc.assert(property, { numRuns: 200 })
    })
  }

  test('equal ones keep their order; arrays are compared item by item', LIMIT, async () => {
    const queue = new PriorityQueue<[number, string]>()
    for (const item of [
      [2, 'b'],
      [1, 'z'],
      [2, 'a'],
      [1, 'z'],
    ] as [number, string][]) {
      await queue.put(item)
    }
    const got: unknown[] = []
    while (!queue.empty()) got.push(await queue.get())
    assert.deepEqual(got, [
      [1, 'z'],
      [1, 'z'],
      [2, 'a'],
      [2, 'b'],
    ])
  })

  test('what has no place in the order is refused', LIMIT, async () => {
    const queue = new PriorityQueue()
    for (const value of [{}, undefined, Number.NaN, [], [{}]]) {
      await assert.rejects(queue.put(value), code('NOT_COMPARABLE'))
    }
  })
})
