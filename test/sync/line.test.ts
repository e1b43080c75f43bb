import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Condition, Lock, Semaphore } from 'manycore'

/*
 * Many tasks of one thread wait for one thing: what each of them costs does not grow with their number. (With each
 * looking whenever one went on, these took minutes.)
 */

const limit = { timeout: 30_000 }
const MANY = 30_000
const FEWER = 15_000

suite('many tasks of a thread', () => {
  test('have a lock one after the other, in order', limit, async () => {
    const lock = new Lock()
    const came: number[] = []
    const task = async (_: unknown, i: number): Promise<void> => {
      const guard = await lock.acquire()
      came.push(i)
      guard.release()
    }
    await Promise.all(Array.from({ length: MANY }, task))
    assert.equal(came.length, MANY)
    assert.ok(came.every((n, i) => n === i))
  })

  test('take the units of a semaphore', limit, async () => {
    const places = new Semaphore(2)
    let inside = 0
    let most = 0
    const task = (): Promise<void> =>
      places.run(async () => {
        most = Math.max(most, ++inside)
        await Promise.resolve()
        inside--
      })
    await Promise.all(Array.from({ length: MANY }, task))
    assert.equal(most, 2)
    assert.equal(places.value, 2)
  })

  test('wait on a condition and are notified', limit, async () => {
    const condition = new Condition()
    let waiting = 0
    const task = (): Promise<boolean> =>
      condition.run(() => {
        waiting++
        return condition.wait()
      })
    const all = Array.from({ length: FEWER }, task)
    const heard: boolean[] = []
    const rest = Promise.all(all.slice(10))
    for (const one of all.slice(0, 10)) void one.then(value => heard.push(value))
    await condition.run(() => {
      assert.equal(waiting, FEWER)
      condition.notify(10)
    })
    await Promise.all(all.slice(0, 10))
    assert.deepEqual(heard, new Array<boolean>(10).fill(true), 'those that came first')
    await condition.run(() => condition.notifyAll())
    assert.ok((await rest).every(Boolean))
  })
})

suite('in the line of a lock', () => {
  test('who gives up is passed over, the first and those behind', limit, async () => {
    const lock = new Lock()
    const guard = await lock.acquire()
    const aborts = Array.from({ length: 6 }, () => new AbortController())
    const came: number[] = []
    const tasks = aborts.map(async ({ signal }, i) => {
      const got = await lock.acquire({ signal })
      came.push(i)
      got.release()
    })
    for (const i of [3, 0, 1, 5]) {
      aborts[i]?.abort()
      await assert.rejects(tasks[i] as Promise<void>, { code: 'WAIT_ABORTED' })
    }
    guard.release()
    await Promise.all([tasks[2], tasks[4]])
    assert.deepEqual(came, [2, 4])
  })

  test('a limit ends the waiting of all', limit, async () => {
    const lock = new Lock()
    const guard = await lock.acquire()
    const waits = Array.from({ length: 50 }, () => lock.acquire({ timeout: 20 }))
    for (const wait of waits) await assert.rejects(wait, { code: 'LOCK_TIMEOUT' })
    guard.release()
    assert.equal(lock.locked(), false)
    ;(await lock.acquire({ timeout: 1000 })).release()
  })

  test('on a condition, the one that waits longest may give up', limit, async () => {
    const condition = new Condition()
    const abort = new AbortController()
    const first = condition.run(() => condition.wait({ signal: abort.signal }))
    const others = [1, 2, 3].map(() => condition.run(() => condition.wait()))
    await condition.run(() => abort.abort())
    await assert.rejects(first, { code: 'WAIT_ABORTED' })
    await condition.run(() => condition.notify(2))
    assert.deepEqual(await Promise.all(others.slice(0, 2)), [true, true])
    await condition.run(() => condition.notify())
    assert.equal(await others[2], true)
  })
})
