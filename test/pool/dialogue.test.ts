import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { eachKind } from '../support/index.ts'
import { withPool } from './support.ts'

/*
 * One call awaited after the other: a worker that stays awake for the next one takes it past its event loop. Tasks
 * must not notice.
 */

const limit = { timeout: 60_000 }
const CALLS = 3000
/** Before, `enterWith` holds for all that comes on one road, whoever listens there. */
const NODE_KEEPS_CONTEXTS_APART = Number.parseInt(process.versions.node, 10) >= 24

interface Left {
  readonly context: unknown
  readonly ticks: number
  readonly promises: number
  readonly turns: number
  readonly timers: number
}

/** Leaves something of each kind behind, and tells what has become of what was left before. */
function leave(call: number): Left {
  const here = globalThis as { left?: Record<string, number>; storage?: AsyncLocalStorage<number> }
  const left = (here.left ??= { ticks: 0, promises: 0, turns: 0, timers: 0 })
  const storage = (here.storage ??= new AsyncLocalStorage())
  const seen = { context: storage.getStore(), ...left } as Left
  storage.enterWith(call)
  const count = (kind: string) => (): void => void (left[kind] = (left[kind] ?? 0) + 1)
  process.nextTick(count('ticks'))
  void Promise.resolve().then(count('promises'))
  setImmediate(count('turns'))
  setTimeout(count('timers'), 1)
  return seen
}

eachKind(kind => {
  test('what a task has left goes on before the next one, which has its own context', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      const all: Left[] = []
      for (let call = 0; call < CALLS; call++) all.push(await pool.apply(leave, [call]))
      for (const [call, { context, ticks, promises }] of all.entries()) {
        assert.deepEqual({ ticks, promises }, { ticks: call, promises: call })
        if (NODE_KEEPS_CONTEXTS_APART) assert.equal(context, undefined)
      }
      const last = all.at(-1) as Left
      assert.ok(last.turns > CALLS - 200, `${last.turns} of ${CALLS} turns`)
      assert.ok(last.timers > 0, `${last.timers} timers`)
    }),
  )
})
