import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { deferred, machineClock } from '../../src/base/index.ts'
import { ThreadPool } from '../../src/index.ts'
import type { Task } from '../../src/pool/task.ts'
import { Watch } from '../../src/pool/watch.ts'
import type { Worker } from '../../src/worker/index.ts'
import { deadline, nothingLeft } from '../support/index.ts'

const LIMIT = { timeout: 30_000 }

suite('time limits', () => {
  test('are not looked at anew with each task that begins', LIMIT, async () => {
    let looks = 0
    const worker = { current: () => void looks++ } as unknown as Worker<Task>
    const over = deferred<Task>()
    const watch = new Watch(worker, over.resolve)
    const tasks = Array.from({ length: 1000 }, (_, n) => ({ timeout: n === 7 ? 50 : 20_000 }) as Task)
    for (const task of tasks) watch.add(task)
    const began = machineClock()
    for (const task of tasks) watch.began(task)
    assert.equal(await over.promise, tasks[7])
    assert.ok(machineClock() - began >= 50)
    watch.end()
    assert.ok(looks < 20, `${looks} looks`)
  })

  test('of many tasks of one thread end it once', LIMIT, async t => {
    const heard: Error[] = []
    const hear = (warning: Error) => heard.push(warning)
    process.on('warning', hear)
    t.after(() => process.off('warning', hear))
    const pool = new ThreadPool({ processes: 1, concurrency: 50 })
    const never = () => new Promise<void>(() => {})
    const calls = Array.from({ length: 50 }, () => pool.apply(never, [], { timeout: 50 }))
    const ends = await deadline(Promise.allSettled(calls), 20_000, 'the limits')
    assert.ok(ends.every(({ status }) => status === 'rejected'))
    // Its grace goes by, and another takes its place.
    assert.equal(await pool.apply(n => n + 1, [1]), 2)
    await pool.terminate()
    assert.deepEqual(heard, [])
    await nothingLeft()
  })
})
