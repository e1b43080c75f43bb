import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { suite, test } from 'node:test'
import {
  CancelledError,
  checkTimeout,
  deferred,
  describe,
  TIMED_OUT,
  UsageError,
  waitFor,
} from '../../src/base/index.ts'
import { listenToPromise } from '../../src/base/listen-to-promise.ts'

const never = new Promise<never>(() => {})

/** How often somebody has hooked himself on a promise from now on. */
function countHooks(promise: Promise<unknown>): () => number {
  let count = 0
  const then = promise.then.bind(promise)
  // biome-ignore lint/suspicious/noThenProperty: it is one
  promise.then = ((...args: Parameters<typeof then>) => {
    count++
    return then(...args)
  }) as typeof promise.then
  return () => count
}

suite('waitFor', () => {
  test('passes on the value or the error of the promise', { timeout: 30_000 }, async () => {
    for (const options of [{}, { timeout: 1000 }, { signal: new AbortController().signal }]) {
      assert.equal(await waitFor(Promise.resolve(7), 'seven', options), 7)
      await assert.rejects(waitFor(Promise.reject(new Error('its own')), 'it', options), /^Error: its own$/)
    }
  })

  test('gives TIMED_OUT when the time came first', { timeout: 30_000 }, async () => {
    assert.equal(await waitFor(never, 'it', { timeout: 5 }), TIMED_OUT)
  })

  test('a limit of zero or less polls: what is settled is seen, what is not is not waited for', {
    timeout: 5000,
  }, async () => {
    for (const timeout of [0, -1, Number.NEGATIVE_INFINITY]) {
      assert.equal(await waitFor(Promise.resolve(1), 'one', { timeout }), 1)
      assert.equal(await waitFor(never, 'it', { timeout }), TIMED_OUT)
    }
  })

  test('who waits again and again leaves nothing with the promise', { timeout: 30_000 }, async () => {
    const { promise, resolve } = deferred<number>()
    const hooks = countHooks(promise)
    const patient = waitFor(promise, 'it', { timeout: 20_000 })
    const fail = () => assert.fail('it was taken back')
    listenToPromise(promise, fail, fail)()
    for (let poll = 0; poll < 5; poll++) assert.equal(await waitFor(promise, 'it', { timeout: 0 }), TIMED_OUT)
    assert.equal(hooks(), 1)
    resolve(7)
    assert.deepEqual([await patient, await waitFor(promise, 'it', { timeout: 0 })], [7, 7])
  })

  test('each of those who wait for one promise is told, and who has left is not', {
    timeout: 30_000,
  }, async () => {
    const { promise, reject } = deferred<number>()
    const controller = new AbortController()
    const waiting = [{ timeout: 20_000 }, { signal: controller.signal }, { timeout: 0 }].map(limits =>
      waitFor(promise, 'it', limits).catch(
        (error: { code?: string; message: string }) => error.code ?? error.message,
      ),
    )
    controller.abort()
    assert.equal(await waiting[2], TIMED_OUT)
    reject(new Error('its own'))
    assert.deepEqual(await Promise.all(waiting), ['its own', 'WAIT_ABORTED', TIMED_OUT])
  })

  test('an infinite limit waits', { timeout: 30_000 }, async () => {
    const { promise, resolve } = deferred<string>()
    const waiting = waitFor(promise, 'it', { timeout: Number.POSITIVE_INFINITY })
    setImmediate(() => resolve('came'))
    assert.equal(await waiting, 'came')
  })

  test('an abort rejects with its reason, also one from before', { timeout: 30_000 }, async () => {
    const check = (error: unknown) => {
      assert.ok(error instanceof CancelledError)
      assert.equal(error.code, 'WAIT_ABORTED')
      assert.equal(error.reason, 'enough')
      assert.match(error.message, /^waiting for the queue was aborted: enough/)
      return true
    }
    await assert.rejects(waitFor(never, 'the queue', { signal: AbortSignal.abort('enough') }), check)
    const controller = new AbortController()
    const waiting = waitFor(never, 'the queue', { signal: controller.signal, timeout: 1000 })
    controller.abort('enough')
    await assert.rejects(waiting, check)
  })

  test('leaves no listener and no timer behind, whoever came first', { timeout: 30_000 }, async () => {
    const { signal } = new AbortController()
    const before = process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    await waitFor(Promise.resolve(1), 'one', { signal, timeout: 60_000 })
    await waitFor(never, 'it', { signal, timeout: 1 })
    await waitFor(Promise.reject(new Error('x')), 'it', { signal, timeout: 60_000 }).catch(() => {})
    assert.equal(getEventListeners(signal, 'abort').length, 0)
    assert.equal(process.getActiveResourcesInfo().filter(name => name === 'Timeout').length, before)
  })

  test('takes any thenable', { timeout: 30_000 }, async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- a thenable is what is tested
    const thenable = { then: (yes: (value: number) => void) => yes(5) } as unknown as PromiseLike<number>
    assert.equal(await waitFor(thenable, 'five', { timeout: 100 }), 5)
  })
})

suite('checkTimeout', () => {
  test('takes numbers and nothing', () => {
    for (const fine of [undefined, 0, -1, 1.5, Number.POSITIVE_INFINITY]) checkTimeout('join', fine)
  })

  for (const wrong of ['10', Number.NaN, null, 10n, {}]) {
    test(`refuses ${describe(wrong)}`, () => {
      assert.throws(
        () => checkTimeout('join', wrong),
        (error: unknown) =>
          error instanceof UsageError &&
          error.code === 'WRONG_OPTION' &&
          error.message.startsWith('join: timeout must be a number of milliseconds, but got '),
      )
    })
  }

  test('a wrong timeout rejects where it was given', { timeout: 30_000 }, () => {
    assert.throws(() => waitFor(Promise.resolve(1), 'one', { timeout: Number.NaN }), { code: 'WRONG_OPTION' })
  })
})
