import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rejection, until, withExecutor } from '../pool/support.ts'
import { deadline, eachKind, nothingLeft, rounds, runProgram } from '../support/index.ts'
import { limit, range, square, withGate } from './executor-support.ts'

/*
 * The lines of the matrix on how executors end: C212 to C219.
 */

eachKind(kind => {
  const program = (body: string, options = {}): ReturnType<typeof runProgram> =>
    runProgram(
      `import { createExecutor } from 'manycore'
       const executor = createExecutor('${kind.name}', { maxWorkers: 2 })
       const say = async text => { await new Promise(r => setTimeout(r, 100)); return text }
       ${body}`,
      options,
    )

  test('C212 submit after shutdown is refused', limit, async () => {
    for (const wait of [true, false]) {
      const executor = new kind.Executor({ maxWorkers: 1 })
      await executor.submit(square, 2)
      await executor.shutdown({ wait })
      assert.throws(() => executor.submit(square, 1), { code: 'POOL_CLOSED', name: 'ClosedError' })
      assert.throws(() => executor.submitWith({}, square, 1), { code: 'POOL_CLOSED' })
      assert.throws(() => executor.map(square, [1]), { code: 'POOL_CLOSED' })
      await executor.shutdown()
    }
    await nothingLeft()
  })

  test('C213 the program waits for submitted work though nobody awaits it', limit, async () => {
    const { code, stdout, left } = await program(
      `executor.submit(say, 'one').addDoneCallback(async f => console.log(await f))
       executor.map(async n => { await new Promise(r => setTimeout(r, 30)); console.log('item', n) }, [1, 2, 3], { chunksize: 1 })`,
    )
    assert.deepEqual([code, left], [0, []])
    assert.deepEqual(stdout.split('\n').toSorted(), ['', 'item 1', 'item 2', 'item 3', 'one'])
  })

  test('C214 submitting while the program exits is refused', limit, async () => {
    const { code, stdout } = await program(
      `await executor.submit(say, 'one')
       process.on('exit', () => { try { executor.submit(say, 'two') } catch (error) { console.log(error.code) } })`,
    )
    assert.deepEqual([code, stdout], [0, 'PROGRAM_EXITING\n'])
  })

  test('C215 many short tasks and a shutdown: all end', limit, () =>
    withExecutor(kind, {}, async executor => {
      const futures = range(50).map(n => executor.submit(square, n))
      await deadline(executor.shutdown(), 15_000, 'shutdown')
      assert.ok(futures.every(future => future.done()))
      assert.deepEqual(await Promise.all(futures), range(50).map(square))
    }),
  )

  test('C216 cancelling at shutdown leaves nothing pending', limit, () =>
    withGate(({ pass, open }) =>
      withExecutor(kind, {}, async executor => {
        const futures = range(50).map(n => executor.submit(pass, n))
        const results = executor.map(pass, range(10))
        await until(() => futures.filter(future => future.running()).length === 2, 'two running')
        const running = futures.filter(future => future.running())
        const down = executor.shutdown({ cancelFutures: true })
        await until(() => futures.filter(future => future.cancelled()).length === 48, 'the others cancelled')
        assert.ok(running.every(future => future.running()))
        open()
        await deadline(down, 10_000, 'shutdown')
        assert.ok(futures.every(future => future.done()))
        assert.deepEqual(await Promise.all(running), [0, 1])
        assert.equal((await rejection(results.toArray()))['code'], 'TASK_CANCELLED')
      }),
    ),
  )

  test('C216 also what lies behind a running task in its worker', limit, () =>
    withGate(({ pass, open }) =>
      withExecutor(kind, { maxWorkers: 1 }, async executor => {
        // Quick ones first, so that the worker is given several at a time.
        await Promise.all(range(20).map(n => executor.submit(square, n)))
        const first = executor.submit(pass, 'first')
        const behind = range(20).map(n => executor.submitWith({ retries: 2 }, square, n))
        await until(() => first.running(), 'the first')
        const down = executor.shutdown({ cancelFutures: true })
        await deadline(Promise.allSettled(behind), 10_000, 'those behind it')
        assert.ok(behind.every(future => future.cancelled()))
        assert.equal(first.running(), true)
        open()
        assert.equal(await first, 'first')
        await deadline(down, 10_000, 'shutdown')
      }),
    ),
  )

  test('C217 shutdown without waiting while a task runs: the program ends after it', limit, async () => {
    const { code, stdout, left } = await program(
      `const future = executor.submit(say, 'done')
       future.addDoneCallback(async f => console.log(await f))
       await executor.shutdown({ wait: false })
       console.log('not waited')`,
    )
    assert.deepEqual([code, stdout, left], [0, 'not waited\ndone\n', []])
  })

  test('C218 a cancel just before shutdown does not hang', limit, async () => {
    for (const after of [0, 1, 20]) {
      const executor = new kind.Executor({ maxWorkers: 1 })
      const futures = range(3).map(n => executor.submit(square, n))
      if (after > 0) await new Promise(resolve => setTimeout(resolve, after))
      for (const future of futures) future.cancel()
      await deadline(executor.shutdown(), 10_000, 'shutdown')
      assert.ok(futures.every(future => future.done()))
    }
    await nothingLeft()
  })

  test('C219 workers are gone after every way of ending; results computed before stay', limit, async () => {
    const ways = {
      shutdown: executor => executor.shutdown(),
      scope: executor => executor[Symbol.asyncDispose](),
      'no wait': executor => executor.shutdown({ wait: false }),
      cancelling: executor => executor.shutdown({ cancelFutures: true }),
      terminating: executor => executor.terminateWorkers(),
    } satisfies Record<string, (executor: InstanceType<typeof kind.Executor>) => Promise<void>>
    for (const [way, end] of Object.entries(ways)) {
      const executor = new kind.Executor({ maxWorkers: rounds(1, 2) })
      const early = executor.submit(square, 7)
      const results = executor.map(square, range(5))
      await early
      const read = await results.toArray()
      await deadline(end(executor), 10_000, way)
      await nothingLeft()
      assert.equal(await early, 49, way)
      assert.deepEqual(read, range(5).map(square), way)
    }
  })

  test('C219 they are gone when the executor was dropped', limit, async () => {
    const { code, stdout, stderr } = await runProgram(
      `import { activeChildren, activeThreads, createExecutor } from 'manycore'
       async function drop() {
         const executor = createExecutor('${kind.name}', { maxWorkers: 1, name: 'forgotten' })
         return executor.submit(n => n * n, 4)
       }
       const seen = new Promise(resolve => process.on('warning', resolve))
       const future = await drop()
       const timer = setInterval(gc, 10)
       console.log(String(await seen))
       clearInterval(timer)
       console.log(future)`,
      { execArgv: ['--expose-gc'] },
    )
    assert.equal(code, 0, stderr)
    assert.match(
      stdout,
      /ManycoreWarning: forgotten was dropped without shutdown\(\); it is closed now\n16\n/,
    )
  })
})
