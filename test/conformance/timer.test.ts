import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Timer } from 'manycore'
import { tempDir } from '../support/index.ts'

describe('threads', () => {
  test('C243 a timer calls after its interval, with a list of arguments of its own', {
    timeout: 20_000,
  }, async () => {
    const file = join(tempDir().path, 'called')
    const args: [string, number] = [file, 1]
    const began = performance.now()
    const timer = new Timer(
      60,
      async (path: string, n: number) => {
        const { writeFileSync } = await import('node:fs')
        writeFileSync(path, String(n))
      },
      args,
    )
    args[1] = 2
    timer.start()
    assert.throws(() => timer.start(), { code: 'ALREADY_STARTED' })
    assert.equal(await timer.join({ timeout: 0 }), false)
    assert.equal(await timer.join(), true)
    assert.ok(performance.now() - began >= 59)
    assert.equal(readFileSync(file, 'utf8'), '1')
    timer.cancel()
    assert.equal(timer.cancelled, false)
  })

  test('C243 a timer that is cancelled before does not call', { timeout: 30_000 }, async () => {
    const file = join(tempDir().path, 'never')
    const timer = new Timer(
      40,
      async (path: string) => {
        const { writeFileSync } = await import('node:fs')
        writeFileSync(path, 'called')
      },
      [file],
    ).start()
    timer.cancel()
    assert.equal(await timer.join(), true)
    assert.equal(timer.cancelled, true)
    assert.equal(existsSync(file), false)
    assert.throws(() => new Timer(1, 'no' as never), { code: 'NOT_A_FUNCTION' })
  })

  test('C243 a timer can not be joined before its start', { timeout: 20_000 }, async () => {
    const timer = new Timer(1, () => 1)
    await assert.rejects(timer.join(), { code: 'NOT_STARTED' })
    await assert.rejects(timer.join({ timeout: 0 }), { code: 'NOT_STARTED' })
    assert.equal(await timer.start().join(), true)
  })

  test('what can not travel is refused by the start of a timer, not when it is time', {
    timeout: 30_000,
  }, async () => {
    const held = { ref: new WeakRef({}) }
    assert.throws(() => new Timer(1, () => held.ref).start(), { code: 'CANNOT_CAPTURE' })
    const given = new Timer(1, (ref: unknown) => ref, [held.ref])
    assert.throws(() => given.start(), { code: 'CANNOT_CLONE' })
  })

  test('what can not travel by the time a timer fires is the error of whoever waits', {
    timeout: 30_000,
  }, async () => {
    const held: { ref: unknown } = { ref: 'nothing yet' }
    const timer = new Timer(20, () => held.ref).start()
    held.ref = new WeakRef({})
    await assert.rejects(timer.join(), { code: 'CANNOT_CAPTURE' })
  })

  test('what a timer closes over may change until it fires', { timeout: 30_000 }, async () => {
    const file = join(tempDir().path, 'said')
    const timer = new Timer(20, async () => {
      const { writeFileSync } = await import('node:fs')
      writeFileSync(file, word)
    }).start()
    const word = 'late'
    await timer.join()
    assert.equal(readFileSync(file, 'utf8'), 'late')
  })
})
