import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { asCompleted, Future, type FutureState, wait } from 'manycore'
import { all, rejection, until, withExecutor } from '../pool/support.ts'
import { deadline, eachKind } from '../support/index.ts'
import { limit, range, square, withGate } from './executor-support.ts'

/*
 * The lines of the matrix on futures: C221 to C230. Futures of no executor show each state at leisure.
 */

class Odd extends Error {}
const oops = new Odd('oops')

/** A future in each of the six states that Python's tests know. */
function six(): Record<'pending' | 'running' | 'cancelled' | 'notified' | 'failed' | 'fine', Future<number>> {
  const make = (shape: (future: Future<number>) => void): Future<number> => {
    const future = new Future<number>()
    shape(future)
    return future
  }
  return {
    pending: make(() => {}),
    running: make(future => void future.setRunningOrNotifyCancel()),
    cancelled: make(future => void future.cancel()),
    notified: make(future => {
      future.cancel()
      assert.equal(future.setRunningOrNotifyCancel(), false)
    }),
    failed: make(future => future.setException(oops)),
    fine: make(future => future.setResult(42)),
  }
}
const table = <T>(look: (future: Future<number>) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(six()).map(([name, future]) => [name, look(future)]))
const later = (fn: () => void): void => void setTimeout(fn, 20)

describe('futures by themselves', () => {
  test(
    'C221 done callbacks run for each outcome, in order, at once when already done; one that throws stops nobody',
    limit,
    async () => {
      const outcomes: readonly ((future: Future<number>) => unknown)[] = [
        future => future.setResult(1),
        future => future.setException(oops),
        future => future.cancel(),
      ]
      for (const settle of outcomes) {
        const future = new Future<number>()
        const calls: unknown[] = []
        const warned = new Promise<Error>(resolve => process.once('warning', resolve))
        future.addDoneCallback(given => calls.push(1, given === future, given.done()))
        future.addDoneCallback(() => {
          throw new Error('from a callback')
        })
        future.addDoneCallback(() => calls.push(2))
        settle(future)
        assert.deepEqual(calls, [1, true, true, 2], 'before settling returns')
        future.addDoneCallback(() => calls.push(3))
        assert.deepEqual(calls.slice(4), [3], 'at once')
        assert.match((await warned).message, /a done callback of <Future .*threw: Error: from a callback/)
      }
      assert.throws(() => new Future().addDoneCallback(3 as never), { code: 'NOT_A_FUNCTION' })
    },
  )

  test("C222 a future's text shows its state", limit, () => {
    const expected = {
      pending: '<Future pending>',
      running: '<Future running>',
      cancelled: '<Future cancelled>',
      notified: '<Future cancelledAndNotified>',
      failed: '<Future finished raised Odd>',
      fine: '<Future finished returned number>',
    }
    assert.deepEqual(table(String), expected)
    assert.deepEqual(
      table(future => inspect(future)),
      expected,
    )
    assert.equal(Object.prototype.toString.call(new Future()), '[object Future]')
  })

  test('C223 cancel, cancelled, done and running agree in every state', limit, () => {
    const no = {
      pending: false,
      running: false,
      cancelled: false,
      notified: false,
      failed: false,
      fine: false,
    }
    assert.deepEqual(
      table(future => future.cancel()),
      { ...no, pending: true, cancelled: true, notified: true },
    )
    assert.deepEqual(
      table(future => future.cancelled()),
      { ...no, cancelled: true, notified: true },
    )
    assert.deepEqual(
      table(future => future.done()),
      { ...no, cancelled: true, notified: true, failed: true, fine: true },
    )
    assert.deepEqual(
      table(future => future.running()),
      { ...no, running: true },
    )
    assert.deepEqual(
      table(future => future.state),
      {
        pending: 'pending',
        running: 'running',
        cancelled: 'cancelled',
        notified: 'cancelledAndNotified',
        failed: 'finished',
        fine: 'finished',
      } satisfies Record<string, FutureState>,
    )
  })

  test('C224 result and exception with a limit of zero agree in every state', limit, async () => {
    const ask = async (promise: Promise<unknown>): Promise<unknown> => {
      try {
        return await promise
      } catch (error) {
        return (error as { code?: string }).code ?? error
      }
    }
    for (const [name, future] of Object.entries(six())) {
      const result = await ask(future.result({ timeout: 0 }))
      const exception = await ask(future.exception({ timeout: 0 }))
      const expected = {
        pending: ['WAIT_TIMEOUT', 'WAIT_TIMEOUT'],
        running: ['WAIT_TIMEOUT', 'WAIT_TIMEOUT'],
        cancelled: ['TASK_CANCELLED', 'TASK_CANCELLED'],
        notified: ['TASK_CANCELLED', 'TASK_CANCELLED'],
        failed: [oops, oops],
        fine: [42, null],
      }[name]
      assert.deepEqual([result, exception], expected, name)
    }
  })

  test('C225 a waiter wakes on a result, an error or a cancel', limit, async () => {
    const [fine, failed, cancelled] = [new Future<number>(), new Future<number>(), new Future<number>()]
    later(() => fine.setResult(5))
    later(() => failed.setException(oops))
    later(() => cancelled.cancel('changed my mind'))
    const soon = { timeout: 10_000 }
    assert.equal(await fine.result(soon), 5)
    assert.equal(await rejection(failed.result(soon)), oops)
    assert.equal(await failed.exception(soon), oops)
    assert.equal((await rejection(cancelled.result(soon)))['reason'], 'changed my mind')
    assert.equal((await rejection(cancelled.exception(soon)))['code'], 'TASK_CANCELLED')
    // As a promise, too.
    assert.equal(await fine, 5)
    assert.equal(await failed.catch(error => error), oops)
    let ended = 0
    await fine.finally(() => ended++)
    assert.equal(ended, 1)
    const aborted = new Future<void>().result({ signal: AbortSignal.abort() })
    assert.equal((await rejection(aborted))['code'], 'WAIT_ABORTED')
  })

  test('C226 settling twice is refused and keeps the first', limit, async () => {
    const { fine, failed, cancelled, running, notified } = six()
    for (const future of [fine, failed, cancelled, notified]) {
      assert.throws(() => future.setResult(1), { code: 'INVALID_STATE', name: 'InvalidStateError' })
      assert.throws(() => future.setException(new Error('other')), { code: 'INVALID_STATE' })
    }
    for (const future of [fine, failed, running, notified])
      assert.throws(() => future.setRunningOrNotifyCancel(), { code: 'INVALID_STATE' })
    assert.equal(await fine, 42)
    assert.equal(await failed.exception(), oops)
    running.setResult(8)
    assert.equal(await running, 8)
  })

  test('C227 asCompleted gives each once, done ones first, within its limit', limit, async () => {
    const { pending, fine, failed, notified } = six()
    later(() => pending.setResult(3))
    const order = await all(asCompleted([pending, fine, pending, failed, fine, notified, pending]))
    assert.deepEqual(order, [fine, failed, notified, pending])
    assert.deepEqual(await all(asCompleted([])), [])
    const fromGenerator = (function* () {
      yield fine
    })()
    assert.deepEqual(await all(asCompleted(fromGenerator)), [fine])
    for (const timeout of [0, 100]) {
      const { pending: open, running, fine: ready, failed: bad } = six()
      const read: unknown[] = []
      const error = await rejection(
        (async () => {
          for await (const future of asCompleted([open, running, ready, bad], { timeout })) read.push(future)
        })(),
      )
      assert.deepEqual(read, [ready, bad])
      assert.equal(error.name, 'TimeoutError')
      assert.match(error.message, new RegExp(`^2 \\(of 4\\) futures unfinished after ${timeout} ms`))
    }
    assert.throws(() => asCompleted(3 as never), { code: 'NOT_ITERABLE' })
    assert.throws(() => asCompleted([Promise.resolve()] as never), { code: 'WRONG_OPTION' })
    assert.throws(() => asCompleted([], { timeout: 'soon' as never }), { code: 'WRONG_OPTION' })
  })

  test('C228 wait sorts into done and not done for each of its modes', limit, async () => {
    const sorted = async (
      names: readonly (keyof ReturnType<typeof six>)[],
      options: Parameters<typeof wait>[1],
      settle: (futures: ReturnType<typeof six>) => void = () => {},
    ): Promise<unknown> => {
      const futures = six()
      later(() => settle(futures))
      const { done, notDone } = await wait(
        names.map(name => futures[name]),
        options,
      )
      const nameOf = (future: Future<number>): string | undefined =>
        Object.entries(futures).find(([, each]) => each === future)?.[0]
      return [[...done].map(nameOf), [...notDone].map(nameOf)]
    }
    const first = { returnWhen: 'FIRST_COMPLETED' } as const
    const failure = { returnWhen: 'FIRST_EXCEPTION' } as const
    assert.deepEqual(await sorted([], {}), [[], []])
    assert.deepEqual(await sorted(['fine', 'fine', 'pending', 'pending'], first), [['fine'], ['pending']])
    assert.deepEqual(await sorted(['running', 'pending'], first, ({ running }) => running.setResult(1)), [
      ['running'],
      ['pending'],
    ])
    assert.deepEqual(await sorted(['pending', 'notified'], first), [['notified'], ['pending']])
    assert.deepEqual(await sorted(['fine', 'failed', 'pending'], failure), [['fine', 'failed'], ['pending']])
    assert.deepEqual(
      await sorted(['fine', 'notified', 'running', 'pending'], failure, ({ running }) =>
        running.setException(oops),
      ),
      [['fine', 'notified', 'running'], ['pending']],
    )
    assert.deepEqual(
      await sorted(['fine', 'failed', 'running', 'pending'], {}, ({ running, pending }) => {
        running.setResult(1)
        pending.setException(oops)
      }),
      [['fine', 'failed', 'running', 'pending'], []],
    )
    // Cancelled, but nobody has taken note yet: not done.
    assert.deepEqual(await sorted(['cancelled', 'fine', 'pending'], { timeout: 50 }), [
      ['fine'],
      ['cancelled', 'pending'],
    ])
    assert.deepEqual(
      await sorted(['cancelled'], {}, ({ cancelled }) => void cancelled.setRunningOrNotifyCancel()),
      [['cancelled'], []],
    )
    await assert.rejects(wait([], { returnWhen: 'SOON' as never }), { code: 'WRONG_OPTION' })
    await assert.rejects(wait([new Future()], { signal: AbortSignal.abort() }), { code: 'WAIT_ABORTED' })
  })
})

eachKind(kind => {
  test(
    'C223 a future of an executor is pending, running, finished or cancelled; running ones are stopped',
    limit,
    () =>
      withGate(({ pass, open }) =>
        withExecutor(kind, { maxWorkers: 1 }, async executor => {
          const [first, second, third] = [1, 2, 3].map(n => executor.submit(pass, n)) as [
            Future<number>,
            Future<number>,
            Future<number>,
          ]
          assert.equal(first.state, 'pending')
          await until(() => first.running(), 'the first')
          assert.deepEqual([first.state, second.state], ['running', 'pending'])
          assert.match(String(first), /^<Future pass\(1\) running>$/)
          assert.equal(second.cancel(), true)
          assert.equal(second.state, 'cancelledAndNotified', 'no worker has seen it')
          assert.equal(first.cancel('stop'), true)
          assert.deepEqual([first.state, first.running(), first.done()], ['cancelled', false, true])
          assert.equal((await rejection(first))['reason'], 'stop')
          const { done } = await deadline(wait([first]), 10_000, 'its worker lets go')
          assert.deepEqual([...done], [first])
          assert.equal(first.state, 'cancelledAndNotified')
          open()
          assert.equal(await third, 3)
          assert.equal(third.cancel(), false)
          assert.equal(third.state, 'finished')
        }),
      ),
  )

  test('C228 C227 wait and asCompleted over the futures of an executor', limit, () =>
    withExecutor(kind, {}, async executor => {
      const futures = range(20).map(n => executor.submit(square, n))
      const { done, notDone } = await wait(futures)
      assert.deepEqual([done.size, notDone.size], [20, 0])
      const values: number[] = []
      for await (const future of asCompleted(range(20).map(n => executor.submit(square, n))))
        values.push(await future)
      assert.deepEqual(
        values.toSorted((a, b) => a - b),
        range(20).map(square),
      )
    }),
  )

  test('C229 many futures settling at once lose no wake-up', limit, () =>
    withExecutor(kind, {}, async executor => {
      for (let round = 0; round < 10; round++) {
        const futures = range(100).map(n => executor.submit(square, n))
        const [waited, read] = await deadline(
          Promise.all([wait(futures), all(asCompleted(futures))]),
          10_000,
          `round ${round}`,
        )
        assert.deepEqual([waited.done.size, new Set(read).size], [100, 100])
      }
    }),
  )

  test('C230 a saturated executor makes its workers and no more; an error names its type', limit, () =>
    withGate(({ pass, open }) =>
      withExecutor(kind, { maxWorkers: 4 }, async executor => {
        const futures = range(60).map(n => executor.submit(pass, n))
        await until(() => executor.stats().workers.busy === 4, 'four at work')
        assert.equal(executor.stats().workers.total, 4)
        open()
        assert.deepEqual(await Promise.all(futures), range(60))
        assert.equal(executor.stats().workers.total, 4)
        const failing = executor.submit((): never => {
          throw new SyntaxError('bad word')
        })
        const error = await failing.exception()
        assert.ok(error instanceof SyntaxError)
        assert.match(String(failing), /finished raised SyntaxError/)
      }),
    ),
  )
})
