import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { currentTask, type Future, group } from 'manycore'
import { rejection, until, withExecutor } from '../pool/support.ts'
import { deadline, eachKind, runProgram, tempDir } from '../support/index.ts'

const limit = { timeout: 60_000 }
const square = (n: number): number => n * n
const failing = async (text: string): Promise<never> => {
  await new Promise(resolve => setTimeout(resolve, 20))
  throw new RangeError(text)
}
const endless = (): never => {
  for (;;);
}
const patient = (): Promise<never> => new Promise(() => {})

eachKind(kind => {
  test('a group gives what its body returns, when all calls are over', limit, () =>
    withExecutor(kind, {}, async executor => {
      const futures: Future<number>[] = []
      const value = await group(executor, async scope => {
        for (let n = 0; n < 10; n++) futures.push(scope.submit(square, n))
        futures.push(scope.submitWith({ priority: 1 }, square, 10))
        return (await (futures[2] as Future<number>)) + 1
      })
      assert.equal(value, 5)
      assert.ok(futures.every(future => future.done() && !future.cancelled()))
      assert.equal(await group(executor, () => 'nothing to do'), 'nothing to do')
      assert.equal(await executor.submit(square, 3), 9, 'the executor goes on')
    }),
  )

  test(
    'the first failure cancels the others, running or not, and is what the group rejects with',
    limit,
    () =>
      withExecutor(kind, {}, async executor => {
        const others: Future<unknown>[] = []
        let signalled = false
        const error = await rejection(
          deadline(
            group(executor, async scope => {
              scope.signal.addEventListener('abort', () => {
                signalled = true
              })
              others.push(scope.submit(endless))
              scope.submit(failing, 'first')
              for (let n = 0; n < 5; n++) others.push(scope.submit(endless))
            }),
            10_000,
            'the group',
          ),
        )
        assert.ok(error instanceof RangeError)
        assert.equal(error.message, 'first')
        assert.equal(signalled, true)
        for (const other of others) assert.equal(other.state, 'cancelledAndNotified')
        assert.match(
          String((await rejection(others[0] as Future<unknown>))['reason']),
          /another task of its group failed/,
        )
        assert.equal(await executor.submit(square, 3), 9)
      }),
  )

  test('when the group has ended, nothing of it runs', limit, () =>
    withExecutor(kind, {}, async executor => {
      const folder = tempDir()
      const [begun, touched] = [`${folder.path}/begun`, `${folder.path}/touched`]
      /** Cleans up when it is told to stop, and takes its time. */
      const careful = async (begin: string, end: string): Promise<void> => {
        const { writeFileSync } = await import('node:fs')
        writeFileSync(begin, '')
        await new Promise<void>(resolve => currentTask()?.signal.addEventListener('abort', () => resolve()))
        await new Promise(resolve => setTimeout(resolve, 40))
        writeFileSync(end, '')
      }
      await group(executor, async scope => {
        scope.submit(careful, begun, touched)
        await until(() => existsSync(begun), 'the task')
        scope.cancel()
      })
      assert.equal(existsSync(touched), true, 'its clean-up was waited for')
      assert.equal(executor.stats().deaths, 0)
      folder.remove()
    }),
  )

  test('a task that runs out of time is waited for until its worker has let go of it', limit, () =>
    withExecutor(kind, { maxWorkers: 1 }, async executor => {
      const error = await rejection(group(executor, scope => void scope.submitWith({ timeout: 50 }, endless)))
      assert.equal(error['code'], 'TASK_TIMEOUT')
      assert.equal(executor.stats().workers.busy, 0)
    }),
  )

  test('an error of the body cancels the calls and is the one that comes', limit, () =>
    withExecutor(kind, {}, async executor => {
      let child: Future<unknown> | undefined
      const error = await rejection(
        group(executor, scope => {
          child = scope.submit(patient)
          throw new TypeError('from the body')
        }),
      )
      assert.equal(error.message, 'from the body')
      assert.equal(child?.cancelled(), true)
    }),
  )

  test('a call that is cancelled alone is no failure', limit, () =>
    withExecutor(kind, {}, async executor => {
      const value = await group(executor, async scope => {
        scope.submit(patient).cancel()
        return scope.submit(square, 4)
      })
      assert.equal(value, 16)
    }),
  )

  test('cancel() ends the rest and not the body: the quickest of several', limit, () =>
    withExecutor(kind, {}, async executor => {
      const first = await group(executor, async scope => {
        const quickest = await Promise.race([scope.submit(patient), scope.submit(square, 6)])
        scope.cancel('one is enough')
        assert.throws(() => scope.submit(square, 1), { code: 'GROUP_CLOSED', state: 'cancelled' })
        return quickest
      })
      assert.equal(first, 36)
    }),
  )

  test('a limit of time and a signal end the whole scope', limit, () =>
    withExecutor(kind, {}, async executor => {
      const children: Future<unknown>[] = []
      const wait = async (scope: { submit(fn: () => unknown): Future<unknown> }): Promise<void> => {
        children.push(scope.submit(patient))
        await children.at(-1)
      }
      const late = await rejection(group(executor, wait, { timeout: 60 }))
      assert.deepEqual([late.name, late['code']], ['TimeoutError', 'DEADLINE_PASSED'])
      const aborted = await rejection(group(executor, wait, { signal: AbortSignal.timeout(60) }))
      assert.equal(aborted['code'], 'TASK_CANCELLED')
      assert.ok(children.every(child => child.cancelled()))
      const before = await rejection(
        group(executor, scope => scope.submit(square, 1), { signal: AbortSignal.abort('no') }),
      )
      assert.deepEqual([before['code'], before['reason']], ['TASK_CANCELLED', 'no'])
    }),
  )

  test('groups nest: an inner failure that is caught leaves the outer one alone', limit, () =>
    withExecutor(kind, {}, async executor => {
      const value = await group(executor, async outer => {
        const kept = outer.submit(square, 7)
        const inner = await rejection(group(executor, scope => scope.submit(failing, 'inner')))
        assert.equal(inner.message, 'inner')
        return kept
      })
      assert.equal(value, 49)
    }),
  )

  test('the program stays alive until a group has let go of what it cancelled', limit, async () => {
    const { code, stdout, left } = await runProgram(
      `import { createExecutor, group } from 'manycore'
       const executor = createExecutor('${kind.name}', { maxWorkers: 2 })
       await group(executor, async scope => {
         const future = scope.submit(() => { for (;;); })
         while (!future.running()) await new Promise(r => setTimeout(r, 5))
         throw new Error('enough')
       }).catch(error => console.log(error.message))
       console.log('left')`,
    )
    assert.deepEqual([code, stdout, left], [0, 'enough\nleft\n', []])
  })

  test('wrong use is refused', limit, () =>
    withExecutor(kind, {}, async executor => {
      await assert.rejects(group(executor, 3 as never), { code: 'NOT_A_FUNCTION' })
      await assert.rejects(
        group(executor, () => 1, { timeout: 'soon' as never }),
        { code: 'WRONG_OPTION' },
      )
      let kept: { submit(fn: () => number): unknown } | undefined
      await group(executor, scope => {
        kept = scope
        assert.throws(() => scope.submit(3 as never), { code: 'NOT_A_FUNCTION' })
      })
      assert.throws(() => kept?.submit(() => 1), { code: 'GROUP_CLOSED', state: 'left' })
    }),
  )
})
