import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type ApplyOptions, currentTask } from 'manycore'
import { deadline, eachKind, tempDir } from '../support/index.ts'
import { LATE, rejection, until, withPool } from './support.ts'

/*
 * Timeouts, cancels, retries, priorities, and the sizes that bound a pool.
 */

const limit = { timeout: 60_000 }
const square = (x: number): number => x * x
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Runs for `ms` without ever looking up. */
const spin = (ms: number): number => {
  const end = performance.now() + ms
  while (performance.now() < end);
  return ms
}
const sleep = (ms: number): Promise<number> => new Promise(resolve => setTimeout(() => resolve(ms), ms))
/** Never ends, unless it is told to. */
const untilTold = (): Promise<string> =>
  new Promise((_, reject) => {
    const signal = currentTask()?.signal
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
/** Has the worker load what `untilTold` needs: where much else runs, that alone takes longer than the grace time. */
const loadTask = (): boolean => currentTask() !== undefined

eachKind(kind => {
  const identify = kind.pick(
    async () => (await import('node:worker_threads')).threadId,
    async () => process.pid,
  )

  test('a busy loop that runs too long is stopped, alone, and its worker replaced', limit, () =>
    withPool(kind, {}, async pool => {
      const path = `${tempDir().path}/id`
      const spinAs = async (who: () => Promise<number>, file: string): Promise<void> => {
        ;(await import('node:fs')).writeFileSync(file, String(await who()))
        for (;;);
      }
      const late = pool.apply(spinAs, [identify, path], { timeout: 400 })
      const beside = range(50).map(n => pool.apply(square, [n]))
      const error = await deadline(rejection(late), 10_000, 'the timeout')
      assert.equal(error.name, 'TimeoutError')
      assert.equal(error['code'], 'TASK_TIMEOUT')
      assert.equal(error['timeout'], 400)
      assert.match(error.message, /spinAs\(/)
      assert.deepEqual(await Promise.all(beside), range(50).map(square))
      const stopped = Number(readFileSync(path, 'utf8'))
      await until(
        () => pool.stats().workers.list.every(({ pid, threadId }) => kind.pick(threadId, pid) !== stopped),
        'its end',
      )
      await until(
        () => pool.stats().workers.total === 2 && pool.stats().workers.starting === 0,
        'two workers',
      )
      for (const id of await Promise.all(range(20).map(() => pool.apply(identify))))
        assert.notEqual(id, stopped)
      assert.equal(pool.stats().deaths, 0, 'it was ended, it did not die')
    }),
  )

  test('a task that never answers is stopped too; one that listens is not, nor is its worker', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      await pool.apply(loadTask)
      const before = await pool.apply(identify)
      const listening = await rejection(pool.apply(untilTold, [], { timeout: 50 }))
      assert.equal(listening['code'], 'TASK_TIMEOUT')
      assert.equal(await pool.apply(identify), before, 'the worker lives on')
      const deaf = await rejection(pool.apply(() => new Promise(() => {}), [], { timeout: 50 }))
      assert.equal(deaf['code'], 'TASK_TIMEOUT')
      assert.notEqual(await pool.apply(identify), before, 'the worker was replaced')
    }),
  )

  test('time spent in line does not count', limit, () =>
    withPool(kind, { processes: 1, timeout: 400 }, async pool => {
      assert.deepEqual(
        await Promise.all(range(6).map(() => pool.apply(sleep, [100]))),
        range(6).map(() => 100),
      )
      assert.deepEqual(
        await pool.map(sleep, [100, 100, 100, 100, 100, 100]),
        range(6).map(() => 100),
      )
    }),
  )

  test('a program that is busy itself takes nobody for late whose result is there', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      await pool.apply(square, [1])
      for (let round = 0; round < 5; round++) {
        const quick = pool.apply(sleep, [20], { timeout: 150 })
        // After an immediate, timers come before messages.
        await new Promise(resolve => setTimeout(() => setImmediate(resolve), 10))
        spin(300)
        assert.equal(await quick, 20)
      }
    }),
  )

  test('the timeout of a map is for each item, and the others are done', limit, () =>
    withPool(kind, {}, async pool => {
      const stream = pool.imap(sleep, [1, 2, 10_000, 3, 4], { timeout: 200 })
      const got: unknown[] = []
      for (let i = 0; i < 5; i++) {
        got.push(
          await stream.next().then(
            step => step.value,
            error => error.code,
          ),
        )
      }
      assert.deepEqual(got, [1, 2, 'TASK_TIMEOUT', 3, 4])
      const error = await rejection(pool.map(spin, [1, 5000, 1], { timeout: 200 }))
      assert.equal(error['code'], 'TASK_TIMEOUT')
      assert.match(error.message, /5000/)
    }),
  )

  test('a short limit is kept among long ones', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      const ends = (yes: boolean): boolean => {
        if (!yes) for (;;);
        return yes
      }
      // Quick by what is known: so the worker gets many at once.
      const calls = (yes: boolean, count: number, timeout: number): Promise<boolean>[] =>
        range(count).map(() => pool.apply(ends, [yes], { timeout }))
      await Promise.all(calls(true, 500, 600_000))
      const before = calls(true, 5, 600_000)
      const [late] = calls(false, 1, 150).map(rejection)
      const behind = calls(true, 5, 600_000)
      assert.equal(
        ((await deadline(late as Promise<Error>, 10_000, 'the timeout')) as { code?: string }).code,
        'TASK_TIMEOUT',
      )
      // Another point is what becomes of them.
      await Promise.allSettled([...before, ...behind])
    }),
  )

  test('a signal: aborted before, while it waits, while it runs', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      const before = await rejection(
        pool.apply(square, [2], { signal: AbortSignal.abort(new Error('too late')) }),
      )
      assert.equal(before['code'], 'TASK_CANCELLED')
      assert.match(before.message, /too late/)

      const folder = tempDir()
      const mark = async (path: string): Promise<void> => (await import('node:fs')).writeFileSync(path, '')
      const busy = pool.apply(sleep, [100])
      const waiting = new AbortController()
      const marked = pool.apply(mark, [`${folder.path}/ran`], { signal: waiting.signal })
      waiting.abort()
      assert.equal((await rejection(marked))['code'], 'TASK_CANCELLED')
      assert.equal(await busy, 100)
      assert.equal(await pool.apply(square, [3]), 9)
      assert.equal(existsSync(`${folder.path}/ran`), false, 'it never ran')

      await pool.apply(loadTask)
      const worker = await pool.apply(identify)
      const running = new AbortController()
      const polite = pool.apply(untilTold, [], { signal: running.signal })
      await until(() => pool.stats().running === 1, 'its start')
      running.abort('changed my mind')
      const told = await rejection(polite)
      assert.equal(told['code'], 'TASK_CANCELLED')
      assert.equal(told['reason'], 'changed my mind')
      assert.equal(await pool.apply(identify), worker, 'the worker lives on')

      const stubborn = new AbortController()
      const markAndSpin = async (path: string): Promise<void> => {
        ;(await import('node:fs')).writeFileSync(path, '')
        for (;;);
      }
      const deaf = pool.apply(markAndSpin, [`${folder.path}/spins`], { signal: stubborn.signal })
      await until(() => existsSync(`${folder.path}/spins`), 'its start')
      stubborn.abort()
      assert.equal((await deadline(rejection(deaf), 10_000, 'the rejection'))['code'], 'TASK_CANCELLED')
      assert.notEqual(await pool.apply(identify), worker, 'the worker was replaced')
      assert.equal(pool.stats().cancelled, 4)
    }),
  )

  test('cancel() of an AsyncResult stops the task, and those behind it go on at once', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      const task = pool.applyAsync(() => new Promise(() => {}))
      const next = range(10).map(n => pool.apply(square, [n]))
      await until(() => pool.stats().running > 0, 'its start')
      task.cancel('enough')
      assert.match((await rejection(task)).message, /enough/)
      task.cancel()
      assert.deepEqual(await deadline(Promise.all(next), 10_000, 'the others'), range(10).map(square))
      const map = pool.mapAsync(
        sleep,
        range(1000).map(() => 50),
        { chunksize: 1 },
      )
      await until(() => pool.stats().running > 0, 'its start')
      map.cancel()
      assert.equal((await rejection(map))['code'], 'TASK_CANCELLED')
      assert.equal(await deadline(pool.apply(square, [4]), 10_000, 'the next'), 16)
    }),
  )

  test('a task that throws is run again as often as it may be', limit, () =>
    withPool(kind, {}, async pool => {
      const folder = tempDir()
      const failsTwice = async (path: string): Promise<number> => {
        const fs = await import('node:fs')
        fs.appendFileSync(path, 'x')
        const tries = fs.readFileSync(path, 'utf8').length
        if (tries < 3) throw new Error(`try ${tries}`)
        return tries
      }
      assert.equal(await pool.apply(failsTwice, [`${folder.path}/a`], { retries: 2 }), 3)
      assert.equal(await pool.apply(failsTwice, [`${folder.path}/b`], { retries: 5 }), 3)
      const error = await rejection(pool.apply(failsTwice, [`${folder.path}/c`], { retries: 1 }))
      assert.equal(error.message, 'try 2')
      assert.match(String(error.stack), /failsTwice/)
      assert.equal(readFileSync(`${folder.path}/c`, 'utf8'), 'xx')
      assert.equal((await rejection(pool.apply(failsTwice, [`${folder.path}/d`]))).message, 'try 1')
      const items = range(5).map(n => `${folder.path}/m${n}`)
      assert.deepEqual(await pool.map(failsTwice, items, { retries: 2 }), [3, 3, 3, 3, 3])
      assert.deepEqual(pool.stats().succeeded, 7)
      assert.deepEqual(pool.stats().failed, 2)
    }),
  )

  test('a task that kills its worker or runs out of time is run again as often as it may be', limit, () =>
    withPool(kind, { retries: 2 }, async pool => {
      const folder = tempDir()
      const dies = async (path: string, times: number): Promise<number> => {
        const fs = await import('node:fs')
        fs.appendFileSync(path, 'x')
        const tries = fs.readFileSync(path, 'utf8').length
        if (tries <= times) process.exit(3)
        return tries
      }
      assert.equal(await pool.apply(dies, [`${folder.path}/a`, 2]), 3)
      const error = await rejection(pool.apply(dies, [`${folder.path}/b`, 9]))
      assert.equal(error['code'], 'WORKER_DIED')
      assert.equal(readFileSync(`${folder.path}/b`, 'utf8'), 'xxx')

      const hangs = async (path: string, times: number): Promise<number> => {
        const fs = await import('node:fs')
        fs.appendFileSync(path, 'x')
        const tries = fs.readFileSync(path, 'utf8').length
        if (tries <= times) for (;;);
        return tries
      }
      assert.equal(await pool.apply(hangs, [`${folder.path}/c`, 2], { timeout: 300 }), 3)
      const late = await rejection(pool.apply(hangs, [`${folder.path}/d`, 9], { timeout: 300, retries: 1 }))
      assert.equal(late['code'], 'TASK_TIMEOUT')
      assert.equal(readFileSync(`${folder.path}/d`, 'utf8'), 'xx')
      assert.equal(await pool.apply(square, [5]), 25)
    }),
  )

  test('a task that is to be run again can still be cancelled', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      const controller = new AbortController()
      const folder = tempDir()
      const tries = `${folder.path}/tries`
      const hangs = async (path: string): Promise<never> => {
        ;(await import('node:fs')).appendFileSync(path, 'x')
        return new Promise(() => {})
      }
      const task = pool.apply(hangs, [tries], { timeout: 50, retries: 1000, signal: controller.signal })
      await until(() => existsSync(tries) && readFileSync(tries, 'utf8').length > 1, 'the second try')
      controller.abort('stop it')
      assert.match((await deadline(rejection(task), 10_000, 'the rejection')).message, /stop it/)
      assert.equal(await pool.apply(square, [5]), 25)
      folder.remove()
    }),
  )

  test('higher priorities go first, equal ones in their order', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      const order: string[] = []
      const add = (name: string, priority: number): Promise<unknown> =>
        pool.apply(spin, [1], { priority }).then(() => order.push(name))
      await Promise.all([
        add('a0', 0),
        add('b0', 0),
        add('c5', 5),
        add('d-1', -1),
        add('e5', 5),
        add('f0', 0),
      ])
      assert.deepEqual(order, ['c5', 'e5', 'a0', 'b0', 'f0', 'd-1'])
    }),
  )

  test('maxPending refuses what is too much, and takes more when there is room', limit, () =>
    withPool(kind, { processes: 1, maxPending: 3, name: 'small' }, async pool => {
      await pool.apply(square, [1])
      const running = pool.apply(sleep, [200])
      await until(() => pool.stats().running === 1, 'its start')
      const waiting = range(3).map(n => pool.apply(square, [n]))
      const error = await rejection(pool.apply(square, [9]))
      assert.equal(error.name, 'Full')
      assert.equal(error['code'], 'TOO_MANY_PENDING')
      assert.match(error.message, /small has 3 tasks waiting/)
      assert.equal((await rejection(pool.applyAsync(square, [9])))['code'], 'TOO_MANY_PENDING')
      await running
      assert.deepEqual(await Promise.all(waiting), [0, 1, 4])
      assert.equal(await pool.apply(square, [9]), 81)
      assert.equal((await pool.map(square, range(100))).length, 100)
    }),
  )

  test('idle workers are let go, and started again for the next task', limit, () =>
    withPool(kind, { processes: 2, idleTimeout: 30 }, async pool => {
      assert.deepEqual(await pool.map(square, [1, 2, 3]), [1, 4, 9])
      await until(() => pool.stats().workers.total === 0, 'the last worker gone')
      assert.equal(pool.stats().deaths, 0)
      assert.equal(await pool.apply(square, [4]), 16)
      await until(() => pool.stats().workers.total === 0, 'the last worker gone')
      assert.deepEqual(await pool.map(square, range(100)), range(100).map(square))
    }),
  )

  test('concurrency runs that many asynchronous tasks at a time in each worker', limit, () =>
    withPool(kind, { processes: 2, concurrency: 5 }, async pool => {
      // Each waits until the ten are there: fewer at a time would never end.
      const folder = tempDir()
      const meet = async (name: number, path: string): Promise<number> => {
        const fs = await import('node:fs')
        fs.appendFileSync(path, `${name}\n`)
        while (fs.readFileSync(path, 'utf8').split('\n').length <= 10)
          await new Promise(r => setTimeout(r, 2))
        return name
      }
      const results = await Promise.all(range(10).map(n => pool.apply(meet, [n, `${folder.path}/here`])))
      assert.deepEqual(results, range(10))
      const nested = async (n: number): Promise<number> => {
        await new Promise(resolve => setTimeout(resolve, 5))
        return n
      }
      assert.deepEqual(await pool.map(nested, range(60)), range(60))
    }),
  )

  test('beside a task that has to be stopped: others are told why, or run again if they may be', limit, () =>
    withPool(kind, { processes: 1, concurrency: 3 }, async pool => {
      await pool.apply(square, [1])
      const deaf = pool.apply(() => new Promise<never>(() => {}), [], { timeout: 100 })
      const innocent = pool.apply(sleep, [5000])
      const retried = pool.apply(sleep, [400], { retries: 1 })
      const late = await rejection(deaf)
      assert.equal(late['code'], 'TASK_TIMEOUT')
      const told = await deadline(rejection(innocent), 10_000, 'the news')
      assert.equal(told['code'], 'WORKER_STOPPED')
      assert.match(told.message, /because .*would not stop/)
      assert.equal(await retried, 400)
    }),
  )

  test(
    'what was done before a task that has to be stopped, or that ends its worker, is not lost with it',
    limit,
    () =>
      withPool(kind, { processes: 1 }, async pool => {
        const outcomes = async (
          task: (n: number) => number,
          options: (n: number) => ApplyOptions,
        ): Promise<unknown[]> => {
          // Results wait for company only where calls have long been quick.
          await Promise.all(range(5000).map(() => pool.apply(task, [0], options(0))))
          const calls = range(60).map(n => pool.apply(task, [n], options(n)))
          const settled = await deadline(Promise.allSettled(calls), LATE, 'the tasks')
          return settled.map(one => (one.status === 'rejected' ? one.reason.code : one.value))
        }
        const expected = (code: string): unknown[] => range(60).map(n => (n === 40 ? code : n))
        const stuck = (n: number): number => {
          if (n === 40) for (const end = performance.now() + 10_000; performance.now() < end; );
          return n
        }
        assert.deepEqual(await outcomes(stuck, () => ({ timeout: 200 })), expected('TASK_TIMEOUT'))
        // Without a limit nobody can know before the first time.
        const endless = (n: number): number => {
          if (n === 40) for (;;);
          return n
        }
        const cancelled = (n: number): ApplyOptions => (n === 40 ? { signal: AbortSignal.timeout(200) } : {})
        const first = await outcomes(endless, cancelled)
        assert.deepEqual(first.slice(40), expected('TASK_CANCELLED').slice(40))
        assert.deepEqual(await outcomes(endless, cancelled), expected('TASK_CANCELLED'))
      }),
  )

  test('where several run at once each has its own time, and listens for itself', limit, () =>
    withPool(kind, { processes: 1, concurrency: 4 }, async pool => {
      await pool.apply(loadTask)
      const long = pool.apply(sleep, [700])
      const listening = range(3).map(n => rejection(pool.apply(untilTold, [], { timeout: 100 + 50 * n })))
      const errors = await deadline(Promise.all(listening), 10_000, 'the timeouts')
      assert.deepEqual(
        errors.map(error => error['timeout']),
        [100, 150, 200],
      )
      assert.equal(await long, 700, 'who shared the worker was not harmed')
    }),
  )

  test(
    'an initializer runs once in each worker before its first task, with its arguments',
    limit,
    async () => {
      const folder = tempDir()
      const prepare = async (path: string, word: string): Promise<void> => {
        await new Promise(resolve => setTimeout(resolve, 20))
        ;(await import('node:fs')).appendFileSync(path, 'x')
        ;(globalThis as { word?: string }).word = word
      }
      const path = `${folder.path}/calls`
      await withPool(kind, { processes: 2, initializer: prepare, initargs: [path, 'hello'] }, async pool => {
        const say = (): string | undefined => (globalThis as { word?: string }).word
        const words = await Promise.all(range(40).map(() => pool.apply(say)))
        assert.deepEqual(new Set(words), new Set(['hello']))
        await until(() => pool.stats().workers.starting === 0, 'both workers')
        assert.equal(readFileSync(path, 'utf8'), 'xx')
      })
      const sync = (word: string): void => {
        ;(globalThis as { word?: string }).word = word
      }
      await withPool(kind, { initializer: sync, initargs: ['there'], maxTasksPerChild: 1 }, async pool => {
        const say = (): string | undefined => (globalThis as { word?: string }).word
        assert.deepEqual(await Promise.all(range(4).map(() => pool.apply(say))), [
          'there',
          'there',
          'there',
          'there',
        ])
      })
    },
  )

  test('an initializer that fails breaks the pool: what waits and what comes is told so', limit, async () => {
    const failing = async (name: string): Promise<void> => {
      await new Promise(resolve => setTimeout(resolve, 5))
      throw new RangeError(`no ${name}`)
    }
    await withPool(kind, { initializer: failing, initargs: ['database'], name: 'my pool' }, async pool => {
      const work = [
        pool.apply(square, [1]),
        pool.map(square, range(10)),
        pool.imap(square, range(10)).next(),
        pool.applyAsync(square, [1]).get(),
      ]
      for (const error of await Promise.all(work.map(rejection))) {
        assert.equal(error.name, 'BrokenPoolError')
        assert.equal(error['code'], 'INITIALIZER_FAILED')
        assert.match(error.message, /the initializer failing of my pool failed: no database/)
        assert.ok(error.cause instanceof RangeError)
      }
      assert.equal((await rejection(pool.apply(square, [1])))['code'], 'INITIALIZER_FAILED')
      assert.throws(() => pool.imap(square, [1]), { code: 'INITIALIZER_FAILED' })
      assert.equal(pool.stats().state, 'broken')
      assert.equal(await deadline(pool.join(), 10_000, 'join'), true)
    })
  })

  test('maxTasksPerChild counts explicit chunks as one task, and replaces workers in time', limit, () =>
    withPool(kind, { processes: 1, maxTasksPerChild: 2 }, async pool => {
      const ids = await pool.map(identify, range(40), { chunksize: 5 })
      const perWorker = new Map<number, number>()
      for (const id of ids) perWorker.set(id, (perWorker.get(id) ?? 0) + 1)
      assert.deepEqual([...perWorker.values()], [10, 10, 10, 10])
      assert.equal(pool.stats().deaths, 0)
    }),
  )

  test("a signal of another realm's, or of a simulated DOM, cancels a task", limit, async () => {
    class OtherSignal extends EventTarget {
      aborted = false
      reason: unknown
    }
    await withPool(kind, { processes: 1 }, async pool => {
      const signal = new OtherSignal()
      const task = rejection(pool.apply(untilTold, [], { signal: signal as never }))
      Object.assign(signal, { aborted: true, reason: 'gone' })
      signal.dispatchEvent(new Event('abort'))
      const { code, reason } = await task
      assert.deepEqual([code, reason], ['TASK_CANCELLED', 'gone'])
      const wrong = await rejection(pool.apply(untilTold, [], { signal: new EventTarget() as never }))
      assert.equal(wrong['code'], 'WRONG_OPTION')
    })
  })
})
