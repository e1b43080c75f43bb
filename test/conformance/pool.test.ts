import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ThreadPool } from 'manycore'
import { all, makePool, rejection, sharePool, until, withPool } from '../pool/support.ts'
import { deadline, eachKind, nothingLeft, rounds, runProgram, tempDir } from '../support/index.ts'

/*
 * The lines of the matrix on pools: C76 to C100, on threads and on processes.
 */

const square = (x: number): number => x * x
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const limit = { timeout: 60_000 }

class Odd extends Error {
  readonly number: number
  constructor(number: number) {
    super(`odd: ${number}`)
    this.name = 'Odd'
    this.number = number
  }
}

eachKind(kind => {
  describe('in one pool', () => {
    const inPool = sharePool(kind)

    test('C76 apply passes arguments, named ones in an object', limit, () =>
      inPool(async pool => {
        assert.equal(await pool.apply(square, [5]), 25)
        assert.equal(await pool.apply(() => 7), 7)
        assert.deepEqual(
          await pool.apply(
            (a: number, { b = 2, c = 3 }: { b?: number; c?: number }) => [a, b, c],
            [1, { c: 9 }],
          ),
          [1, 2, 9],
        )
        assert.equal(await pool.applyAsync(square, [6]).get(), 36)
        assert.equal(await pool.apply((...rest: number[]) => rest.length, [1, 2, 3]), 3)
      }),
    )

    test('C77 map and starmap equal the loop, with and without chunks, async forms too', limit, () =>
      inPool(async pool => {
        const items = range(100)
        const expected = items.map(square)
        const pairs = items.map(n => [n, n + 1] as const)
        const sums = pairs.map(([a, b]) => a * 1000 + b)
        const combine = (a: number, b: number): number => a * 1000 + b
        for (const options of [
          {},
          { chunksize: 1 },
          { chunksize: 7 },
          { chunksize: 20 },
          { chunksize: 1000 },
        ]) {
          assert.deepEqual(await pool.map(square, items, options), expected)
          assert.deepEqual(await pool.mapAsync(square, items, options).get(), expected)
          assert.deepEqual(await pool.starmap(combine, pairs, options), sums)
          assert.deepEqual(await pool.starmapAsync(combine, pairs, options), sums)
        }
      }),
    )

    test('C78 mapAsync calls exactly one of its two callbacks, once, with the list or the error', limit, () =>
      inPool(async pool => {
        const calls: unknown[] = []
        const good = pool.mapAsync(square, [1, 2, 3], { chunksize: 1 })
        await good.then(
          list => calls.push(list),
          error => calls.push(error),
        )
        assert.deepEqual([...calls], [[1, 4, 9]])
        assert.equal(good.successful(), true)
        const failing = (n: number): number => {
          if (n === 2) throw new RangeError('two')
          return n
        }
        const bad = pool.mapAsync(failing, [1, 2, 3], { chunksize: 1 })
        await bad.then(
          list => calls.push(list),
          error => calls.push(error),
        )
        assert.equal(calls.length, 2)
        assert.ok(calls[1] instanceof RangeError)
        assert.equal(bad.ready(), true)
        assert.equal(bad.successful(), false)
      }),
    )

    test('C79 arguments that can not be sent are refused, without a hang', limit, () =>
      inPool(async pool => {
        const bad = { name: 'a', when: new Promise(() => {}) }
        const single = await rejection(pool.apply(x => x, [bad]))
        assert.equal(single['code'], 'CANNOT_CLONE')
        assert.match(single.message, /args\[0\]\.when/)
        for (const chunksize of [undefined, 1, 3]) {
          const error = await rejection(pool.map(x => typeof x, [1, 2, bad, 4], { chunksize }))
          assert.equal(error['code'], 'CANNOT_CLONE')
          assert.match(error.message, /\.when/)
        }
        assert.equal(await pool.apply(square, [3]), 9)
      }),
    )

    test('C80 an empty input returns at once, in every form and with any chunk size', limit, () =>
      inPool(async pool => {
        async function* nothing(): AsyncGenerator<number> {}
        for (const chunksize of [undefined, 1, 100]) {
          const inputs: (() => Iterable<number> | AsyncIterable<number>)[] = [
            () => [],
            () => new Set<number>(),
            () => new Map<number, number>().keys(),
            nothing,
          ]
          for (const make of inputs) {
            assert.deepEqual(await pool.map(square, make(), { chunksize }), [])
            assert.deepEqual(await pool.mapAsync(square, make(), { chunksize }).get(), [])
            assert.deepEqual(await all(pool.imap(square, make(), { chunksize })), [])
            assert.deepEqual(await all(pool.imapUnordered(square, make(), { chunksize })), [])
          }
          assert.deepEqual(await pool.starmap(square, [], { chunksize }), [])
        }
      }),
    )

    test(
      'C81 an input that throws at its first item or later gives that error; the pool goes on',
      limit,
      () =>
        inPool(async pool => {
          class InputBroke extends Error {}
          function* breaksAt(n: number): Generator<number> {
            for (let i = 0; ; i++) {
              if (i === n) throw new InputBroke(`at ${n}`)
              yield i
            }
          }
          const withLength = { length: 10, [Symbol.iterator]: () => breaksAt(3) }
          const fromTheStart = {
            [Symbol.iterator](): Iterator<number> {
              throw new InputBroke('no iterator')
            },
          }
          for (const chunksize of [undefined, 1, 2]) {
            for (const items of [breaksAt(0), breaksAt(1), breaksAt(5), withLength, fromTheStart]) {
              const error = await rejection(pool.map(square, items, { chunksize }))
              assert.ok(error instanceof InputBroke)
            }
            assert.ok(
              (await rejection(pool.mapAsync(square, breaksAt(4), { chunksize }).get())) instanceof
                InputBroke,
            )
            assert.ok(
              (await rejection(all(pool.imap(square, breaksAt(2), { chunksize })))) instanceof InputBroke,
            )
            assert.ok(
              (await rejection(all(pool.imapUnordered(square, breaksAt(0), { chunksize })))) instanceof
                InputBroke,
            )
          }
          assert.deepEqual(await pool.map(square, [1, 2]), [1, 4])
        }),
    )

    test('C82 a get with a limit rejects after it, and the task goes on', limit, () =>
      inPool(async pool => {
        await pool.apply(square, [1])
        const slow = pool.applyAsync(
          (ms: number) => new Promise<string>(resolve => setTimeout(() => resolve('there'), ms)),
          [300],
        )
        const late = await rejection(slow.get({ timeout: 20 }))
        assert.equal(late.name, 'TimeoutError')
        assert.equal(late['code'], 'WAIT_TIMEOUT')
        assert.equal(late['timeout'], 20)
        assert.equal(slow.ready(), false)
        assert.equal(await slow.wait({ timeout: 1 }), false)
        assert.throws(() => slow.successful(), { code: 'RESULT_NOT_READY' })
        assert.equal(await slow.get(), 'there')
        assert.equal(await slow.wait({ timeout: 0 }), true)
        assert.equal(slow.successful(), true)
      }),
    )

    test('C83 imap keeps the order, imapUnordered the set, for 10 and 1000 items, in chunks', limit, () =>
      inPool(async pool => {
        for (const count of [10, 1000]) {
          const expected = range(count).map(square)
          for (const chunksize of [undefined, 1, 3, 100]) {
            const stream = pool.imap(square, range(count), { chunksize })
            assert.deepEqual(await all(stream), expected)
            assert.deepEqual(await stream.next(), { done: true, value: undefined })
            const some = await all(pool.imapUnordered(square, range(count), { chunksize }))
            assert.deepEqual(
              some.sort((a, b) => a - b),
              expected,
            )
          }
        }
      }),
    )

    test('C84 imap gives the results before the input failed, then its error', limit, () =>
      inPool(async pool => {
        function* sulking(n: number): Generator<number> {
          for (let i = 0; i < n; i++) yield i
          throw new Error('someone is sulking')
        }
        for (const chunksize of [undefined, 1, 2, 4]) {
          const stream = pool.imap(square, sulking(5), { chunksize })
          for (let i = 0; i < 5; i++) assert.deepEqual(await stream.next(), { done: false, value: i * i })
          assert.match((await rejection(stream.next())).message, /sulking/)
          assert.equal((await stream.next()).done, true)
          const good: number[] = []
          const error = await rejection(
            (async () => {
              for await (const value of pool.imapUnordered(square, sulking(5), { chunksize }))
                good.push(value)
            })(),
          )
          assert.match(error.message, /sulking/)
          assert.deepEqual(
            good.sort((a, b) => a - b),
            [0, 1, 4, 9, 16],
          )
        }
      }),
    )

    test(
      "C88 a task's error keeps class and fields and carries the other side's stack; one of the local input does not",
      limit,
      () =>
        inPool(async pool => {
          const failsOverThere = (n: number): never => {
            throw new Odd(n)
          }
          const error = await rejection(pool.apply(failsOverThere, [7]))
          assert.ok(error instanceof Odd)
          assert.equal(error.number, 7)
          assert.equal(error.message, 'odd: 7')
          assert.match(String(error.stack), /failsOverThere/)
          assert.match(String(error.stack), /pool\.test/)
          const fromMap = await rejection(pool.map(failsOverThere, [8, 9], { chunksize: 2 }))
          assert.ok(fromMap instanceof Odd)
          assert.equal(fromMap.number, 8)
          const local = new Odd(1)
          const input = function* (): Generator<number> {
            throw local
          }
          assert.equal(await rejection(pool.map(square, input())), local)
          assert.doesNotMatch(String(local.stack), /Pool(Worker|Thread)-/)
        }),
    )

    test('C93 the error callback gets the same error as get', limit, () =>
      inPool(async pool => {
        const failing = (): never => {
          throw new Odd(3)
        }
        const result = pool.applyAsync(failing)
        let called: unknown
        await result.catch(error => {
          called = error
        })
        assert.equal(await rejection(result.get()), called)
        assert.ok(called instanceof Odd)
      }),
    )
  })

  test('C85 a size of 0 or less is refused; a size of 3 makes three workers', limit, async () => {
    for (const processes of [0, -1, 1.5, Number.NaN]) {
      assert.throws(() => makePool(kind, { processes }), { code: 'WRONG_OPTION', option: 'processes' })
      const make = kind.Pool
      assert.throws(() => new make(processes), { code: 'WRONG_OPTION' })
    }
    await withPool(kind, { processes: 3 }, async pool => {
      assert.equal(pool.stats().workers.total, 3)
      await pool.apply(square, [1])
      await until(() => pool.stats().workers.starting === 0, 'every worker')
      const { list } = pool.stats().workers
      assert.equal(new Set(list.map(worker => kind.pick(worker.threadId, worker.pid))).size, 3)
    })
  })

  test('C86 terminate returns soon though thousands of long tasks wait', limit, async () => {
    const pool = makePool(kind)
    const rest = pool.mapAsync(() => new Promise(resolve => setTimeout(resolve, 300)), range(10_000), {
      chunksize: 1,
    })
    const singles = range(1000).map(() => pool.applyAsync(() => new Promise(() => {})))
    await until(() => pool.stats().running > 0, 'the first tasks')
    await deadline(pool.terminate(), 10_000, 'terminate')
    assert.equal(await deadline(pool.join(), 100, 'join'), true)
    assert.equal((await rejection(rest)).name, 'CancelledError')
    for (const single of singles) assert.equal((await rejection(single))['code'], 'TASK_CANCELLED')
    await nothingLeft()
  })

  test('C87 a pool works inside its scope and not after it', limit, async () => {
    const pool = makePool(kind)
    const result = pool.applyAsync(square, [4])
    await pool[Symbol.asyncDispose]()
    assert.equal(await result, 16)
    assert.equal((await rejection(pool.apply(square, [1])))['code'], 'POOL_CLOSED')
    assert.equal((await rejection(pool.map(square, [1])))['code'], 'POOL_CLOSED')
    await nothingLeft()
  })

  test("C89 map waits for its other tasks when one fails; close and join don't hang", limit, async () => {
    const folder = tempDir()
    await withPool(kind, {}, async pool => {
      const work = async (n: number, path: string): Promise<void> => {
        const { writeFileSync } = await import('node:fs')
        if (n === 0) throw new Error('x'.repeat(1024 * 1024))
        await new Promise(resolve => setTimeout(resolve, 50))
        writeFileSync(`${path}/${n}`, '')
      }
      const items = range(6).map(n => [n, folder.path] as const)
      const error = await rejection(pool.starmap(work, items, { chunksize: 1 }))
      assert.equal(error.message.length, 1024 * 1024)
      for (let n = 1; n < 6; n++) assert.ok(existsSync(join(folder.path, String(n))), `item ${n} was done`)
      pool.close()
      assert.equal(await deadline(pool.join(), 10_000, 'join'), true)
    })
  })

  test('C90 arguments and results are let go of after use', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      setFlagsFromString('--expose-gc')
      const gc = runInNewContext('gc') as () => void
      const useOnce = async (): Promise<WeakRef<object>[]> => {
        const argument = { big: new Array(1000).fill(1) }
        const results = await pool.map((x: object) => ({ ...x }), [argument])
        const single = await pool.apply((x: object) => ({ ...x }), [argument])
        return [argument, single, ...results].map(value => new WeakRef(value))
      }
      const held = await useOnce()
      for (let round = 0; round < 50 && held.some(ref => ref.deref()); round++) {
        await new Promise(resolve => setTimeout(resolve, 5))
        gc()
      }
      assert.deepEqual(
        held.map(ref => ref.deref()),
        [undefined, undefined, undefined],
      )
    }),
  )

  test('C91 a pool that was stopped takes nothing', limit, async () => {
    const pool = makePool(kind)
    pool.close()
    assert.equal((await rejection(pool.apply(square, [1])))['code'], 'POOL_CLOSED')
    assert.throws(() => pool.imap(square, [1]), { code: 'POOL_CLOSED', state: 'closed' })
    await pool.terminate()
    assert.throws(() => pool.imap(square, [1]), { code: 'POOL_CLOSED', state: 'terminated' })
    await nothingLeft()
  })

  test('C92 a pool dropped while it runs says so, and its workers go', limit, async () => {
    const { code, stderr, stdout } = await runProgram(
      `import { ${kind.pick('ThreadPool', 'Pool')} as Pool } from 'manycore'
       const seen = new Promise(resolve => process.on('warning', resolve))
       async function drop() { const pool = new Pool({ processes: 1, name: 'forgotten' }); await pool.apply(() => 1) }
       await drop()
       const timer = setInterval(gc, 10)
       console.log(String(await seen))
       clearInterval(timer)`,
      { execArgv: ['--expose-gc'] },
    )
    assert.equal(code, 0, stderr)
    assert.match(stdout, /ManycoreWarning: forgotten was dropped/)
  })

  test(
    "C94 results that can't be sent each give an error that says so, 20 times in a row; the workers live on",
    limit,
    () =>
      withPool(kind, { processes: 1 }, async pool => {
        const identify = kind.pick(
          async () => (await import('node:worker_threads')).threadId,
          async () => process.pid,
        )
        const before = await pool.apply(identify)
        for (let round = 0; round < 20; round++) {
          const error = await rejection(pool.apply(() => ({ inner: { timer: new WeakRef({}) } })))
          assert.equal(error['code'], 'CANNOT_CLONE')
          assert.match(error.message, /result\.inner\.timer/)
        }
        assert.equal(pool.stats().deaths, 0)
        assert.equal(await pool.apply(identify), before)
      }),
  )

  test(
    'C95 with tasks per child limited, all results are right and the workers have been replaced',
    limit,
    () =>
      withPool(kind, { processes: 2, maxTasksPerChild: 10 }, async pool => {
        const work = kind.pick(
          async (n: number) => [n * n, (await import('node:worker_threads')).threadId] as const,
          async (n: number) => [n * n, process.pid] as const,
        )
        const results = await Promise.all(range(40).map(n => pool.apply(work, [n])))
        assert.deepEqual(
          results.map(([value]) => value),
          range(40).map(square),
        )
        const perWorker = new Map<number, number>()
        for (const [, id] of results) perWorker.set(id, (perWorker.get(id) ?? 0) + 1)
        assert.ok(perWorker.size >= 4, `${perWorker.size} workers`)
        for (const count of perWorker.values()) assert.ok(count <= 10)
        assert.equal(pool.stats().deaths, 0)
      }),
  )

  test(
    'C96 one task per child and a close before the tasks are done: join returns and every result is there',
    limit,
    () =>
      withPool(kind, { processes: 2, maxTasksPerChild: 1 }, async pool => {
        const results = range(4).map(n => pool.applyAsync(square, [n]))
        pool.close()
        assert.equal(await deadline(pool.join(), 15_000, 'join'), true)
        assert.ok(results.every(result => result.ready()))
        assert.deepEqual(await Promise.all(results), range(4).map(square))
      }),
  )

  test('C97 a wrong number of tasks per child is refused', limit, () => {
    for (const maxTasksPerChild of [0, -1, 0.5, '12']) {
      assert.throws(() => makePool(kind, { maxTasksPerChild: maxTasksPerChild as number }), {
        code: 'WRONG_OPTION',
        option: 'maxTasksPerChild',
      })
    }
  })

  test('C98 a pool kept in a global variable does not hold up the exit', limit, async () => {
    const { code, stdout, stderr, left, late } = await runProgram(
      `import { ${kind.pick('ThreadPool', 'Pool')} as Pool } from 'manycore'
       globalThis.pool = new Pool(2)
       console.log(await pool.apply(n => n + 1, [1]))`,
    )
    assert.equal(late, false)
    assert.equal(code, 0, stderr)
    assert.equal(stdout, '2\n')
    assert.equal(stderr, '')
    assert.deepEqual(left, [])
  })

  test("C99 when a worker can't start, those that did are stopped and the error is told", limit, async () => {
    const options = { processes: 3, execArgv: ['--no-such-flag-of-node'] }
    if (kind.name === 'threads') {
      // Node refuses to make the thread: known at once.
      assert.throws(() => makePool(kind, options), { code: 'WORKER_START_FAILED', worker: 'PoolThread-1' })
      return nothingLeft()
    }
    const pool = makePool(kind, options)
    const error = await rejection(pool.apply(square, [1]))
    assert.equal(error['code'], 'WORKERS_KEEP_DYING')
    assert.match(String((error.cause as Error).message), /no-such-flag-of-node/)
    assert.equal((await rejection(pool.map(square, [1, 2])))['code'], error['code'])
    assert.equal(await deadline(pool.join(), 10_000, 'join'), true)
    assert.equal(pool.stats().state, 'broken')
    await nothingLeft()
  })
})

// 200 processes of Node are more than a small machine has room for: threads only, at the full number in `npm run stress`.
test('C100 a pool of very many workers maps 1000 items right', { timeout: 100_000 }, async () => {
  const pool = new ThreadPool(rounds(30, 200))
  assert.deepEqual(await pool.map(square, range(1000), { chunksize: 1 }), range(1000).map(square))
  await pool.terminate()
})
