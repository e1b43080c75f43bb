import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Future, group } from '../../src/future/index.ts'
import { AsyncResult } from '../../src/pool/index.ts'

/* What limits leave behind: nothing, though a wait may be long over before its limit, or begin again and again. */

const limit = { timeout: 10_000 }

test('who asks a result again and again hooks on once', limit, async () => {
  const result = new AsyncResult<number>()
  let hooks = 0
  const { end } = result
  const then = end.then.bind(end)
  // biome-ignore lint/suspicious/noThenProperty: it is one
  end.then = ((...args: Parameters<typeof then>) => {
    hooks++
    return then(...args)
  }) as typeof end.then
  for (let poll = 0; poll < 3; poll++) {
    assert.equal(await result.wait({ timeout: 0 }), false)
    await assert.rejects(result.get({ timeout: 0 }), { code: 'WAIT_TIMEOUT' })
    await assert.rejects(result.exception({ timeout: 0 }), { code: 'WAIT_TIMEOUT' })
  }
  assert.equal(hooks, 1)
  const failure = new Error('its own')
  result.setException(failure)
  assert.equal(await result.wait({ timeout: 0 }), true)
  assert.equal(await result.exception({ timeout: 0 }), failure)
  await assert.rejects(result.get({ timeout: 0 }), failure)
})

test('a group that has ended keeps neither its timer nor its place at the signal', limit, async () => {
  let listeners = 0
  const { signal } = new AbortController()
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++
    addEventListener.apply(signal, args)
  }
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--
    removeEventListener.apply(signal, args)
  }
  const timers = (): number => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
  const before = timers()
  const executor = { submitWith: () => new Future<never>() }
  const during = await group(executor, () => [timers() - before, listeners], { timeout: 60_000, signal })
  assert.deepEqual(during, [1, 1])
  assert.deepEqual([timers() - before, listeners], [0, 0])
})
