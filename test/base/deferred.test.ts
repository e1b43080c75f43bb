import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deferred, quiet } from '../../src/base/index.ts'
import { runProgram } from '../support/index.ts'

const DEFERRED = new URL('../../src/base/deferred.js', import.meta.url).href

test('resolve and reject settle the promise, the first of them for good', { timeout: 30_000 }, async () => {
  const good = deferred<number>()
  good.resolve(1)
  good.reject(new Error('too late'))
  assert.equal(await good.promise, 1)

  const bad = deferred()
  bad.reject(new Error('first'))
  bad.resolve()
  await assert.rejects(bad.promise, /first/)
})

test('resolve takes a promise and follows it', { timeout: 30_000 }, async () => {
  const { promise, resolve } = deferred<string>()
  resolve(Promise.resolve('later'))
  assert.equal(await promise, 'later')
})

test('quiet gives the same promise, and nobody awaiting it is no unhandled rejection', {
  timeout: 10_000,
}, async () => {
  const promise = Promise.resolve(1)
  assert.equal(quiet(promise), promise)
  const program = (wrap: string) =>
    `import { quiet } from '${DEFERRED}'
     ${wrap}(Promise.reject(new Error('nobody looks')))
     setImmediate(() => console.log('goes on'))`
  const kept = await runProgram(program('quiet'))
  assert.deepEqual([kept.code, kept.stdout], [0, 'goes on\n'])
  const loud = await runProgram(program('void'))
  assert.equal(loud.code, 1)
})
