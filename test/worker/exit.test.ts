import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { Pool, Process, setUncaughtHook, SystemExit, WorkerDiedError } from 'manycore'
import { deadline, eachKind, nothingLeft, runProgram, tempDir } from '../support/index.ts'
import { code, LIMIT, stderrOf } from './support.ts'

class Unreadable extends Error {
  readonly shelf: number
  readonly book: string

  constructor(shelf: number, book: string) {
    if (typeof shelf !== 'number') throw new TypeError('a shelf has a number')
    super(`${book} on ${shelf}`)
    this.shelf = shelf
    this.book = book
  }
}

eachKind(kind => {
  const { Worker } = kind
  afterEach(() => nothingLeft())

  /** Runs a target to its end: exit code, what was printed, and how its result came out. */
  async function run(
    target: () => unknown,
    name = 'worker',
  ): Promise<{ exitCode: number | null; printed: string; outcome: PromiseSettledResult<unknown> }> {
    const worker = new Worker({ target, name })
    let outcome: PromiseSettledResult<unknown> | undefined
    const printed = await stderrOf(async () => {
      worker.start()
      outcome = (await Promise.allSettled([worker.result()]))[0]
      await deadline(worker.join(), 10_000, 'its end')
    })
    return { exitCode: worker.exitCode, printed, outcome: outcome as PromiseSettledResult<unknown> }
  }

  test('C25 an exit request ends the worker with its status', LIMIT, async () => {
    const rules = [
      [undefined, 0],
      [null, 0],
      [0, 0],
      [8, 8],
      [300, 44],
      [-1, 255],
      [true, 1],
      [false, 0],
    ] as const
    const target = (status: unknown): never => {
      throw new SystemExit(status)
    }
    const workers = rules.map(([status]) => new Worker({ target, args: [status] }).start())
    for (const worker of workers) await assert.rejects(worker.result(), SystemExit)
    await Promise.all(workers.map(worker => worker.join()))
    assert.deepEqual(
      workers.map(worker => worker.exitCode),
      rules.map(([, expected]) => expected),
    )
  })

  for (const [status, text] of [
    ['no paper', 'no paper\n'],
    [{ paper: 0 }, '{ paper: 0 }\n'],
    [1.5, '1.5\n'],
  ] as const) {
    test(`C25 an exit request with ${text.trim()} prints it and gives 1`, LIMIT, async () => {
      const { exitCode, printed } = await run(() => {
        throw new SystemExit(status)
      })
      assert.equal(exitCode, 1)
      assert.equal(printed, text)
    })
  }

  test('C25 process.exit ends the worker with its status, eight bits of it', LIMIT, async () => {
    const rules = [
      [undefined, 0],
      [0, 0],
      [7, 7],
      [300, 44],
      [-1, 255],
    ] as const
    const target = (status: number | undefined): never => process.exit(status)
    const workers = rules.map(([status]) => new Worker({ target, args: [status], name: 'leaver' }).start())
    for (const [i, worker] of workers.entries()) {
      await assert.rejects(worker.result(), (error: unknown) => {
        assert.ok(error instanceof WorkerDiedError)
        assert.equal(error.exitCode, rules[i]?.[1])
        assert.equal(error.signal, null)
        assert.equal(error.outOfMemory, false)
        assert.equal(error.worker, 'leaver')
        return true
      })
      await worker.join()
      assert.equal(worker.exitCode, rules[i]?.[1])
    }
  })

  test('C25 process.exitCode counts when the target returns', LIMIT, async () => {
    const { exitCode, outcome } = await run(() => {
      process.exitCode = 5
      return 'done'
    })
    assert.equal(exitCode, 5)
    assert.deepEqual(outcome, { status: 'fulfilled', value: 'done' })
  })

  test('C237 none is started in an exit handler, where it could not run', LIMIT, async () => {
    const { stdout, left } = await runProgram(`
      import { ${kind.Worker.name} as Worker } from 'manycore'
      process.on('exit', () => {
        try { new Worker({ target: () => 1, name: 'late' }).start() } catch (error) { console.log(error.code, error.message) }
      })
      await new Worker({ target: () => 1 }).start().join()`)
    assert.match(stdout, /^PROGRAM_EXITING late was started while the program exits/)
    assert.deepEqual(left, [])
  })

  test('C24 an uncaught error prints its stack, with file and line, before the end', LIMIT, async () => {
    const { exitCode, printed } = await run(function deep() {
      throw new RangeError('out of paper')
    }, 'printer')
    assert.equal(exitCode, 1)
    assert.match(printed, /^printer.* ended by an error\nRangeError: out of paper\n/)
    assert.match(printed, /at deep .*exit\.test\.[jt]s:\d+:\d+/)
  })

  test('C24 an error that can not be shown is no reason to hang', LIMIT, async () => {
    const { exitCode, printed } = await run(() => {
      throw {
        [Symbol.for('nodejs.util.inspect.custom')](): never {
          throw new Error('no')
        },
      }
    })
    assert.equal(exitCode, 1)
    assert.match(printed, /ended by an error/)
  })

  test('a thrown error keeps its class, fields and cause, and shows both stacks', LIMIT, async () => {
    const { outcome } = await run(() => {
      throw Object.assign(new Unreadable(3, 'Ulysses'), { cause: new Error('mice'), code: 'EMICE' })
    })
    assert.ok(outcome.status === 'rejected')
    const error = outcome.reason as Unreadable & { code: string; remoteStack: string }
    assert.equal(error.constructor.name, 'Unreadable')
    assert.deepEqual(
      [error.message, error.shelf, error.book, error.code],
      ['Ulysses on 3', 3, 'Ulysses', 'EMICE'],
    )
    assert.equal((error.cause as Error).message, 'mice')
    assert.match(String(error.stack), /sent to worker from/)
    assert.match(String(error.stack), /exit\.test/)
    assert.doesNotMatch(error.remoteStack, /sent to/)
  })

  test('anything can be thrown and arrives as it is', LIMIT, async () => {
    const values = ['a text', 42, null, undefined, { plain: true }]
    const target = (value: unknown): never => {
      throw value
    }
    await stderrOf(async () => {
      const workers = values.map(value => new Worker({ target, args: [value] }).start())
      const outcomes = await Promise.allSettled(workers.map(worker => worker.result()))
      await Promise.all(workers.map(worker => worker.join()))
      assert.deepEqual(
        outcomes,
        values.map(reason => ({ status: 'rejected', reason })),
      )
      for (const worker of workers) assert.equal(worker.exitCode, 1)
    })
  })

  test('an unhandled rejection ends the worker with 1 and is its outcome', LIMIT, async () => {
    const { exitCode, printed, outcome } = await run(() => {
      void Promise.reject(new TypeError('forgotten'))
      return new Promise(() => setInterval(() => {}, 1000))
    }, 'forgetful')
    assert.equal(exitCode, 1)
    assert.match(printed, /^forgetful.* ended by an error\nTypeError: forgotten\n/)
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof TypeError)
  })

  test('an error in a timer ends the worker with 1, after its result too', LIMIT, async () => {
    const { exitCode, printed, outcome } = await run(() => {
      setTimeout(() => {
        throw new TypeError('late')
      }, 20)
      return 'early'
    })
    assert.deepEqual(outcome, { status: 'fulfilled', value: 'early' })
    assert.equal(exitCode, 1)
    assert.match(printed, /TypeError: late/)
  })

  test("the worker's own listener for uncaught errors decides instead", LIMIT, async () => {
    const { exitCode, printed, outcome } = await run(
      () =>
        new Promise(resolve => {
          process.on('uncaughtException', error => resolve(`caught ${error.message}`))
          setTimeout(() => {
            throw new Error('ball')
          })
        }),
    )
    assert.deepEqual(outcome, { status: 'fulfilled', value: 'caught ball' })
    assert.equal(exitCode, 0)
    assert.equal(printed, '')
  })

  test('an error ends a worker that still has timers', LIMIT, async () => {
    const { exitCode } = await run(() => {
      setInterval(() => {}, 1000)
      throw new Error('that is all')
    })
    assert.equal(exitCode, 1)
  })

  test('C242 a hook gets the error and the worker; what it throws changes nothing', LIMIT, async () => {
    const seen: unknown[] = []
    const before = setUncaughtHook((error, worker) => {
      seen.push(error, worker.name)
      throw new Error('the hook fails')
    })
    const warnings: Error[] = []
    const onWarning = (warning: Error): number => warnings.push(warning)
    process.on('warning', onWarning)
    try {
      const { exitCode, printed } = await run(() => {
        throw new RangeError('hooked')
      }, 'fish')
      assert.equal(exitCode, 1)
      assert.doesNotMatch(printed, /hooked/)
      assert.ok(seen[0] instanceof RangeError)
      assert.equal(seen[1], 'fish')
      const silent = await run(() => {
        throw new SystemExit(3)
      })
      assert.equal(silent.exitCode, 3)
      assert.equal(seen.length, 2, 'an exit request is silent')
    } finally {
      assert.notEqual(setUncaughtHook(before), undefined)
      process.off('warning', onWarning)
    }
    assert.match(String(warnings[0]), /the hook fails/)
    assert.match(
      (
        await run(() => {
          throw new Error('printed again')
        })
      ).printed,
      /printed again/,
    )
  })

  test('what a killed worker held says how it died', LIMIT, async () => {
    const worker = new Worker({
      target: async () => {
        process.stderr.write('my last words\n')
        await new Promise(resolve => setTimeout(resolve, 60_000))
      },
      name: 'victim',
    })
    const printed = await stderrOf(async said => {
      worker.start()
      const result = worker.result()
      result.catch(() => {})
      await said(/my last words/)
      worker.kill()
      await assert.rejects(result, (error: unknown) => {
        assert.ok(error instanceof WorkerDiedError)
        assert.equal(error.signal, 'SIGKILL')
        assert.equal(error.exitCode, -9)
        assert.equal(error.outOfMemory, false)
        assert.match(error.stderr, /my last words/)
        assert.match(error.message, /victim/)
        return true
      })
      await worker.join()
    })
    assert.match(printed, /my last words/)
    assert.equal(worker.exitCode, -9)
  })

  test('a worker that runs out of memory says so', { timeout: 60_000 }, async () => {
    const worker = new Worker({
      target: () => {
        const hoard: unknown[] = []
        for (;;) hoard.push(new Array(1e5).fill(Math.random()))
      },
      ...kind.pick(
        { resourceLimits: { maxOldGenerationSizeMb: 24 } },
        { execArgv: ['--max-old-space-size=24'] },
      ),
    } as never)
    await stderrOf(async () => {
      worker.start()
      await assert.rejects(worker.result(), (error: unknown) => {
        assert.ok(error instanceof WorkerDiedError)
        assert.equal(error.outOfMemory, true)
        return true
      })
      await worker.join()
    })
    assert.notEqual(worker.exitCode, 0)
  })

  test('a result that can not cross is its error', LIMIT, async () => {
    const { outcome, exitCode } = await run(() => ({ pending: Promise.resolve() }))
    assert.ok(outcome.status === 'rejected')
    assert.equal((outcome.reason as { code?: string }).code, 'CANNOT_CLONE')
    assert.equal(exitCode, 0)
  })

  test('result waits no longer than it is told', LIMIT, async () => {
    const worker = new Worker({ target: () => new Promise(() => setInterval(() => {}, 1000)) }).start()
    await assert.rejects(worker.result({ timeout: 0 }), code('WAIT_TIMEOUT'))
    await assert.rejects(worker.result({ timeout: 20 }), code('WAIT_TIMEOUT'))
    await assert.rejects(worker.result({ signal: AbortSignal.abort() }), code('WAIT_ABORTED'))
    await assert.rejects(worker.join({ signal: AbortSignal.abort() }), code('WAIT_ABORTED'))
    await assert.rejects(worker.join({ timeout: 'soon' as never }), code('WRONG_OPTION'))
    assert.equal(await worker.join({ timeout: 1 }), false)
    worker.terminate()
    await worker.join()
  })

  test('a large result arrives in full though the worker ends right after it', LIMIT, async () => {
    const worker = new Worker({ target: () => new Uint8Array(30_000_000).fill(7) }).start()
    const bytes = await worker.result()
    assert.equal(bytes.length, 30_000_000)
    assert.equal(bytes[29_999_999], 7)
    await worker.join()
    assert.equal(worker.exitCode, 0)
  })
})

test('a process that hangs in its very end is ended, and has the status that it said', LIMIT, async () => {
  // In place of the engine's own hang, below all that is ours.
  const hang = join(tempDir().path, 'hang.cjs')
  writeFileSync(
    hang,
    'process.reallyExit = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
  )
  const execArgv = ['--require', hang]
  const child = new Process({ target: () => process.exit(7), execArgv, name: 'leaver' }).start()
  const pool = new Pool({ processes: 1, execArgv })
  const [alone, called, next] = await Promise.all([
    child.result().catch((error: unknown) => error),
    pool.apply(() => process.exit(8)).catch((error: unknown) => error),
    pool.apply(() => 'next'),
  ])
  for (const [error, status] of [
    [alone, 7],
    [called, 8],
  ] as const) {
    assert.ok(error instanceof WorkerDiedError, String(error))
    assert.deepEqual([error.exitCode, error.signal], [status, null])
  }
  assert.equal(next, 'next')
  await child.join()
  pool.close()
  await pool.join()
})
