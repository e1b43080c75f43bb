import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { Barrier, BoundedSemaphore, Condition, Event, Lock, RLock, Semaphore, Thread } from 'manycore'
import { runProgram } from '../support/index.ts'

/* What the tasks of one thread do to each other. */

const LIMIT = { timeout: 60_000 }

describe('tasks of one thread', () => {
  for (const make of [() => new Lock(), () => new RLock(), () => new Semaphore(1)]) {
    const kind = make().constructor.name

    test(`${kind}: exclude each other, in the order in which they came`, LIMIT, async () => {
      const lock = make()
      const order: string[] = []
      const task = async (name: string): Promise<void> => {
        const guard = await lock.acquire()
        order.push(`${name} in`)
        await sleep(2)
        order.push(`${name} out`)
        guard.release()
      }
      await Promise.all(['a', 'b', 'c'].map(task))
      assert.deepEqual(order, ['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
    })

    test(`${kind}: run excludes too, and gives what the function gives`, LIMIT, async () => {
      const lock = make()
      let inside = 0
      const results = await Promise.all(
        [1, 2, 3].map(value =>
          lock.run(async () => {
            assert.equal(++inside, 1)
            await sleep(1)
            inside--
            return value
          }),
        ),
      )
      assert.deepEqual(results, [1, 2, 3])
    })

    test(`${kind}: one that gives up in the line leaves its place to the next`, LIMIT, async () => {
      const lock = make()
      let release = (): void => {}
      const holding = lock.run(() => new Promise<void>(resolve => (release = resolve)))
      const controller = new AbortController()
      const ask = async (options: object): Promise<string> =>
        lock.acquire(options).then(
          held => {
            held.release()
            return 'in'
          },
          (error: { code: string }) => error.code,
        )
      const asked = [
        ask({ timeout: 5 }),
        ask({ signal: controller.signal }),
        ask({ timeout: 5000 }),
        ask({ timeout: 5 }),
        ask({}),
      ]
      await Promise.all([asked[0], asked[3]])
      controller.abort()
      await asked[1]
      release()
      await holding
      assert.deepEqual(await Promise.all(asked), ['LOCK_TIMEOUT', 'WAIT_ABORTED', 'in', 'LOCK_TIMEOUT', 'in'])
    })
  }

  test('a thousand wait, and all come in', LIMIT, async () => {
    const lock = new Lock()
    let sum = 0
    await Promise.all(Array.from({ length: 1000 }, () => lock.run(() => sum++)))
    assert.equal(sum, 1000)
    assert.equal(lock.locked(), false)
  })

  test('a recursive lock lets its task in again, and no other', LIMIT, async () => {
    const lock = new RLock()
    const order: string[] = []
    const inner = async (name: string): Promise<void> => {
      const guard = await lock.acquire()
      order.push(name)
      await sleep(1)
      guard.release()
    }
    const task = async (name: string): Promise<void> => {
      await lock.acquire()
      await inner(`${name} 1`)
      await lock.run(() => inner(`${name} 2`))
      lock.release()
    }
    await Promise.all([task('a'), task('b')])
    assert.deepEqual(order, ['a 1', 'a 2', 'b 1', 'b 2'])
    assert.equal(lock.locked(), false)
  })

  test('run of a recursive lock is a task of its own: what is started after it waits', LIMIT, async () => {
    const lock = new RLock()
    let held = false
    let begin = (): void => {}
    const begun = new Promise<void>(resolve => (begin = resolve))
    const running = lock.run(async () => {
      held = true
      begin()
      await sleep(20)
      held = false
    })
    await begun
    const guard = await lock.acquire()
    assert.equal(held, false)
    guard.release()
    await running
  })

  test('another task may not release a recursive lock; its guard may', LIMIT, async () => {
    const lock = new RLock()
    const guard = await lock.run(async () => lock.acquire())
    assert.equal(lock.locked(), true)
    assert.throws(() => lock.release(), { code: 'NOT_OWNER' })
    guard.release()
    assert.equal(lock.locked(), false)
  })

  test('a guard that has done its part does nothing more', LIMIT, async () => {
    const lock = new Lock()
    const first = await lock.acquire()
    lock.release()
    const second = await lock.acquire()
    first.release()
    assert.equal(lock.locked(), true)
    second.release()
    second.release()
    assert.equal(lock.locked(), false)
  })

  test('the main thread is not blocked unless it asks for it', LIMIT, () => {
    const condition = new Condition()
    const calls = [
      () => new Lock().acquireSync(),
      () => new RLock().acquireSync(),
      () => new Semaphore(1).acquireSync(),
      () => new BoundedSemaphore(1).acquireSync(),
      () => new Event().waitSync(),
      () => condition.waitSync(),
      () => new Barrier(1).waitSync(),
    ]
    for (const call of calls) assert.throws(call, { code: 'BLOCKS_EVENT_LOOP' }, String(call))
    new Lock().acquireSync({ blockMainThread: true }).release()
    assert.throws(() => new Semaphore(0).acquireSync({ timeout: 0 }), { code: 'LOCK_TIMEOUT' })
  })

  test("a thread of Node's own may be blocked without asking", LIMIT, async () => {
    const { stdout } = await runProgram(`
      import { Lock, Semaphore } from 'manycore'
      import { isMainThread, Worker } from 'node:worker_threads'
      if (isMainThread) new Worker(new URL(import.meta.url))
      else {
        new Lock().acquireSync().release()
        try { new Semaphore(0).acquireSync({ timeout: 5 }) } catch ({ code }) { console.log(code) }
      }
    `)
    assert.equal(stdout, 'LOCK_TIMEOUT\n')
  })

  test('who waits keeps the program alive, and nobody else', LIMIT, async () => {
    const idle = await runProgram(`
      import { Event, Lock } from 'manycore'
      const lock = new Lock()
      const event = new Event()
      await lock.acquire({ timeout: 5 })
      lock.acquire({ timeout: 5 }).catch(() => console.log('late'))
      await event.wait({ timeout: 20 })
      console.log('done')`)
    assert.deepEqual([idle.code, idle.stdout, idle.left], [0, 'late\ndone\n', []])
    const waiting = await runProgram(`
      import { Event, Thread } from 'manycore'
      const event = new Event()
      new Thread({ target: () => event.set(), daemon: true }).start()
      await event.wait()
      console.log('set')`)
    assert.deepEqual([waiting.code, waiting.stdout], [0, 'set\n'])
  })

  test('a condition of a lock made elsewhere hears both', LIMIT, async () => {
    const lock = new RLock()
    const made = new Thread({ target: (given: RLock) => new Condition(given), args: [lock] }).start()
    const condition = await made.result()
    assert.equal(condition.lock, lock)
    const notified = condition.run(() => condition.wait())
    const other = new Thread({ target: () => condition.run(() => condition.notify()) }).start()
    assert.equal(await notified, true)
    await Promise.all([made.join(), other.join()])
  })

  test('a wait whose signal is aborted already never succeeds', LIMIT, async () => {
    const signal = AbortSignal.abort('enough')
    const aborted = { code: 'WAIT_ABORTED', reason: 'enough' }
    const set = new Event()
    set.set()
    const condition = new Condition()
    const rlock = new RLock()
    await assert.rejects(new Lock().acquire({ signal }), aborted)
    await assert.rejects(new Semaphore().acquire({ signal }), aborted)
    await assert.rejects(set.wait({ signal }), aborted)
    await assert.rejects(
      condition.run(() => condition.wait({ signal })),
      aborted,
    )
    await assert.rejects(
      condition.run(() => condition.waitFor(() => true, { signal })),
      aborted,
    )
    await assert.rejects(
      rlock.run(() => rlock.acquire({ signal })),
      aborted,
    )
    await assert.rejects(
      rlock.run(() => rlock.run(() => 'in', { signal })),
      aborted,
    )
    assert.deepEqual([rlock.locked(), condition.lock.locked()], [false, false])
  })

  test('a party whose signal is aborted already breaks the barrier, as one that is late', LIMIT, async () => {
    const signal = AbortSignal.abort('enough')
    for (const parties of [1, 2, 3]) {
      const barrier = new Barrier(parties)
      const others = Array.from({ length: parties - 1 }, () => barrier.wait())
      await assert.rejects(barrier.wait({ signal }), { code: 'WAIT_ABORTED', reason: 'enough' })
      for (const other of others) await assert.rejects(other, { code: 'BARRIER_BROKEN' })
      assert.deepEqual([barrier.broken, barrier.nWaiting], [true, 0])
    }
    assert.equal(await new Barrier(1).wait({ timeout: 0 }), 0)
  })

  test('an RLock that is taken again checks what it is given', LIMIT, async () => {
    const lock = new RLock()
    const wrong = { timout: 4 } as object
    await assert.rejects(
      lock.run(() => lock.acquire(wrong)),
      { code: 'UNKNOWN_OPTION' },
    )
    await lock.run(async () => (await lock.acquire({ timeout: 0 })).release())
    assert.equal(lock.locked(), false)
  })

  test('a condition is for the task that holds its RLock, and for no other', LIMIT, async () => {
    const condition = new Condition()
    let release = (): void => {}
    const holding = condition.run(() => new Promise<void>(resolve => (release = resolve)))
    await sleep(1)
    const refused = { code: 'NOT_OWNER' }
    await assert.rejects(condition.wait({ timeout: 0 }), refused)
    await assert.rejects(
      condition.waitFor(() => true),
      refused,
    )
    assert.throws(() => condition.notify(), refused)
    assert.throws(() => condition.notifyAll(), refused)
    assert.throws(() => condition.waitSync({ timeout: 0, blockMainThread: true }), refused)
    assert.equal(condition.lock.locked(), true)
    release()
    await holding
    // What the task that holds it calls, and what a thread holds, may as ever.
    await condition.run(() => sleep(1).then(() => condition.notify()))
    const guard = await condition.acquire()
    assert.equal(await condition.wait({ timeout: 1 }), false)
    condition.notify()
    guard.release()
    const byThread = condition.acquireSync({ blockMainThread: true })
    await sleep(1).then(() => condition.notifyAll())
    byThread.release()
  })

  test('notify takes whole numbers only, and counts stay right', LIMIT, async () => {
    const condition = new Condition()
    const waits = [1, 2, 3].map(() => condition.run(() => condition.wait()))
    while (!/waiting=3/.test(String(condition))) await turn()
    await condition.run(() => {
      for (const count of [1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 'x' as unknown as number]) {
        assert.throws(() => condition.notify(count), { code: 'WRONG_OPTION', option: 'count' })
      }
      condition.notify(0)
    })
    assert.match(String(condition), /waiting=3/)
    await condition.run(() => condition.notify(2))
    await Promise.all(waits.slice(0, 2))
    assert.match(String(condition), /waiting=1/)
    await condition.run(() => condition.notifyAll())
    assert.equal(await waits[2], true)
  })

  test('however many wait for one signal, no leak is told of', LIMIT, async () => {
    const { stderr } = await runProgram(`
      import { Event, Lock } from 'manycore'
      const { signal } = new AbortController()
      const event = new Event()
      const waits = Array.from({ length: 20 }, () => event.wait({ signal }))
      await new Promise(setImmediate)
      event.set()
      await Promise.all(waits)
    `)
    assert.equal(stderr, '')
  })
})

test('a notice for who stands behind one that gave up is not kept back by it', LIMIT, async () => {
  const condition = new Condition(new Lock())
  const woken: string[] = []
  const wait = (name: string, timeout?: number): Promise<void> =>
    condition.run(async () => {
      if (await condition.wait({ timeout })) woken.push(name)
    })
  const waits = [wait('late', 1), wait('a'), wait('b')]
  await condition.run(async () => {
    // The first gives up meanwhile, and can't go on without the lock.
    await sleep(50)
    condition.notify(2)
  })
  await Promise.all(waits.slice(0, 2))
  assert.deepEqual(woken, ['late', 'a'])
  await condition.run(() => condition.notify())
  await waits[2]
  assert.deepEqual(woken, ['late', 'a', 'b'])
})
