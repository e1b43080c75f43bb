import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Pool, type WorkerDiedError } from 'manycore'
import { deadline, eachKind, type Kind, rounds, tempDir } from '../support/index.ts'
import { all, rejection, sharePool, until, withPool } from './support.ts'

/*
 * Workers that die: exactly what they had begun is told so, everything else goes on as if nothing had been.
 */

const limit = { timeout: 60_000 }
const square = (x: number): number => x * x
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Writes a line for each run, so that runs can be counted afterwards. */
const note = async (file: string, what: number): Promise<number> => {
  ;(await import('node:fs')).appendFileSync(file, `${what}\n`)
  return what
}

/** How often each number was written. */
function counts(file: string): Map<number, number> {
  const found = new Map<number, number>()
  for (const line of readFileSync(file, 'utf8').trim().split('\n').filter(Boolean))
    found.set(Number(line), (found.get(Number(line)) ?? 0) + 1)
  return found
}

function freshFile(): string {
  const path = `${tempDir().path}/runs`
  writeFileSync(path, '')
  return path
}

/** Ends a busy worker by SIGKILL, each time that so many more tasks have settled. Threads have no signals. */
function killAfterEach(kind: Kind, pool: Pool, many: number): () => void {
  if (kind.name === 'threads') return () => {}
  let next = many
  const timer = setInterval(() => {
    const { succeeded, failed, workers } = pool.stats()
    const victim = workers.list.find(({ load }) => load > 0)
    if (succeeded + failed < next || !victim) return
    next = succeeded + failed + many
    process.kill(victim.pid, 'SIGKILL')
  }, 1)
  return () => clearInterval(timer)
}

eachKind(kind => {
  describe('pools that bear all of it', () => {
    const withOne = sharePool(kind, { processes: 1 })
    const withTwo = sharePool(kind)

    test(
      'process.exit() in a task: that task is told, with all there is to know; the others go on',
      limit,
      () =>
        withTwo(async pool => {
          const { deaths } = pool.stats()
          const leave = (code: number): void => process.exit(code)
          const beside = range(200).map(n => pool.apply(square, [n]))
          const error = (await rejection(pool.apply(leave, [7]))) as unknown as WorkerDiedError
          assert.equal(error.name, 'WorkerDiedError')
          assert.equal(error.code, 'WORKER_DIED')
          assert.equal(error.exitCode, 7)
          assert.equal(error.signal, null)
          assert.equal(error.outOfMemory, false)
          assert.match(error.worker, kind.pick(/^PoolThread-\d+$/, /^PoolWorker-\d+$/))
          assert.match(String(error.task), /^leave\(7\)/)
          assert.match(error.message, /died while it ran leave\(7\): exit code 7/)
          assert.deepEqual(await Promise.all(beside), range(200).map(square))
          assert.equal(pool.stats().deaths, deaths + 1)
          await until(() => pool.stats().workers.total === 2, 'its successor')
        }),
    )

    test(
      'what a worker said before its end counts, also when something was sent to it afterwards',
      limit,
      () =>
        withOne(async pool => {
          // Quick ones first, so that the two travel together.
          await Promise.all(range(2000).map(n => pool.apply(square, [n])))
          const stop = new AbortController()
          const leave = (): void => process.exit(0)
          const before = pool.apply(square, [12])
          const death = rejection(pool.apply(leave, [], { signal: stop.signal }))
          await Promise.resolve()
          // Nothing is read meanwhile: the worker is gone when it is told to stop.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
          stop.abort()
          assert.equal(await before, 144)
          assert.equal((await death).name, 'CancelledError')
          assert.equal(await pool.apply(square, [5]), 25)
        }),
    )

    test('after very many quick calls, too, exactly the one that ends its worker is told', limit, () =>
      withOne(async pool => {
        const leave = (): void => process.exit(3)
        const { deaths } = pool.stats()
        const times = rounds(1, 2)
        for (let round = 0; round < times; round++) {
          const before = range(25_000).map(n => pool.apply(square, [n]))
          const death = rejection(pool.apply(leave))
          const behind = range(300).map(n => pool.apply(square, [n]))
          assert.deepEqual(
            await Promise.all([...before, ...behind]),
            [...range(25_000), ...range(300)].map(square),
          )
          assert.equal(((await death) as unknown as WorkerDiedError).exitCode, 3)
        }
        assert.equal(pool.stats().deaths, deaths + times)
      }),
    )

    test('an error that nobody catches ends the worker; its last words are told', limit, () =>
      withOne(async pool => {
        const strays = (): Promise<never> => {
          setTimeout(() => {
            throw new TypeError('stray bullet')
          }, 5)
          return new Promise(() => {})
        }
        const error = (await rejection(pool.apply(strays))) as unknown as WorkerDiedError
        assert.equal(error.code, 'WORKER_DIED')
        assert.equal(error.exitCode, 1)
        const words = error.stderr + String((error.cause as Error | undefined)?.message)
        assert.match(words, /stray bullet/)
        assert.match(error.message, /stray bullet/)
        assert.equal(await pool.apply(square, [3]), 9)
      }),
    )

    test('a map whose item kills its worker: that item is told, the others are done, none twice', limit, () =>
      withTwo(async pool => {
        for (const chunksize of [undefined, 1, 10]) {
          const file = freshFile()
          const work = async (n: number, path: string): Promise<number> => {
            ;(await import('node:fs')).appendFileSync(path, `${n}\n`)
            if (n === 37) process.exit(4)
            return n
          }
          const bound = pool.imapUnordered(
            ([n, path]: readonly [number, string]) => work(n, path),
            range(100).map(n => [n, file] as const),
            { chunksize },
          )
          const got: number[] = []
          const errors: WorkerDiedError[] = []
          for (;;) {
            try {
              const step = await bound.next()
              if (step.done) break
              got.push(step.value)
            } catch (error) {
              errors.push(error as WorkerDiedError)
            }
          }
          assert.equal(got.length + errors.length, 100)
          // Those before it in its chunk were done, but their results went with it.
          if (chunksize !== undefined) assert.equal(errors.length, chunksize === 1 ? 1 : 8)
          for (let lost = 38 - errors.length; lost <= 37; lost++) assert.ok(!got.includes(lost))
          assert.ok(errors.every(error => error.code === 'WORKER_DIED' && error.exitCode === 4))
          const runs = counts(file)
          assert.equal(runs.size, 100, 'every item was run')
          assert.ok(
            [...runs.values()].every(count => count === 1),
            'and none twice',
          )
        }
        const error = (await rejection(
          pool.map((n: number) => (n === 5 ? process.exit(4) : n), range(20), { chunksize: 10 }),
        )) as unknown as WorkerDiedError
        assert.equal(error.code, 'WORKER_DIED')
      }),
    )

    test('a task that kills worker after worker ends when its tries are used up', limit, () =>
      withTwo(async pool => {
        const file = freshFile()
        const kills = async (path: string): Promise<void> => {
          ;(await import('node:fs')).appendFileSync(path, '1\n')
          process.exit(9)
        }
        const error = await rejection(pool.apply(kills, [file], { retries: 3 }))
        assert.equal(error['code'], 'WORKER_DIED')
        assert.equal(counts(file).get(1), 4)
        assert.equal(await pool.apply(square, [3]), 9)
      }),
    )
  })

  test('memory that runs out is recognised', limit, () =>
    withPool(
      kind,
      kind.pick(
        { processes: 1, resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 8 } },
        { processes: 1, execArgv: ['--max-old-space-size=24'] },
      ),
      async pool => {
        const devour = (): number => {
          const hoard: unknown[] = []
          for (;;) hoard.push(Array.from({ length: 1000 }, (_, i) => ({ i })))
        }
        const error = (await rejection(pool.apply(devour))) as unknown as WorkerDiedError
        assert.equal(error.code, 'WORKER_DIED')
        assert.equal(error.outOfMemory, true, error.message)
        assert.match(error.message, /out of memory/)
        assert.equal(await pool.apply(square, [3]), 9)
      },
    ),
  )

  test('what was not begun goes to another worker and runs exactly once', limit, () =>
    withPool(kind, { processes: 2 }, async pool => {
      const file = freshFile()
      // Short tasks first, so that lines at the workers become long.
      await Promise.all(range(2000).map(n => pool.apply(square, [n])))
      const die = (): void => process.exit(1)
      const work: Promise<number>[] = []
      const deaths: Promise<unknown>[] = []
      const many = rounds(200, 400)
      for (let n = 0; n < many; n++) {
        work.push(pool.apply(note, [file, n]))
        if (n % 100 === 50) deaths.push(rejection(pool.apply(die)))
      }
      for (const death of await Promise.all(deaths))
        assert.equal((death as WorkerDiedError).code, 'WORKER_DIED')
      assert.deepEqual(await Promise.all(work), range(many))
      const runs = counts(file)
      assert.equal(runs.size, many)
      assert.ok([...runs.values()].every(count => count === 1))
      assert.equal(pool.stats().deaths, deaths.length)
    }),
  )

  test('workers that die before they can work break the pool instead of being started for ever', limit, () =>
    withPool(kind, { initializer: () => process.exit(5), name: 'doomed' }, async pool => {
      const work = [pool.apply(square, [1]), pool.map(square, range(10)), pool.imap(square, range(3)).next()]
      for (const error of await deadline(Promise.all(work.map(rejection)), 10_000, 'the news')) {
        assert.equal(error['code'], 'WORKERS_KEEP_DYING')
        assert.match(error.message, /3 workers of doomed died/)
        assert.match((error.cause as Error).message, /exit code 5/)
      }
      assert.equal(pool.stats().state, 'broken')
      assert.equal(await deadline(pool.join(), 10_000, 'join'), true)
    }),
  )

  test('workers that die in idleness are not replaced for ever either', limit, () =>
    withPool(
      kind,
      {
        processes: 1,
        initializer: () => {
          setTimeout(() => process.exit(6), 1)
        },
      },
      async pool => {
        await until(() => pool.stats().state === 'broken', 'the end', 15_000)
        assert.equal((await rejection(pool.apply(square, [1])))['code'], 'WORKERS_KEEP_DYING')
      },
    ),
  )

  test('many tasks while workers are killed: each settles once, none hangs, none runs twice', limit, () =>
    withPool(kind, { processes: 3 }, async pool => {
      const file = freshFile()
      const work = async (path: string, n: number, dies: boolean): Promise<number> => {
        ;(await import('node:fs')).appendFileSync(path, `${n}\n`)
        const end = performance.now() + 1
        while (performance.now() < end);
        if (dies) process.exit(1)
        return n
      }
      let settled = 0
      const many = rounds(400, 1000)
      const outcomes = range(many).map(n =>
        pool.apply(work, [file, n, kind.name === 'threads' && n % 70 === 3]).then(
          value => {
            settled++
            assert.equal(value, n)
            return 'done'
          },
          error => {
            settled++
            return (error as WorkerDiedError).code
          },
        ),
      )
      const stop = killAfterEach(kind, pool, 50)
      try {
        const results = await deadline(Promise.all(outcomes), 40_000, 'all of them')
        assert.equal(settled, many)
        const lost = results.filter(result => result === 'WORKER_DIED').length
        assert.equal(results.filter(result => result === 'done').length + lost, many)
        const runs = counts(file)
        assert.ok(
          [...runs.values()].every(count => count === 1),
          'none ran twice',
        )
        assert.ok(runs.size >= many - pool.stats().deaths)
        assert.ok(pool.stats().deaths > 0)
        // A death costs what was begun: the task itself, and those whose results it had not handed over yet.
        assert.ok(lost <= pool.stats().deaths * 4, `${lost} lost in ${pool.stats().deaths} deaths`)
      } finally {
        stop()
      }
    }),
  )

  test('with retries the same run loses nothing', limit, () =>
    withPool(kind, { processes: 3, retries: 20 }, async pool => {
      const file = `${tempDir().path}/died`
      const work = (n: number): number => {
        const end = performance.now() + 1
        while (performance.now() < end);
        // One that is sure to end its worker once, for the few tasks that there are.
        const dies = n === 50 && !existsSync(file)
        if (dies) writeFileSync(file, '')
        if (dies || Math.random() < 0.005) process.exit(1)
        return n
      }
      const [mapped, streamed] = [rounds(200, 500), rounds(150, 300)]
      const stop = killAfterEach(kind, pool, 60)
      try {
        assert.deepEqual(await pool.map(work, range(mapped)), range(mapped))
        assert.deepEqual(await all(pool.imap(work, range(streamed))), range(streamed))
        assert.ok(pool.stats().deaths > 0)
      } finally {
        stop()
      }
    }),
  )
})

test('SIGKILL from outside: the error names the signal, as the exit code does', limit, async () => {
  const pool = new Pool(1)
  const running = pool.applyAsync(() => new Promise(() => {}))
  // It has to have begun, or another worker would take it.
  await until(() => running.running(), 'its start')
  const [worker] = pool.stats().workers.list
  process.kill(worker?.pid as number, 'SIGKILL')
  const error = (await rejection(running)) as unknown as WorkerDiedError
  assert.equal(error.code, 'WORKER_DIED')
  assert.equal(error.signal, 'SIGKILL')
  assert.equal(error.exitCode, -9)
  assert.match(error.message, /killed by SIGKILL/)
  await pool.terminate()
})
