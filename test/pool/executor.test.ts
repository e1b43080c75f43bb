import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createExecutor, currentTask, type Future, ProcessPoolExecutor, ThreadPoolExecutor } from 'manycore'
import { deadline, eachKind, nothingLeft, rounds } from '../support/index.ts'
import { all, rejection, shareExecutor, until, withExecutor, withPool } from './support.ts'

/* What executors do beyond Python: options of one call, progress, streams; and what they refuse. */

const limit = { timeout: 60_000 }
const square = (n: number): number => n * n
const code = (error: unknown): unknown => (error as { code?: unknown }).code

eachKind(kind => {
  describe('in one executor', () => {
    const withOne = shareExecutor(kind, { maxWorkers: 1 })
    const withTwo = shareExecutor(kind)

    test('submitWith: a limit of time, a signal, second tries, priority', limit, () =>
      withOne(async executor => {
        const endless = (): never => {
          for (;;);
        }
        assert.equal(code(await executor.submitWith({ timeout: 60 }, endless).exception()), 'TASK_TIMEOUT')
        const stop = new AbortController()
        const aborted = executor.submitWith({ signal: stop.signal }, endless)
        await until(() => aborted.running(), 'the task')
        stop.abort('enough')
        assert.deepEqual([aborted.cancelled(), aborted.done()], [true, true])
        assert.equal((await rejection(aborted))['reason'], 'enough')
        const before = executor.submitWith({ signal: AbortSignal.abort('early') }, square, 1)
        assert.equal(before.state, 'cancelledAndNotified')
        const shaky = (): string => {
          const seen = globalThis as { tried?: boolean }
          if (seen.tried) return 'second time lucky'
          seen.tried = true
          throw new Error('first time')
        }
        assert.equal(await executor.submitWith({ retries: 1 }, shaky), 'second time lucky')
        const order: number[] = []
        const futures = [0, 5, 1].map(priority => {
          const future = executor.submitWith({ priority }, square, priority)
          future.addDoneCallback(() => order.push(priority))
          return future
        })
        await Promise.all(futures)
        assert.deepEqual(order, [5, 1, 0])
      }),
    )

    test('submitWith: buffers are handed over between threads', limit, () =>
      withOne(async executor => {
        const bytes = new Uint8Array(100)
        const length = (given: Uint8Array): number => given.length
        assert.equal(await executor.submitWith({ transfer: [bytes.buffer] }, length, bytes), 100)
        assert.equal(bytes.length, kind.pick(0, 100))
      }),
    )

    test('progress comes as it is reported, all of it before the result', limit, () =>
      withOne(async executor => {
        const work = async (steps: number): Promise<string> => {
          const task = currentTask()
          for (let step = 1; step <= steps; step++) {
            task?.progress({ step, of: steps, word: () => 'done' })
            if (step % 2) await new Promise(resolve => setImmediate(resolve))
          }
          return 'the end'
        }
        const future = executor.submit(work, 5)
        const [seen, again]: unknown[][] = [[], []]
        future.onProgress(value => {
          seen?.push((value as { step: number }).step)
          assert.equal((value as { word(): string }).word(), 'done')
          assert.equal(future.done(), false)
        })
        future.onProgress(() => again?.push(1))
        assert.equal(await future, 'the end')
        assert.deepEqual(seen, [1, 2, 3, 4, 5])
        assert.equal(again?.length, 5)
        future.onProgress(() => again?.push(2))
        assert.equal(again?.length, 5, 'nothing comes any more')
      }),
    )

    test('progress of a busy loop comes while it runs', limit, () =>
      withOne(async executor => {
        const busy = (): void => {
          currentTask()?.progress('in the loop')
          for (;;);
        }
        const future = executor.submit(busy)
        const heard = new Promise(resolve => future.onProgress(resolve))
        assert.equal(await deadline(heard, 10_000, 'progress'), 'in the loop')
        future.cancel()
      }),
    )

    test(
      "progress that can't travel is refused in the task; a listener that throws stops nobody",
      limit,
      () =>
        withOne(async executor => {
          const bad = (): string => {
            try {
              currentTask()?.progress(new WeakRef({}))
              return 'sent'
            } catch (error) {
              return (error as { code: string }).code
            }
          }
          assert.equal(await executor.submit(bad), 'CANNOT_CLONE')
          const future = executor.submit(() => currentTask()?.progress(1))
          const warned = new Promise<Error>(resolve => process.once('warning', resolve))
          future.onProgress(() => {
            throw new Error('from a listener')
          })
          assert.equal(await future, undefined)
          assert.match((await warned).message, /a progress listener of .* threw: Error: from a listener/)
        }),
    )

    test('map takes iterables of every kind and leaves them closed', limit, () =>
      withTwo(async executor => {
        let closed = 0
        function* counted(): Generator<number> {
          try {
            for (let n = 0; ; n++) yield n
          } finally {
            closed++
          }
        }
        async function* slowly(): AsyncGenerator<number> {
          try {
            for (let n = 0; ; n++) {
              await new Promise(resolve => setImmediate(resolve))
              yield n
            }
          } finally {
            closed++
          }
        }
        const add = (a: number, b: number): number => a + b
        assert.deepEqual(await executor.map(add, counted(), [10, 20]).toArray(), [10, 21])
        assert.deepEqual(await executor.map(add, slowly(), new Map([[1, 2]]).keys()).toArray(), [1])
        assert.deepEqual(await executor.map(add, [10, 20], slowly()).toArray(), [10, 21])
        for await (const value of executor.map(square, slowly())) if (value >= 16) break
        await until(() => closed === 4, 'four inputs closed')
      }),
    )

    test('an error of the input comes behind the results before it', limit, () =>
      withTwo(async executor => {
        function* breaks(): Generator<number> {
          yield 1
          yield 2
          throw new RangeError('no more')
        }
        const read: number[] = []
        const reading = async (): Promise<void> => {
          for await (const value of executor.map(square, breaks())) read.push(value)
        }
        assert.equal((await rejection(reading())).message, 'no more')
        assert.deepEqual(read, [1, 4])
      }),
    )

    test('what is left of a map is cancelled when its loop is left', limit, () =>
      withOne(async executor => {
        const hang = (n: number): number | Promise<never> => (n === 0 ? n : new Promise(() => {}))
        for await (const value of executor.map(hang, [0, 1, 2, 3], { chunksize: 1 })) {
          assert.equal(value, 0)
          break
        }
        assert.equal(await deadline(executor.submit(square, 5), 10_000, 'the next task'), 25)
      }),
    )

    test('very many results by toArray', { timeout: 60_000 }, () =>
      withTwo(async executor => {
        const items = Array.from({ length: rounds(200_000, 1_000_000) }, (_, n) => n)
        const results = await executor.map((n: number) => n + 1, items).toArray()
        assert.equal(results.length, items.length)
        assert.ok(results.every((value, place) => value === place + 1))
      }),
    )

    test('a wait for a result does not end it', limit, () =>
      withOne(async executor => {
        const slow = executor.submit(() => new Promise<string>(resolve => setTimeout(resolve, 200, 'there')))
        const late = await rejection(slow.result({ timeout: 10 }))
        assert.equal(late['code'], 'WAIT_TIMEOUT')
        assert.equal(
          (await rejection(slow.exception({ signal: AbortSignal.timeout(10) })))['code'],
          'WAIT_ABORTED',
        )
        assert.equal(await slow.result(), 'there')
      }),
    )

    test('who settles a future of an executor by hand has the last word', limit, () =>
      withOne(async executor => {
        const future = executor.submit(square, 3)
        future.setResult(10)
        assert.equal(await executor.submit(square, 2), 4)
        assert.equal(await future, 10)
      }),
    )

    test(
      'executors inside tasks: one of their own works, the one that runs them does not travel',
      limit,
      () =>
        withOne(async executor => {
          const nested = async (n: number): Promise<number[]> => {
            const inner = new ThreadPoolExecutor({ maxWorkers: 2 })
            try {
              return await inner.map((m: number) => m * n, [1, 2, 3]).toArray()
            } finally {
              await inner.shutdown()
            }
          }
          assert.deepEqual(await executor.map(nested, [1, 2]).toArray(), [
            [1, 2, 3],
            [2, 4, 6],
          ])
          const waitsForItsOwn = executor.submit(async () => executor.submit(square, 1))
          assert.equal(
            code(await deadline(waitsForItsOwn.exception(), 10_000, 'the refusal')),
            'CANNOT_CAPTURE',
          )
        }),
    )

    test(
      'errors show the line that submitted them, also where two lines submit the same function',
      limit,
      () =>
        withTwo(async executor => {
          const fails = (): never => {
            throw new Error('no')
          }
          function here(): Future<never> {
            return executor.submit(fails)
          }
          function there(): Future<never> {
            return executor.submit(fails)
          }
          const [first, second] = [here(), there()]
          assert.match((await rejection(first)).stack ?? '', /at here /)
          assert.match((await rejection(second)).stack ?? '', /at there /)
          const many = Array.from({ length: 100 }, here)
          assert.match((await rejection(many.at(-1) as Future<never>)).stack ?? '', /at here /)
          const later = there()
          assert.match((await rejection(later)).stack ?? '', /at there /)
        }),
    )

    test('all that a stream has is there for who reads it', limit, () =>
      withTwo(async executor => {
        const results = executor.map(square, [1, 2, 3, 4, 5])
        assert.deepEqual(await results.next(), { done: false, value: 1 })
        assert.deepEqual(await results.toArray(), [4, 9, 16, 25])
        assert.deepEqual(await all(results), [])
      }),
    )
  })

  test('progress of tasks that share a worker goes to each its own', limit, () =>
    withExecutor(kind, { maxWorkers: 1, concurrency: 3 }, async executor => {
      const work = async (name: string): Promise<void> => {
        for (let step = 0; step < 3; step++) {
          currentTask()?.progress(name + step)
          await new Promise(resolve => setImmediate(resolve))
        }
      }
      const seen: Record<string, unknown[]> = { a: [], b: [], c: [] }
      await Promise.all(
        Object.keys(seen).map(name => {
          const future = executor.submit(work, name)
          future.onProgress(value => seen[name]?.push(value))
          return future
        }),
      )
      assert.deepEqual(seen, { a: ['a0', 'a1', 'a2'], b: ['b0', 'b1', 'b2'], c: ['c0', 'c1', 'c2'] })
    }),
  )

  test('results of pools are futures: progress, callbacks, cancelled, running', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      const report = (n: number): number => {
        currentTask()?.progress(n)
        return n
      }
      const seen: unknown[] = []
      const mapped = pool.mapAsync(report, [1, 2, 3])
      mapped.onProgress(value => seen.push(value))
      assert.deepEqual(await mapped.get(), [1, 2, 3])
      assert.deepEqual(seen, [1, 2, 3])
      const slow = pool.mapAsync(() => new Promise(() => {}), [1, 2, 3])
      await until(() => slow.running(), 'the first item')
      assert.equal(slow.cancel('enough'), true)
      assert.deepEqual([slow.cancelled(), slow.successful(), slow.ready()], [true, false, true])
      assert.match(String(slow), /^<AsyncResult cancelled/)
      await until(() => slow.state === 'cancelledAndNotified', 'its worker to let go')
      assert.equal(pool.stats().workers.busy, 0)
      const single = pool.applyAsync(square, [3])
      let called: Future<number> | undefined
      single.addDoneCallback(future => {
        called = future
      })
      await single
      assert.equal(called, single)
    }),
  )

  test('wrong options are refused where they are given', limit, () =>
    withExecutor(kind, {}, async executor => {
      assert.throws(() => executor.submitWith({ timeOut: 1 } as object, square, 1), {
        code: 'UNKNOWN_OPTION',
      })
      assert.throws(() => executor.submitWith(3 as never, square, 1), { code: 'WRONG_OPTION' })
      assert.throws(() => executor.map(square, [1], { chunkSize: 1 } as never), { code: 'UNKNOWN_OPTION' })
      assert.throws(() => executor.map(square, [1], { timeout: 'soon' as never }), { code: 'WRONG_OPTION' })
      await assert.rejects(executor.shutdown({ wait: 1 as never }), { code: 'WRONG_OPTION' })
      await assert.rejects(executor.shutdown({ cancel: true } as never), { code: 'UNKNOWN_OPTION' })
      await assert.rejects(executor.shutdown(null as never), { code: 'WRONG_OPTION' })
      assert.equal(await executor.submit(square, 2), 4, 'it is still open')
      const bounded = new kind.Executor({ maxWorkers: 1, maxPending: 1 })
      const futures = [bounded.submit(square, 1)]
      assert.throws(() => bounded.submit(square, 2), { code: 'TOO_MANY_PENDING' })
      await Promise.all(futures)
      await bounded.shutdown()
    }),
  )

  test("workers and their tasks at once may be 'auto'", limit, () =>
    withExecutor(kind, { maxWorkers: 'auto', concurrency: 'auto' }, async executor => {
      assert.equal(executor.stats().workers.total, 0)
      const items = Array.from({ length: 500 }, (_, n) => n)
      assert.deepEqual(await executor.map(square, items).toArray(), items.map(square))
    }),
  )

  test('the two words of createExecutor, and their options', limit, async () => {
    const made = createExecutor(kind.name, { maxWorkers: 1, name: 'mine' })
    assert.ok(made instanceof kind.pick(ThreadPoolExecutor, ProcessPoolExecutor))
    assert.equal(await made.submit(square, 3), 9)
    await made.shutdown()
    for (const wrong of ['fibres', undefined, 'Threads'])
      assert.throws(() => createExecutor(wrong as never), { code: 'WRONG_OPTION' })
    await nothingLeft()
  })
})
