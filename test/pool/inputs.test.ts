import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deadline, eachKind } from '../support/index.ts'
import { all, rejection, sharePool, until, withPool } from './support.ts'

/*
 * Where the items of a map come from: arrays, sets, generators, endless and slow ones, and how far they are read.
 */

const limit = { timeout: 60_000 }
const square = (x: number): number => x * x
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Endless numbers, and a note of how many were taken and whether it was told to stop. */
class Endless implements Iterable<number> {
  taken = 0
  stopped = false;
  *[Symbol.iterator](): Generator<number> {
    try {
      for (;;) yield this.taken++
    } finally {
      this.stopped = true
    }
  }
}

class EndlessAsync implements AsyncIterable<number> {
  taken = 0
  stopped = false
  readonly #ms: number
  constructor(ms: number) {
    this.#ms = ms
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    try {
      for (;;) {
        await pause(this.#ms)
        yield this.taken++
      }
    } finally {
      this.stopped = true
    }
  }
}

eachKind(kind => {
  describe('in one pool', () => {
    const inPool = sharePool(kind)

    test('every kind of iterable is mapped, in every way', limit, () =>
      inPool(async pool => {
        const inputs: (() => Iterable<number> | AsyncIterable<number>)[] = [
          () => range(50),
          () => new Set(range(50)),
          () => range(50).values(),
          () => Float64Array.from(range(50)),
          async function* () {
            for (let i = 0; i < 50; i++) yield i
          },
          async function* () {
            for (let i = 0; i < 50; i++) {
              if (i % 10 === 0) await pause(2)
              yield i
            }
          },
        ]
        const expected = range(50).map(square)
        for (const make of inputs) {
          assert.deepEqual(await pool.map(square, make()), expected)
          assert.deepEqual(await pool.mapAsync(square, make(), { chunksize: 8 }), expected)
          assert.deepEqual(await all(pool.imap(square, make())), expected)
          assert.deepEqual(await all(pool.imap(square, make(), { chunksize: 8 })), expected)
          const some = await all(pool.imapUnordered(square, make()))
          assert.deepEqual(
            some.sort((a, b) => a - b),
            expected,
          )
        }
      }),
    )

    test('an endless input is read only a little ahead of the reader', limit, () =>
      inPool(async pool => {
        for (const options of [{}, { chunksize: 1 }, { chunksize: 5 }]) {
          const input = new Endless()
          const stream = pool.imap(square, input, options)
          for (let i = 0; i < 20; i++) assert.equal((await stream.next()).value, i * i)
          await until(() => pool.stats().running === 0, 'a pause')
          await pause(30)
          assert.ok(input.taken < 20 + 2100, `${input.taken} were read for 20`)
          await stream.return()
          assert.equal(input.stopped, true)
          assert.deepEqual(await stream.next(), { done: true, value: undefined })
        }
        assert.equal(await pool.apply(square, [3]), 9)
      }),
    )

    test('bufferSize bounds how far the input is read', limit, () =>
      inPool(async pool => {
        for (const bufferSize of [1, 2, 5, 50]) {
          for (const chunksize of [undefined, 1, 10]) {
            const input = new Endless()
            const stream = pool.imap(square, input, { bufferSize, chunksize })
            for (let i = 0; i < 10; i++) {
              assert.equal((await stream.next()).value, i * i)
              assert.ok(input.taken <= i + 1 + bufferSize, `${input.taken} at ${i}, buffer ${bufferSize}`)
            }
            await stream.return()
          }
        }
      }),
    )

    test('a slow asynchronous input is worked on as it comes', limit, () =>
      inPool(async pool => {
        await pool.map(square, range(100))
        let release = (): void => {}
        let stopped = false
        async function* input(): AsyncGenerator<number> {
          try {
            for (let i = 0; ; i++) {
              await new Promise<void>(resolve => {
                release = resolve
              })
              yield i
            }
          } finally {
            stopped = true
          }
        }
        const stream = pool.imap(square, input())
        for (let i = 0; i < 10; i++) {
          // The next item is not there yet.
          const result = stream.next()
          release()
          assert.equal((await result).value, i * i)
        }
        release()
        await stream.return()
        await until(() => stopped, 'the end of the input')
      }),
    )

    test('leaving the loop cancels the rest, and the pool goes on', limit, () =>
      inPool(async pool => {
        for (const method of ['imap', 'imapUnordered'] as const) {
          const input = new Endless()
          for await (const _ of pool[method](square, input)) break
          assert.equal(input.stopped, true)
          const slow = new EndlessAsync(2)
          for await (const value of pool[method](square, slow)) if (value > 3) break
          await until(() => slow.stopped, 'the end of the input')
          const endless = (): Promise<never> => new Promise(() => {})
          const stream = pool[method](endless, new Endless())
          const first = stream.next()
          await until(() => pool.stats().running > 0, 'a running task')
          await stream.return()
          assert.equal((await deadline(first, 10_000, 'the reader')).done, true)
          assert.deepEqual(await pool.map(square, [1, 2, 3]), [1, 4, 9])
        }
        await until(() => pool.stats().waiting + pool.stats().running === 0, 'rest')
      }),
    )

    test('an item that fails rejects one next(), and the stream goes on behind it', limit, () =>
      inPool(async pool => {
        const odd = (n: number): number => {
          if (n % 2 === 1) throw new RangeError(`odd ${n}`)
          return n
        }
        for (const chunksize of [undefined, 1, 3]) {
          const stream = pool.imap(odd, range(6), { chunksize })
          for (let i = 0; i < 6; i++) {
            if (i % 2 === 0) assert.equal((await stream.next()).value, i)
            else assert.equal((await rejection(stream.next())).message, `odd ${i}`)
          }
          assert.equal((await stream.next()).done, true)
        }
        assert.equal((await rejection(pool.map(odd, range(10)))).message, 'odd 1')
      }),
    )

    test('a wait that is over before it begins, or in the moment of its result, takes no item', limit, () =>
      inPool(async pool => {
        const stream = pool.imap(square, range(6), { chunksize: 6, bufferSize: 12 })
        const first = await stream.next()
        const signal = AbortSignal.abort()
        assert.equal((await rejection(stream.next({ signal })))['code'], 'WAIT_ABORTED')
        const controller = new AbortController()
        // Both are there already: what is done about the first comes too late for the other.
        const told = stream.next().then(step => {
          controller.abort()
          return step
        })
        const given = await Promise.all([told, stream.next({ signal: controller.signal })])
        const steps = [first, ...given]
        for (let i = steps.length; i < 6; i++) steps.push(await stream.next({ timeout: 10_000 }))
        assert.deepEqual(
          steps.map(step => step.value),
          range(6).map(square),
        )
        assert.equal((await stream.next()).done, true)
      }),
    )

    test('many readers of one stream each get their own items', limit, () =>
      inPool(async pool => {
        const stream = pool.imap(square, range(20))
        const steps = await Promise.all(range(22).map(() => stream.next()))
        assert.deepEqual(
          steps.filter(step => !step.done).map(step => step.value),
          range(20).map(square),
        )
        assert.deepEqual(
          steps.slice(20).map(step => step.done),
          [true, true],
        )
      }),
    )

    test('an aborted map stops reading its input, however slow that is', limit, () =>
      inPool(async pool => {
        const controller = new AbortController()
        const never: AsyncIterable<number> = {
          [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
        }
        const stuck = pool.map(square, never, { signal: controller.signal })
        const endless = new Endless()
        const running = pool.map(square, endless, { signal: controller.signal, chunksize: 10 })
        const stream = pool.imap(square, never, { signal: controller.signal })
        const next = stream.next()
        await until(() => endless.taken > 100, 'some work')
        controller.abort(new Error('enough'))
        for (const work of [stuck, running, next]) {
          const error = await deadline(rejection(work), 10_000, 'the rejection')
          assert.equal(error['code'], 'TASK_CANCELLED')
          assert.match(error.message, /enough/)
        }
        assert.equal(endless.stopped, true)
        assert.equal(
          (await rejection(pool.map(square, [1], { signal: controller.signal })))['code'],
          'TASK_CANCELLED',
        )
        assert.equal(await pool.apply(square, [3]), 9)
      }),
    )

    test('an input that aborts its own map does no harm', limit, () =>
      inPool(async pool => {
        const controller = new AbortController()
        function* input(): Generator<number> {
          yield 1
          yield 2
          controller.abort('by itself')
          yield 3
        }
        const error = await rejection(pool.map(square, input(), { signal: controller.signal }))
        assert.equal(error['code'], 'TASK_CANCELLED')
        assert.equal(await pool.apply(square, [3]), 9)
      }),
    )

    test('progress is told, at the end at the latest', limit, () =>
      inPool(async pool => {
        const told: [number, number | undefined][] = []
        await pool.map(square, range(300), { progress: (done, total) => void told.push([done, total]) })
        assert.deepEqual(told.at(-1), [300, 300])
        const open: [number, number | undefined][] = []
        await pool.map(square, range(30).values(), {
          progress: (done, total) => void open.push([done, total]),
        })
        assert.deepEqual(open.at(-1), [30, undefined])
      }),
    )
  })

  test('200 000 numbers come back right, and the chunks are much fewer', { timeout: 60_000 }, () =>
    withPool(kind, {}, async pool => {
      const items = range(200_000)
      const results = await pool.map(square, items)
      assert.equal(results.length, items.length)
      assert.ok(results.every((value, i) => value === i * i))
      assert.ok(pool.stats().succeeded < 20_000, `${pool.stats().succeeded} chunks`)
    }),
  )

  test('chunks grow though the first items were slow', { timeout: 60_000 }, () =>
    withPool(kind, { processes: 2 }, async pool => {
      const slowAtFirst = (n: number): number => {
        if (n < 4) for (const end = performance.now() + 20; performance.now() < end; );
        return n + 1
      }
      const numbers = Array.from({ length: 50_000 }, (_, n) => n)
      assert.deepEqual(
        await pool.map(slowAtFirst, numbers),
        numbers.map(n => n + 1),
      )
      assert.ok(pool.stats().succeeded < 5000, `${pool.stats().succeeded} tasks`)
    }),
  )

  test('an explicit chunk size is kept to', limit, () =>
    withPool(kind, {}, async pool => {
      await pool.map(square, range(100), { chunksize: 10 })
      assert.equal(pool.stats().succeeded, 10)
      await pool.map(square, range(100), { chunksize: 33 })
      assert.equal(pool.stats().succeeded, 14)
    }),
  )

  test('slow items: no more are read ahead than a few for each worker', limit, () =>
    withPool(kind, {}, async pool => {
      const input = new Endless()
      const slow = async (n: number): Promise<number> => {
        await new Promise(resolve => setTimeout(resolve, 10))
        return n
      }
      const stream = pool.imap(slow, input)
      for (let i = 0; i < 5; i++) assert.equal((await stream.next()).value, i)
      await until(() => pool.stats().running === 0, 'a pause')
      assert.ok(input.taken <= 5 + 2 * 8, `${input.taken} were read for 5`)
      await stream.return()
    }),
  )

  test('what has come from an input that then stalls is worked on', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      let go = (): void => {}
      const stalled = new Promise<void>(resolve => {
        go = resolve
      })
      async function* input(): AsyncGenerator<number> {
        for (let i = 0; i < 6; i++) yield i
        await stalled
        yield 6
      }
      const slow = (n: number): number => {
        const end = performance.now() + 5
        while (performance.now() < end);
        return n
      }
      const stream = pool.imap(slow, input())
      for (let i = 0; i < 6; i++) assert.equal((await deadline(stream.next(), 5000, `item ${i}`)).value, i)
      go()
      assert.deepEqual(await all(stream), [6])
    }),
  )

  test('terminate ends maps over endless inputs, and over those that give nothing', limit, async () => {
    await withPool(kind, {}, async pool => {
      const endless = new Endless()
      const never: AsyncIterable<number> = {
        [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
      }
      const work = [
        pool.map(square, endless),
        pool.map(square, never),
        pool.imap(square, never).next(),
        all(pool.imap(square, new EndlessAsync(1))),
      ].map(promise => rejection(promise))
      await until(() => endless.taken > 100, 'some work')
      await pool.terminate()
      for (const error of await deadline(Promise.all(work), 10_000, 'the rejections'))
        assert.equal(error['code'], 'TASK_CANCELLED')
      assert.equal(endless.stopped, true)
    })
  })

  test('a closed pool finishes the maps it has, also those whose input still comes', limit, () =>
    withPool(kind, {}, async pool => {
      async function* slowly(): AsyncGenerator<number> {
        for (let i = 0; i < 10; i++) {
          await pause(10)
          yield i
        }
      }
      const whole = pool.map(square, slowly())
      const stream = pool.imap(square, slowly())
      pool.close()
      assert.equal(await pool.join(), true)
      assert.deepEqual(await whole, range(10).map(square))
      assert.deepEqual(await all(stream), range(10).map(square))
    }),
  )

  test('join does not wait for the reader of a stream', limit, () =>
    withPool(kind, {}, async pool => {
      const stream = pool.imap(square, range(5000), { chunksize: 1, bufferSize: 2 })
      pool.close()
      assert.equal(await deadline(pool.join(), 10_000, 'join'), true)
      assert.deepEqual(await all(stream), range(5000).map(square))
    }),
  )
})
