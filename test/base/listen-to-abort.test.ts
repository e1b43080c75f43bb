import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { suite, test } from 'node:test'
import { deferred, listenToAbort, waitFor } from '../../src/base/index.ts'

suite('listenToAbort', () => {
  test('calls once, and not at all when taken back', { timeout: 30_000 }, () => {
    const controller = new AbortController()
    let calls = 0
    const abort = () => calls++
    const unwanted = () => assert.fail('it was taken back')
    listenToAbort(controller.signal, abort)
    listenToAbort(controller.signal, unwanted)
    controller.signal.removeEventListener('abort', unwanted)
    controller.abort()
    assert.equal(calls, 1)
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  })

  test('takes a signal of another make', { timeout: 30_000 }, () => {
    const heard: unknown[] = []
    const own = { addEventListener: (...args: unknown[]) => heard.push(args) }
    const abort = () => {}
    listenToAbort(own as unknown as AbortSignal, abort)
    assert.deepEqual(heard, [['abort', abort, { once: true }]])
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
