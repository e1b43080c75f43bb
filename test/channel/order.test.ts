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
    for (const value of [{}, undefined, Number.NaN, [], [{}], [Number.NaN], new Date(Number.NaN), true]) {
      await assert.rejects(queue.put(value), code('NOT_COMPARABLE'))
    }
  })

  test('numbers, texts and arrays do not mix', LIMIT, async () => {
    const kinds = [
      [[2, 1n, new Date(0), 1.5], 'numbers'],
      [['b', ''], 'texts'],
      [[[2, 'b'], [1n]], 'arrays that begin with numbers'],
      [[['b', 2], ['a']], 'arrays that begin with texts'],
      [[[[1]], [['a']]], 'arrays that begin with arrays'],
    ] as const
    for (const [values, name] of kinds) {
      const queue = new PriorityQueue()
      for (const value of values) queue.putNowait(value)
      for (const other of kinds.filter(kind => kind[1] !== name).map(kind => kind[0][0])) {
        const message = new RegExp(`belongs among ${name}\\n`)
        assert.throws(() => queue.putNowait(other), { code: 'NOT_COMPARABLE', message })
      }
      assert.equal(queue.qsize(), values.length)
    }
    const queue = new PriorityQueue()
    queue.putNowait(10)
    assert.throws(() => queue.putNowait('9'), {
      message: /^the PriorityQueue can't tell where the string '9' belongs among numbers/,
    })
    assert.throws(() => queue.putNowait(['9', 'x']), { message: /an array that begins with the string '9'/ })
    assert.equal(queue.getNowait(), 10)
    // Nothing is there to compare it with, as in Python.
    queue.putNowait('9')
    assert.throws(() => queue.putNowait(10), { message: /belongs among texts/ })
  })

  test('what has no order behind the first item keeps that of its coming, at the end', LIMIT, () => {
    const queue = new PriorityQueue()
    for (const item of [
      [1, Number.NaN],
      [1, { b: 1 }],
      [1, 'x'],
      [1, 2],
      [1, { a: 1 }],
    ])
      queue.putNowait(item)
    const got: unknown[] = []
    while (!queue.empty()) got.push((queue.getNowait() as unknown[])[1])
    assert.deepEqual(got, [2, 'x', Number.NaN, { b: 1 }, { a: 1 }])
  })

  test('a compare that says yes or no is refused by put()', LIMIT, async () => {
    for (const compare of [(a: number, b: number) => a > b, () => {}, async () => 1]) {
      const queue = new PriorityQueue<number>({ compare: compare as never })
      await assert.rejects(queue.put(1), { code: 'WRONG_OPTION', option: 'compare' })
      assert.ok(queue.empty())
    }
    // Infinity less Infinity is not a number: the same place.
    const queue = new PriorityQueue<number>({ compare: (a, b) => a - b })
    for (const value of [Infinity, 1, Infinity]) queue.putNowait(value)
    assert.deepEqual([queue.getNowait(), queue.getNowait()], [1, Infinity])
    const bigs = new PriorityQueue<bigint>({ compare: ((a: bigint, b: bigint) => a - b) as never })
    for (const value of [2n, 1n]) bigs.putNowait(value)
    assert.equal(bigs.getNowait(), 1n)
  })
})
