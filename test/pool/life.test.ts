import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import { describe, test } from 'node:test'
import { cpuCount, type Pool, type PoolOptions } from 'manycore'
import {
  deadline,
  eachKind,
  nothingLeft,
  rounds,
  runProgram,
  startProgram,
  tempDir,
} from '../support/index.ts'
import { makePool, rejection, sharePool, until, withPool } from './support.ts'

/*
 * Open, closed, terminated; what keeps a program alive and what does not; pools inside pools.
 */

const limit = { timeout: 60_000 }
const square = (x: number): number => x * x
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const sleep = (ms: number): Promise<number> => new Promise(resolve => setTimeout(() => resolve(ms), ms))

eachKind(kind => {
  const name = kind.pick('ThreadPool', 'Pool')

  describe('in one pool', () => {
    const inPool = sharePool(kind, { processes: 1 })

    test('a task may use a pool, a Process or a Thread of its own', limit, () =>
      inPool(async pool => {
        const inner = async (n: number): Promise<number[]> => {
          const { ThreadPool, Pool } = await import('manycore')
          const results: number[] = []
          for (const Inner of [ThreadPool, Pool]) {
            const nested = new Inner(1)
            results.push(...(await nested.map((x: number) => x * 10, [n, n + 1])))
            nested.close()
            await nested.join()
          }
          return results
        }
        assert.deepEqual(await pool.apply(inner, [1]), [10, 20, 10, 20])
        const single = async (): Promise<unknown[]> => {
          const { Process, Thread } = await import('manycore')
          const process = new Process({ target: (x: number) => x + 1, args: [1] }).start()
          const thread = new Thread({ target: (x: number) => x + 1, args: [2] }).start()
          const results = [await process.result(), await thread.result()]
          await process.join()
          return results
        }
        assert.deepEqual(await pool.apply(single), [2, 3])
      }),
    )

    test('a task that would wait for its own pool is refused where it is submitted', limit, () =>
      inPool(async pool => {
        const byCapture = await rejection(pool.apply(() => pool.apply(square, [2])))
        assert.equal(byCapture['code'], 'CANNOT_CAPTURE')
        assert.match(byCapture.message, /the variable pool/)
        const asArgument = await rejection(pool.apply(own => own.apply(square, [2]), [pool]))
        assert.equal(asArgument['code'], 'CANNOT_CLONE')
        assert.equal(await pool.apply(square, [3]), 9)
      }),
    )

    test('pools in pools in pools: each waits for its own, and none is stuck', limit, () =>
      inPool(async pool => {
        const nested = async (depth: number): Promise<number> => {
          const { ThreadPool } = await import('manycore')
          if (depth === 0) return 1
          const inner = new ThreadPool(1)
          const counts = await inner.map(nested, [depth - 1, depth - 1])
          inner.close()
          await inner.join()
          return 1 + Math.max(...counts)
        }
        assert.equal(await pool.apply(nested, [2]), 3)
      }),
    )
  })

  test('close takes no more work and does what there is; join waits for it', limit, async () => {
    const pool = makePool(kind, { name: 'mine' })
    const work = [...range(100).map(n => pool.apply(square, [n])), pool.apply(sleep, [150])]
    await assert.rejects(() => pool.join(), { code: 'POOL_STILL_OPEN' })
    pool.close()
    pool.close()
    assert.equal((await rejection(pool.apply(square, [1])))['code'], 'POOL_CLOSED')
    assert.match((await rejection(pool.starmap(square, [[1]]))).message, /mine is closed/)
    assert.equal(await pool.join({ timeout: 1 }), false)
    const waits = await rejection(pool.join({ signal: AbortSignal.timeout(5) }))
    assert.equal(waits['code'], 'WAIT_ABORTED')
    assert.equal(await deadline(pool.join(), 10_000, 'join'), true)
    assert.deepEqual(await Promise.all(work), [...range(100).map(square), 150])
    assert.equal(pool.stats().workers.total, 0)
    assert.equal(pool.stats().state, 'closed')
    assert.equal(await pool.join(), true, 'again, at once')
    await nothingLeft()
  })

  test(
    'closing a pool that never worked, while its workers start, and when they are idle',
    limit,
    async () => {
      const moments: ((pool: Pool) => unknown)[] = [
        () => {},
        () => sleep(20),
        pool => until(() => pool.stats().workers.idle === 2, 'both workers'),
      ]
      for (const moment of moments) {
        const pool = makePool(kind)
        await moment(pool)
        pool.close()
        assert.equal(await deadline(pool.join(), 10_000, 'join'), true)
      }
      const used = makePool(kind)
      await used.map(square, range(100))
      used.close()
      assert.equal(await deadline(used.join(), 10_000, 'join'), true)
      await nothingLeft()
    },
  )

  test('terminate drops everything, in every state, as often as one likes', limit, async () => {
    const fresh = makePool(kind)
    await deadline(fresh.terminate(), 10_000, 'terminate at once')
    const busy = makePool(kind)
    const work = [
      busy.apply(() => new Promise(() => {})),
      busy.map(sleep, [5000, 5000]),
      busy.apply(square, [1]),
    ]
    const errors = Promise.all(
      work.map(promise =>
        promise.then(
          () => undefined,
          error => error.code,
        ),
      ),
    )
    busy.close()
    void busy.terminate()
    await deadline(busy.terminate(), 10_000, 'terminate')
    for (const code of await errors) assert.ok(code === undefined || code === 'TASK_CANCELLED')
    assert.equal(busy.stats().state, 'terminated')
    assert.equal(await busy.join(), true)
    assert.equal((await rejection(busy.apply(square, [1])))['code'], 'POOL_CLOSED')
    await nothingLeft()
  })

  test('terminate before an initializer begins, and while it runs', limit, async () => {
    const folder = tempDir()
    const begun = `${folder.path}/begun`
    const initializer = async (path: string): Promise<never> => {
      ;(await import('node:fs')).writeFileSync(path, '')
      return new Promise(() => {})
    }
    for (const isAwaited of [false, true]) {
      rmSync(begun, { force: true })
      const pool = makePool(kind, { initializer, initargs: [begun] } as PoolOptions<never>)
      const work = rejection(pool.apply(square, [1]))
      if (isAwaited) await until(() => existsSync(begun), 'the initializer')
      await deadline(pool.terminate(), 10_000, 'terminate')
      assert.equal((await work)['code'], 'TASK_CANCELLED')
    }
    await nothingLeft()
    folder.remove()
  })

  test('leaving a scope finishes what was submitted', limit, async () => {
    const results: Promise<unknown>[] = []
    {
      await using pool = makePool(kind)
      results.push(pool.apply(sleep, [50]), pool.map(square, range(20)))
    }
    assert.deepEqual(await Promise.all(results), [50, range(20).map(square)])
    await nothingLeft()
  })

  // They wait in the program, whatever the workers are.
  const many = rounds(kind.pick(100_000, 10_000), 100_000)

  test(`${many} pending tasks: terminate tells each, soon`, { timeout: 60_000 }, () =>
    withPool(kind, {}, async pool => {
      let told = 0
      const pending = range(many).map(n =>
        pool.apply(sleep, [100_000 + n]).catch(error => {
          if (error.code === 'TASK_CANCELLED') told++
        }),
      )
      await deadline(pool.terminate(), 15_000, 'terminate')
      await deadline(Promise.all(pending), 10_000, 'the last rejection')
      assert.equal(told, many)
      assert.equal(pool.stats().cancelled, many)
    }),
  )

  test('stats tell how things are', limit, () =>
    withPool(kind, { processes: 2 }, async pool => {
      const first = pool.stats()
      assert.equal(first.state, 'open')
      assert.deepEqual(
        { ...first.workers, list: [] },
        { total: 2, starting: 2, idle: 0, busy: 0, spare: 0, list: [] },
      )
      assert.equal(first.taskTime, undefined)
      assert.ok(Object.isFrozen(first))
      await until(() => pool.stats().workers.idle === 2, 'both workers')
      const folder = tempDir()
      const leave = `${folder.path}/leave`
      const waits = async (file: string): Promise<void> => {
        const { existsSync: exists } = await import('node:fs')
        while (!exists(file)) await new Promise(resolve => setTimeout(resolve, 5))
      }
      const tasks = Promise.all(range(5).map(() => pool.apply(waits, [leave])))
      tasks.catch(() => {})
      await until(() => pool.stats().running === 2, 'two running')
      const busy = pool.stats()
      assert.equal(busy.waiting, 3)
      assert.equal(busy.workers.busy, 2)
      assert.equal(busy.workers.list.length, 2)
      for (const worker of busy.workers.list) {
        assert.match(worker.name, kind.pick(/^PoolThread-\d$/, /^PoolWorker-\d$/))
        assert.equal(worker.pid === process.pid, kind.name === 'threads')
        assert.equal(worker.threadId === 0, kind.name === 'processes')
      }
      folder.write('leave', '')
      await tasks
      folder.remove()
      await rejection(pool.apply(() => Promise.reject(new Error('no'))))
      await rejection(pool.apply(square, [1], { signal: AbortSignal.abort() }))
      await rejection(pool.apply(() => process.exit(1)))
      const { succeeded, failed, cancelled, deaths, running, waiting } = pool.stats()
      assert.deepEqual(
        { succeeded, failed, cancelled, deaths, running, waiting },
        { succeeded: 5, failed: 2, cancelled: 1, deaths: 1, running: 0, waiting: 0 },
      )
      assert.ok((pool.stats().taskTime ?? 0) > 0)
    }),
  )

  test('an idle open pool does not keep the program alive; pending work does', limit, async () => {
    const idle = runProgram(`
      import { ${name} } from 'manycore'
      const pool = new ${name}(2)
      console.log((await pool.map(n => n + 1, [1, 2])).join())
      globalThis.never = new ${name}(1)
      console.log('end')`)
    const busy = runProgram(`
      import { ${name} } from 'manycore'
      const pool = new ${name}(2)
      pool.apply(ms => new Promise(r => setTimeout(() => r('done'), ms)), [300]).then(console.log)
      pool.imap(n => n, [7, 8]).next().then(({ value }) => console.log(value))`)
    const joined = runProgram(`
      import { ${name} } from 'manycore'
      const pool = new ${name}(1)
      pool.apply(ms => new Promise(r => setTimeout(r, ms)), [200])
      pool.close()
      pool.join().then(() => console.log('joined'))`)
    for (const [program, prints] of [
      [idle, ['2,3', 'end']],
      [busy, ['7', 'done']],
      [joined, ['joined']],
    ] as const) {
      const { code, stdout, stderr, late } = await program
      assert.deepEqual([code, stdout.trim().split('\n').sort(), stderr, late], [0, prints, '', false])
    }
  })

  test('a stream that nobody reads on does not keep the program alive', limit, async () => {
    const { code, stdout, late, left } = await runProgram(`
      import { ${name} } from 'manycore'
      const pool = new ${name}(1)
      const stream = pool.imap(n => n, (function* () { for (let i = 0; ; i++) yield i })())
      console.log((await stream.next()).value)`)
    assert.deepEqual([code, stdout, late, left], [0, '0\n', false, []])
  })

  test('process.exit() with work under way leaves nothing behind', limit, async () => {
    const { code, left, late } = await runProgram(`
      import { ${name} } from 'manycore'
      const pool = new ${name}(2)
      pool.apply(() => { for (;;); }).catch(() => {})
      await pool.apply(() => 1)
      process.exit(5)`)
    assert.deepEqual([code, left, late], [5, [], false])
  })

  test('pools in pools share the CPUs, unless they say how many workers they want', limit, () =>
    withPool(kind, { processes: cpuCount() + 1 }, async pool => {
      const sizes = async (): Promise<number[]> => {
        const { Pool, ThreadPool } = await import('manycore')
        const pools = [new Pool(), new ThreadPool(), new ThreadPool({ processes: 'auto' }), new ThreadPool(3)]
        const counts = pools.map(each => each.stats().workers.total)
        await Promise.all(pools.map(each => each.terminate()))
        return counts
      }
      assert.deepEqual(await pool.apply(sizes), [1, 1, 1, 3])
      const alone = new kind.Pool(1)
      const [share] = await alone.apply(sizes)
      assert.equal(share, cpuCount())
      await alone.terminate()
    }),
  )

  test('what a task has started ends with its worker', limit, async () => {
    const { left, code, stdout } = await runProgram(`
      import { ${name} } from 'manycore'
      const pool = new ${name}(1)
      console.log(await pool.apply(async () => {
        const { Pool } = await import('manycore')
        globalThis.inner = new Pool(2)
        globalThis.inner.apply(() => { for (;;); }).catch(() => {})
        return await globalThis.inner.apply(() => 'inner works')
      }))
      await pool.terminate()
      console.log('ended')`)
    assert.deepEqual([code, stdout, left], [0, 'inner works\nended\n', []])
  })

  test('Ctrl-C ends a program with a busy pool once, without a trace from its workers', limit, async () => {
    const program = startProgram(`
      import { ${name} } from 'manycore'
      const pool = new ${name}(2)
      await pool.apply(() => 1)
      pool.apply(() => { for (;;); }).catch(() => {})
      console.log('busy')
      await pool.apply(() => new Promise(() => {}))`)
    await program.line(/busy/)
    for (const pid of [program.pid, ...program.below()]) process.kill(pid, 'SIGINT')
    const { signal, code, stderr, left } = await program.done
    assert.ok(signal === 'SIGINT' || code === 130, `${signal} ${code}`)
    assert.equal(stderr, '')
    assert.deepEqual(left, [])
  })
})
