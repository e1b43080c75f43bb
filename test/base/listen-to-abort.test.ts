import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { suite, test } from 'node:test'
import { deferred, listenToAbort, waitFor } from '../../src/base/index.ts'

suite('listenToAbort', () => {
  test('calls once, and not at all when taken back', { timeout: 30_000 }, () => {
    const controller = new AbortController()
    let calls = 0
    const unwanted = () => assert.fail('it was taken back')
    listenToAbort(controller.signal, () => calls++)
    listenToAbort(controller.signal, unwanted)()
    controller.abort()
    assert.equal(calls, 1)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  })

  test('takes a signal of another make', { timeout: 30_000 }, () => {
    const heard: unknown[] = []
    let listener = () => {}
    const own = {
      addEventListener: (type: string, given: () => void) => {
        heard.push(type)
        listener = given
      },
      removeEventListener: (type: string, given: () => void) => heard.push(`not ${type}`, given === listener),
    }
    const signal = own as unknown as AbortSignal
    listenToAbort(signal, () => assert.fail('it was taken back'))()
    listenToAbort(signal, () => heard.push('aborted'))
    listener()
    assert.deepEqual(heard, ['abort', 'not abort', true, 'abort', 'aborted'])
  })

  test('all have one listener at the signal, which goes with the last of them', { timeout: 30_000 }, () => {
    const { signal } = new AbortController()
    const stops = Array.from({ length: 3 }, () => listenToAbort(signal, () => {}))
    assert.equal(getEventListeners(signal, 'abort').length, 1)
    for (const stop of stops) {
      assert.equal(getEventListeners(signal, 'abort').length, 1)
      stop()
    }
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  test('one that throws stops none of the others', { timeout: 30_000 }, async () => {
    const controller = new AbortController()
    let calls = 0
    listenToAbort(controller.signal, () => {
      throw new Error('from here')
    })
    listenToAbort(controller.signal, () => calls++)
    const thrown = new Promise<Error>(resolve => process.setUncaughtExceptionCaptureCallback(resolve))
    try {
      controller.abort()
      assert.equal(calls, 1)
      assert.equal((await thrown).message, 'from here')
    } finally {
      process.setUncaughtExceptionCaptureCallback(null)
    }
  })

  test('however many wait for one signal, no leak is told of', { timeout: 30_000 }, async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    const { signal } = new AbortController()
    const { promise, resolve } = deferred()
    const waits = Array.from({ length: 20 }, () => waitFor(promise, 'it', { signal }))
    await new Promise(setImmediate)
    resolve()
    await Promise.all(waits)
    process.off('warning', note)
    assert.deepEqual(warnings, [])
  })
})
