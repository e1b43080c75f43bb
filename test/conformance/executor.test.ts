import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { cpuCount, currentProcess, currentThread } from 'manycore'
import { all, rejection, shareExecutor, until, withExecutor } from '../pool/support.ts'
import { deadline, eachKind, nothingLeft, rounds, runProgram, tempDir } from '../support/index.ts'
import { limit, range, square, whereabouts, withGate } from './executor-support.ts'

/*
 * The lines of the matrix on executors while they work: C173 to C200.
 */

eachKind(kind => {
  describe('in executors that they share', () => {
    const inExecutor = shareExecutor(kind)
    const withOne = shareExecutor(kind, { maxWorkers: 1 })

    test('C173 submit passes arguments of any name; a missing function is refused', limit, () =>
      inExecutor(async executor => {
        assert.equal(await executor.submit(square, 5), 25)
        assert.equal(await executor.submit((a: number, b: number, c: number) => a - b - c, 9, 2, 1), 6)
        const named = { self: 1, fn: 2, args: 3 }
        assert.deepEqual(await executor.submit((options: typeof named) => options, named), named)
        assert.equal(await executor.submitWith({ priority: 1 }, (a: string) => a.length, 'four'), 4)
        for (const wrong of [undefined, null, 3, 'square', {}]) {
          assert.throws(() => executor.submit(wrong as never), { code: 'NOT_A_FUNCTION' })
          assert.throws(() => executor.map(wrong as never, [1]), { code: 'NOT_A_FUNCTION' })
        }
      }),
    )

    test('C174 map over several inputs gives what a loop would, in chunks too', limit, () =>
      inExecutor(async executor => {
        const expected = range(30).map(n => n ** 2)
        const power = (a: number, b: number): number => a ** b
        const twos = Array<number>(30).fill(2)
        for (const options of [
          {},
          { chunksize: 1 },
          { chunksize: 4 },
          { chunksize: 100 },
          { bufferSize: 3 },
        ]) {
          assert.deepEqual(await executor.map(square, range(30), options).toArray(), expected)
          assert.deepEqual(await executor.map(power, range(30), twos, options).toArray(), expected)
          assert.deepEqual(await all(executor.map(power, range(30), twos, options)), expected)
        }
        // Side by side until the shortest ends, from wherever the items come.
        async function* words(): AsyncGenerator<string> {
          yield* ['a', 'b', 'c']
        }
        const join = (n: number, word: string, letter: string): string => `${n}${word}${letter}`
        assert.deepEqual(await executor.map(join, new Set([1, 2]), words(), 'xyz').toArray(), [
          '1ax',
          '2bx'.replace('x', 'y'),
        ])
        assert.deepEqual(
          await executor.map((...row: number[]) => row.length, [1], [2], [3], [4]).toArray(),
          [4],
        )
        assert.deepEqual(await executor.map(power, [1, 2, 3], []).toArray(), [])
        assert.deepEqual(await executor.map(square, [], undefined).toArray(), [])
        for (const wrong of [[3], [], [[1], 3], [{ chunksize: 1 }], [null]])
          assert.throws(() => executor.map(square, ...(wrong as [number[]])), { code: 'NOT_ITERABLE' })
      }),
    )

    test('C175 map gives the results before the failing item, then its error', limit, () =>
      inExecutor(async executor => {
        for (const chunksize of [undefined, 1, 4]) {
          const results = executor.map(
            (n: number) => 12 / (n === 2 ? Number.NaN : n) || raise(n),
            range(6).slice(1),
            {
              chunksize,
            },
          )
          assert.deepEqual(await results.next(), { done: false, value: 12 })
          assert.match((await rejection(results.next())).message, /raise|2/)
          // It is over then.
          assert.deepEqual(await results.next(), { done: true, value: undefined })
          assert.deepEqual(await results.toArray(), [])
        }
        const error = await rejection(
          executor.map((n: number) => (n === 3 ? raise(n) : n), range(9)).toArray(),
        )
        assert.equal(error.message, 'raised 3')
      }),
    )

    test("C176 map's limit counts from the call", limit, () =>
      inExecutor(async executor => {
        // So that the start of workers does not count.
        await Promise.all([0, 0].map(n => executor.submit(square, n)))
        const wait = (ms: number): Promise<number> => new Promise(resolve => setTimeout(resolve, ms, ms))
        const results = executor.map(wait, [0, 0, 20_000], { timeout: 1000, chunksize: 1 })
        const read: number[] = []
        const began = performance.now()
        const error = await rejection(
          (async () => {
            for await (const ms of results) read.push(ms)
          })(),
        )
        assert.deepEqual(read, [0, 0])
        assert.equal(error.name, 'TimeoutError')
        assert.equal(error['code'], 'DEADLINE_PASSED')
        assert.ok(performance.now() - began < 5000)
        // Time that passes before anybody reads counts as well; what is there by then still comes.
        const late = executor.map(wait, [1, 20_000], { timeout: 300, chunksize: 1 })
        await wait(400)
        // What is late by then is stopped, though nobody has asked yet.
        await until(() => executor.stats().running === 0, 'the end of what is late')
        assert.deepEqual(await late.next(), { done: false, value: 1 })
        const asked = performance.now()
        assert.equal((await rejection(late.next()))['code'], 'DEADLINE_PASSED')
        assert.ok(performance.now() - asked < 250, 'no second wait')
      }),
    )

    test('C180 with a buffer size, only that much input is read ahead; endless input works', limit, () =>
      inExecutor(async executor => {
        let taken = 0
        function* endless(): Generator<number> {
          for (;;) yield taken++
        }
        for (const bufferSize of [0, -1, 1.5]) {
          assert.throws(() => executor.map(square, [1], { bufferSize }), { code: 'WRONG_OPTION' })
        }
        const results = executor.map(square, endless(), { bufferSize: 4 })
        for (let read = 0; read < 20; read++) {
          assert.ok(taken <= read + 4, `${taken} taken, ${read} read`)
          assert.deepEqual(await results.next(), { done: false, value: read ** 2 })
        }
        await results.return?.()
        // Without one too, where the length is not known.
        for await (const value of executor.map((a: number, b: number) => a * b, endless(), endless()))
          if (value > 10_000) break
        assert.ok(taken < 20_000)
      }),
    )

    test('C181 map submits before its result is read', limit, () =>
      inExecutor(async executor => {
        const folder = tempDir()
        const leaveFile = async (n: number, path: string): Promise<void> =>
          (await import('node:fs')).writeFileSync(`${path}/${n}`, '')
        executor.map(leaveFile, range(12), Array<string>(12).fill(folder.path))
        await until(() => readdirSync(folder.path).length === 12, 'twelve files')
        folder.remove()
      }),
    )

    test('C190 wrong chunk sizes are refused; odd ones give the right result', limit, () =>
      inExecutor(async executor => {
        for (const chunksize of [-1, 0, 1.5])
          assert.throws(() => executor.map(square, range(3), { chunksize }), { code: 'WRONG_OPTION' })
        for (const chunksize of [6, 40, 50])
          assert.deepEqual(
            await executor.map(square, range(40), { chunksize }).toArray(),
            range(40).map(square),
          )
      }),
    )

    test('C191 the remote stack is part of the error', limit, () =>
      inExecutor(async executor => {
        const deepInside = (): never => {
          throw new RangeError('123')
        }
        const error = await rejection(executor.submit(deepInside))
        assert.match(error.stack ?? '', /RangeError: 123\n +at deepInside/)
        assert.match(error.stack ?? '', /executor\.test\.[jt]s/, 'and goes on where it was submitted')
        assert.match(String(error['remoteStack']), /deepInside/)
      }),
    )

    test('C178 what was submitted is let go of after it ended', limit, () =>
      withOne(async executor => {
        const gc = garbageCollector()
        const held: WeakRef<object>[] = []
        const hold = <T extends object>(value: T): T => {
          held.push(new WeakRef(value))
          return value
        }
        const copy = (value: { list: number[] }): object => ({ ...value })
        const make = (): { list: number[] } => hold({ list: new Array<number>(1000).fill(1) })
        const future = executor.submit(copy, make())
        await future.exception()
        const results = executor.map(copy, [make(), make()])
        const readAll = async (): Promise<void> => {
          for await (const result of results) hold(result)
        }
        await readAll()
        // `future` keeps its own result, and nothing of the call.
        await gone(held, gc)
        assert.equal(future.done(), true)
      }),
    )

    test('C178 what was cancelled in line is let go of, though nothing comes after it', limit, () =>
      withGate(({ pass, open }) =>
        withOne(async executor => {
          const held: WeakRef<object>[] = []
          const cancelled = (): void => {
            const given = { list: new Array<number>(1000).fill(1) }
            const future = executor.submit((value: object) => value, given)
            held.push(new WeakRef(given), new WeakRef(future))
            assert.equal(future.cancel(), true)
          }
          // Behind one that runs, and before that behind one that still waits for its worker.
          const first = executor.submit(pass, 1)
          cancelled()
          await until(() => first.running(), 'the first')
          for (let n = 0; n < 10; n++) cancelled()
          open()
          await first
          await gone(held, garbageCollector())
        }),
      ),
    )

    test('C183 many blocked tasks never make more workers than allowed', limit, () =>
      withGate(({ pass, open }) =>
        inExecutor(async executor => {
          const futures = range(30).map(n => executor.submit(pass, n))
          await until(() => executor.stats().workers.busy === 2, 'two busy workers')
          assert.equal(executor.stats().workers.total, 2)
          open()
          assert.deepEqual(await Promise.all(futures), range(30))
          assert.equal(executor.stats().workers.total, 2)
        }),
      ),
    )

    test(
      'C186 map with a limit of zero on a busy pool gives the error and cancels what had not begun',
      limit,
      () =>
        withGate(({ pass, open }) =>
          withOne(async executor => {
            const folder = tempDir()
            const log = async (name: string, path: string): Promise<string> => {
              ;(await import('node:fs')).writeFileSync(`${path}/${name}`, '')
              return name
            }
            const first = executor.submit(pass, 'first')
            await until(() => first.running(), 'the first')
            const results = executor.map(log, ['second', 'third'], [folder.path, folder.path], { timeout: 0 })
            assert.equal((await rejection(results.next()))['code'], 'DEADLINE_PASSED')
            open()
            assert.equal(await first, 'first')
            await executor.submit(square, 1)
            assert.deepEqual(readdirSync(folder.path), [])
            assert.equal(executor.stats().deaths, 0)
            folder.remove()
          }),
        ),
    )

    test('C188 a worker that dies fails what it was running, and nothing else', limit, () =>
      withOne(async executor => {
        const dies = kind.pick(
          () => process.exit(7),
          () => process.kill(process.pid, 'SIGKILL'),
        ) as () => void
        const lost = executor.submit(dies)
        const pending = range(5).map(n => executor.submit(square, n))
        const error = await lost.exception()
        assert.equal((error as Error).name, 'WorkerDiedError')
        assert.deepEqual(await Promise.all(pending), range(5).map(square))
        assert.equal(await executor.submit(square, 9), 81, 'and takes more work')
      }),
    )

    test('C189 each failed future has an error of its own, with the exit code', limit, () =>
      inExecutor(async executor => {
        const exits = (code: number): never => process.exit(code)
        const errors = await Promise.all([3, 4].map(code => executor.submit(exits, code).exception()))
        assert.deepEqual(
          errors.map(error => [(error as { code: string }).code, (error as { exitCode: number }).exitCode]),
          [
            ['WORKER_DIED', 3],
            ['WORKER_DIED', 4],
          ],
        )
        assert.match((errors[0] as Error).message, /exit code 3/)
        const broken = new kind.Executor({ maxWorkers: 1, initializer: () => raise(1) })
        const [one, two] = await Promise.all([1, 2].map(n => broken.submit(square, n).exception()))
        assert.notEqual(one, two)
        assert.equal((one as Error).message, (two as Error).message)
        assert.deepEqual({ ...(one as object) }, { ...(two as object) })
        assert.ok((one as Error).stack?.includes('INITIALIZER_FAILED') || (one as Error).stack)
        await broken.shutdown()
      }),
    )

    test('C192 arguments are let go of in the worker after the task', limit, () =>
      withOne(async executor => {
        const keep = (big: number[]): number => {
          ;(globalThis as { kept?: WeakRef<object> }).kept = new WeakRef(big)
          return big.length
        }
        const look = async (): Promise<boolean> => {
          const { runInNewContext: run } = await import('node:vm')
          const { setFlagsFromString: set } = await import('node:v8')
          set('--expose-gc')
          for (let round = 0; round < 50; round++) {
            ;(run('gc') as () => void)()
            if (!(globalThis as { kept?: WeakRef<object> }).kept?.deref()) return true
            await new Promise(resolve => setTimeout(resolve, 5))
          }
          return false
        }
        assert.equal(await executor.submit(keep, new Array<number>(100_000).fill(1)), 100_000)
        assert.equal(await executor.submit(look), true)
      }),
    )
  })

  test('C177 shutdown right after a map with more tasks than workers does not block', limit, () =>
    withExecutor(kind, {}, async executor => {
      const results = executor.map(square, range(20), { chunksize: 1 })
      const bounded = executor.map(square, range(20), { chunksize: 1, bufferSize: 2 })
      await deadline(executor.shutdown(), 10_000, 'shutdown')
      assert.deepEqual(await results.toArray(), range(20).map(square))
      assert.deepEqual(await bounded.toArray(), range(20).map(square))
    }),
  )

  test('C179 a number of workers of zero or less is refused', limit, () => {
    for (const maxWorkers of [0, -1, 1.5, Number.NaN, '2', null])
      assert.throws(() => new kind.Executor({ maxWorkers: maxWorkers as number }), { code: 'WRONG_OPTION' })
    assert.throws(() => new kind.Executor({ maxworkers: 2 } as object), { code: 'UNKNOWN_OPTION' })
    assert.throws(() => new kind.Executor(3 as never), { code: 'WRONG_OPTION' })
  })

  test('C180 an executor that is dropped in the middle of a map still gives its results', limit, async () => {
    const { code, stdout, stderr } = await runProgram(
      `import { createExecutor } from 'manycore'
       let executor = createExecutor('${kind.name}', { maxWorkers: 1, name: 'dropped' })
       const results = executor.map(n => n * n, [0, 1, 2, 3], { bufferSize: 1 })
       const first = await results.next()
       executor = undefined
       for (let i = 0; i < 10; i++) { gc(); await new Promise(r => setTimeout(r, 2)) }
       console.log(first.value, (await results.toArray()).join())`,
      { execArgv: ['--expose-gc'] },
    )
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '0 1,4,9\n')
  })

  test('C182 the default number of workers is documented', limit, () =>
    withGate(({ pass, open }) =>
      withExecutor(kind, { maxWorkers: undefined }, async executor => {
        const futures = range(cpuCount() * 2).map(n => executor.submit(pass, n))
        assert.equal(executor.stats().waiting, futures.length)
        await until(() => executor.stats().workers.total > 0, 'a worker')
        assert.equal(executor.stats().workers.total, cpuCount())
        open()
        await Promise.all(futures)
      }),
    ),
  )

  test('C184 tasks one after the other use one worker', limit, () =>
    withExecutor(kind, { maxWorkers: 4 }, async executor => {
      assert.equal(executor.stats().workers.total, 0, 'none before it is needed')
      const places = new Set<number>()
      for (let n = 0; n < 3; n++) places.add(await executor.submit(whereabouts(kind)))
      assert.equal(places.size, 1)
      assert.equal(executor.stats().workers.total, 1)
    }),
  )

  test('C187 no number of workers is too many to ask for', limit, () =>
    withExecutor(kind, { maxWorkers: 1000 }, async executor => {
      assert.deepEqual(await executor.map(square, [1, 2]).toArray(), [1, 4])
      assert.ok(executor.stats().workers.total <= 2)
    }),
  )

  test('C191 it is printed when nobody catches it', limit, async () => {
    const { code, stderr } = await runProgram(
      `import { createExecutor } from 'manycore'
       const executor = createExecutor('${kind.name}', { maxWorkers: 1 })
       await executor.submit(function inTheWorker() { throw new RangeError('123') })`,
    )
    assert.equal(code, 1)
    assert.match(stderr, /RangeError: 123\n +at inTheWorker/)
  })

  test('C193 workers are made on demand, used again when idle, never above the limit', limit, () =>
    withGate(({ pass, open }) =>
      withExecutor(kind, { maxWorkers: 3 }, async executor => {
        await executor.submit(square, 1)
        await executor.submit(square, 1)
        assert.equal(executor.stats().workers.total, 1)
        const futures = range(2).map(n => executor.submit(pass, n))
        await until(() => futures.every(future => future.running()), 'two at once')
        assert.equal(executor.stats().workers.total, 2)
        futures.push(...range(5).map(n => executor.submit(pass, n)))
        await until(() => executor.stats().workers.busy === 3, 'three at once')
        assert.equal(executor.stats().workers.total, 3)
        open()
        await Promise.all(futures)
      }),
    ),
  )

  test('C193 idle workers are let go of, and come back for work', limit, () =>
    withExecutor(kind, { maxWorkers: 2, idleTimeout: 30 }, async executor => {
      await executor.map(square, range(4), { chunksize: 1 }).toArray()
      await until(() => executor.stats().workers.total === 0, 'an empty crew')
      assert.equal(await executor.submit(square, 3), 9)
    }),
  )

  test('C194 with tasks per child limited, a worker serves that many and then another comes', limit, () =>
    withExecutor(kind, { maxWorkers: 1, maxTasksPerChild: 3 }, async executor => {
      const places: number[] = []
      for (let n = 0; n < 7; n++) places.push(await executor.submit(whereabouts(kind)))
      const [a, b, c] = [places[0], places[3], places[6]]
      assert.deepEqual(places, [a, a, a, b, b, b, c])
      assert.equal(new Set([a, b, c]).size, 3)
      for (const maxTasksPerChild of [0, -1, 2.5, '1'])
        assert.throws(() => new kind.Executor({ maxTasksPerChild: maxTasksPerChild as number }), {
          code: 'WRONG_OPTION',
        })
      const early = range(4).map(n => executor.submit(square, n))
      await deadline(executor.shutdown(), 10_000, 'shutdown')
      assert.deepEqual(await Promise.all(early), range(4).map(square))
    }),
  )

  test('C195 tasks per child with a backlog never deadlocks', limit, () =>
    withExecutor(kind, { maxWorkers: 2, maxTasksPerChild: 1 }, async executor => {
      const count = rounds(4, 30)
      const futures = range(count).map(n => executor.submit(square, n))
      assert.deepEqual(await deadline(Promise.all(futures), 20_000, 'the backlog'), range(count).map(square))
    }),
  )

  test('C196 shutdown without waiting while workers are at their limit: the work runs', limit, () =>
    withExecutor(kind, { maxWorkers: 1, maxTasksPerChild: 1 }, async executor => {
      const futures = range(3).map(n => executor.submit(square, n))
      await executor.shutdown({ wait: false })
      assert.deepEqual(await deadline(Promise.all(futures), 20_000, 'the rest'), range(3).map(square))
      await executor.shutdown()
    }),
  )

  test("C197 a replacement that can't start fails the futures and says so", limit, async () => {
    const folder = tempDir()
    const file = folder.write('lock', '')
    const onceOnly = async (path: string): Promise<void> => (await import('node:fs')).unlinkSync(path)
    const executor = new kind.Executor({
      maxWorkers: 1,
      maxTasksPerChild: 1,
      initializer: onceOnly,
      initargs: [file],
    })
    const futures = range(3).map(n => executor.submit(square, n))
    // (The first one's worker is there; the next may fail so soon that the first one is caught up in it.)
    const outcomes = await deadline(Promise.allSettled(futures), 15_000, 'the futures')
    for (const outcome of outcomes.slice(1)) {
      assert.equal((outcome as PromiseRejectedResult).reason.code, 'INITIALIZER_FAILED')
      assert.match((outcome as PromiseRejectedResult).reason.message, /ENOENT/)
    }
    await executor.shutdown()
    await nothingLeft()
    folder.remove()
  })

  test("C198 a worker that can't be made breaks the executor cleanly", limit, async () => {
    const executor = new kind.Executor({ maxWorkers: 2, execArgv: ['--no-such-option-of-node'] })
    const futures = range(4).map(n => executor.submit(square, n))
    for (const outcome of await deadline(Promise.allSettled(futures), 20_000, 'the futures')) {
      const { code } = (outcome as PromiseRejectedResult).reason
      assert.ok(['WORKER_START_FAILED', 'WORKERS_KEEP_DYING'].includes(code), code)
    }
    assert.throws(() => executor.submit(square, 1), /./)
    await deadline(executor.shutdown(), 10_000, 'shutdown')
    await nothingLeft()
  })

  test(
    'C199 workers can be terminated or killed: the running task never ends well, new work is refused',
    limit,
    () =>
      withGate(async ({ pass }) => {
        for (const end of ['terminateWorkers', 'killWorkers'] as const) {
          const executor = new kind.Executor({ maxWorkers: 1 })
          const [running, waiting] = [executor.submit(pass, 1), executor.submit(pass, 2)]
          await until(() => running.running(), 'the task')
          await deadline(executor[end](), 5000, end)
          assert.deepEqual([running.cancelled(), waiting.cancelled()], [true, true])
          assert.equal((await rejection(running))['code'], 'TASK_CANCELLED')
          assert.throws(() => executor.submit(square, 1), { code: 'POOL_CLOSED' })
          await executor[end]()
          const unused = new kind.Executor()
          await deadline(unused[end](), 5000, `${end} before any worker was there`)
          const broken = new kind.Executor({ maxWorkers: 1, initializer: () => raise(1) })
          await broken.submit(square, 1).exception()
          await deadline(broken[end](), 5000, `${end} of a broken one`)
          await nothingLeft()
        }
      }),
  )

  test('C220 workers are named by prefix and number', limit, () =>
    withExecutor(kind, { threadNamePrefix: 'kitchen' }, async executor => {
      const name = kind.pick(
        () => currentThread().name,
        () => currentProcess().name,
      )
      assert.equal(await executor.submit(name), 'kitchen_0')
      const [one, two] = [new kind.Executor({ maxWorkers: 1 }), new kind.Executor({ maxWorkers: 1 })]
      const names = await Promise.all([one, two].map(each => each.submit(name)))
      for (const found of names) assert.match(found, /^(Thread|Process)PoolExecutor-\d+_0$/)
      assert.notEqual(names[0], names[1])
      await Promise.all([one, two].map(each => each.shutdown()))
    }),
  )
})

function raise(what: unknown): never {
  throw new Error(`raised ${String(what)}`)
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

async function gone(held: readonly WeakRef<object>[], gc: () => void): Promise<void> {
  for (let round = 0; round < 50 && held.some(ref => ref.deref()); round++) {
    await new Promise(resolve => setTimeout(resolve, 5))
    gc()
  }
  assert.deepEqual(
    held.map(ref => ref.deref()),
    held.map(() => undefined),
  )
}
