import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { Barrier, BoundedSemaphore, Condition, Event, Local, Lock, RLock, Semaphore } from 'manycore'
import { eachKind } from '../support/index.ts'
import { crewOf } from './crew.ts'

const LIMIT = { timeout: 60_000 }
const SOON = { timeout: 10 }

/** Until it is so; for what tells nobody when it changes. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(2)
}

eachKind(kind => {
  const { Worker } = kind
  const crew = crewOf(kind, 4)

  /** Has a worker of its own run each target. */
  const start = <R>(...targets: (() => R | PromiseLike<R>)[]): Promise<R>[] =>
    targets.map(target => crew(target))
  const resultsOf = <R>(workers: readonly Promise<R>[]): Promise<R[]> => Promise.all(workers)

  test('C39 a lock: taken once, refused while held, released once', LIMIT, async () => {
    const lock = new Lock()
    await lock.acquire()
    assert.equal(lock.tryAcquire(), null)
    const [other] = await resultsOf(start(() => lock.tryAcquire() === null))
    assert.equal(other, true)
    lock.release()
    assert.throws(() => lock.release(), { code: 'NOT_LOCKED' })
  })

  test('C40 a recursive lock: three times in, three times out, not a fourth', LIMIT, async () => {
    const lock = new RLock()
    const three = async (rlock: RLock): Promise<string> => {
      for (let i = 0; i < 3; i++) await rlock.acquire()
      for (let i = 0; i < 3; i++) rlock.release()
      try {
        rlock.release()
        return 'released'
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    assert.equal(await three(lock), 'NOT_LOCKED')
    const worker = new Worker({ target: three, args: [lock] }).start()
    assert.equal(await worker.result(), 'NOT_LOCKED')
    assert.equal(lock.locked(), false)
    await worker.join()
  })

  test('C41 the end of a scope releases', LIMIT, async () => {
    for (const lock of [new Lock(), new RLock(), new Semaphore(1)]) {
      const guard = await lock.acquire()
      assert.equal(
        (await lock.acquire(SOON).then(
          again => again.release(),
          () => 'held',
        )) ?? 'again',
        lock instanceof RLock ? 'again' : 'held',
      )
      guard[Symbol.dispose]()
      guard[Symbol.dispose]()
      await assert.rejects(
        lock.run(() => Promise.reject(new Error('inside'))),
        /inside/,
      )
      const free = lock.tryAcquire()
      assert.ok(free)
      await free[Symbol.asyncDispose]()
    }
  })

  test('C42 a semaphore of two counts down and up, and beyond', LIMIT, async () => {
    const semaphore = new Semaphore(2)
    assert.equal(semaphore.value, 2)
    await semaphore.acquire()
    assert.equal(semaphore.value, 1)
    const [seen] = await resultsOf(start(() => semaphore.tryAcquire() !== null && semaphore.value))
    assert.equal(seen, 0)
    assert.equal(semaphore.tryAcquire(), null)
    semaphore.release()
    semaphore.release()
    assert.equal(semaphore.value, 2)
    semaphore.release()
    semaphore.release()
    assert.equal(semaphore.value, 4)
  })

  test('C43 a bounded one refuses to have more than at first', LIMIT, async () => {
    const semaphore = new BoundedSemaphore(2)
    await semaphore.acquire()
    assert.equal(semaphore.value, 1)
    semaphore.release()
    assert.throws(() => semaphore.release(), { code: 'RELEASED_TOO_OFTEN', bound: 2 })
    const [refused] = await resultsOf(
      start(() => {
        try {
          semaphore.release()
          return 'released'
        } catch (error) {
          return (error as { code: string }).code
        }
      }),
    )
    assert.equal(refused, 'RELEASED_TOO_OFTEN')
    assert.equal(semaphore.value, 2)
  })

  test('C44 time limits: none that polls waits, and a wait lasts its time', LIMIT, async () => {
    for (const lock of [new Lock(), new Semaphore(1)]) {
      const guard = await lock.acquire()
      for (const timeout of [0, -1]) {
        await assert.rejects(lock.acquire({ timeout }), { code: 'LOCK_TIMEOUT' })
        assert.throws(() => lock.acquireSync({ timeout }), { code: 'LOCK_TIMEOUT' })
      }
      const began = performance.now()
      await assert.rejects(lock.acquire({ timeout: 60 }), { name: 'TimeoutError', timeout: 60 })
      assert.throws(() => lock.acquireSync({ timeout: 60, blockMainThread: true }), { code: 'LOCK_TIMEOUT' })
      assert.ok(performance.now() - began >= 118)
      guard.release()
      assert.ok(lock.tryAcquire())
    }
  })

  /** Workers that wait on the condition; each says when it waits and when it has woken. */
  const sleepers = async (
    count: number,
    condition: Condition,
    asleep: Semaphore,
    woken: Semaphore,
    timeout?: number,
  ): Promise<Promise<boolean>[]> => {
    const target = (): Promise<boolean> =>
      condition.run(async () => {
        asleep.release()
        const result = await condition.wait({ timeout })
        woken.release()
        return result
      })
    const workers = start(...Array.from({ length: count }, () => target))
    for (let i = 0; i < count; i++) await asleep.acquire()
    await condition.run(() => {}) // They have all let go of the lock.
    return workers
  }

  test('C45 notify wakes one of two sleepers, the next notify the other', LIMIT, async () => {
    const condition = new Condition()
    const [asleep, woken] = [new Semaphore(0), new Semaphore(0)]
    const workers = await sleepers(1, condition, asleep, woken)
    const own = condition.run(async () => {
      asleep.release()
      await condition.wait()
      woken.release()
    })
    await asleep.acquire()
    await condition.run(() => condition.notify())
    await woken.acquire()
    await assert.rejects(woken.acquire({ timeout: 50 }), { code: 'LOCK_TIMEOUT' })
    await condition.run(() => condition.notify())
    await woken.acquire()
    await Promise.all([own, resultsOf(workers)])
    assert.match(String(condition), /unlocked> waiting=0>$/)
  })

  test('C46 notifyAll: those whose time has passed leave nothing behind', LIMIT, async () => {
    const condition = new Condition()
    const [asleep, woken] = [new Semaphore(0), new Semaphore(0)]
    const late = await sleepers(2, condition, asleep, woken, 1)
    assert.deepEqual(await resultsOf(late), [false, false])
    assert.equal(woken.value, 2)
    const workers = await sleepers(3, condition, asleep, woken)
    await condition.run(() => condition.notifyAll())
    assert.deepEqual(await resultsOf(workers), [true, true, true])
    assert.equal(woken.value, 5)
  })

  test('C47 notify(n) wakes n; more than there are has no effect', LIMIT, async () => {
    const condition = new Condition()
    const [asleep, woken] = [new Semaphore(0), new Semaphore(0)]
    const workers = await sleepers(4, condition, asleep, woken)
    await condition.run(() => condition.notify(2))
    for (let i = 0; i < 2; i++) await woken.acquire()
    await assert.rejects(woken.acquire({ timeout: 50 }), { code: 'LOCK_TIMEOUT' })
    await condition.run(() => condition.notify(2))
    for (let i = 0; i < 2; i++) await woken.acquire()
    await condition.run(() => condition.notify(3))
    assert.equal(woken.tryAcquire(), null)
    await resultsOf(workers)
    assert.equal(await condition.run(() => condition.wait(SOON)), false)
  })

  test('C48 a wait with a limit gives false after it', LIMIT, async () => {
    const condition = new Condition(new Lock())
    const began = performance.now()
    assert.equal(await condition.run(() => condition.wait({ timeout: 50 })), false)
    assert.ok(performance.now() - began >= 49)
    const [result] = await resultsOf(
      start(() => {
        const guard = condition.acquireSync()
        const notified = condition.waitSync({ timeout: 50 })
        guard.release()
        return notified
      }),
    )
    assert.equal(result, false)
  })

  test('C49 waitFor: true after the other side changed it, false after its time', LIMIT, async () => {
    const condition = new Condition()
    const state = new Semaphore(0)
    const [worker] = start(() => condition.run(() => condition.waitFor(() => state.value === 4)))
    for (let i = 0; i < 4; i++) {
      await condition.run(() => {
        state.release()
        condition.notify()
      })
    }
    assert.equal(await worker, true)
    const began = performance.now()
    assert.equal(
      await condition.run(() => condition.waitFor(() => state.value === 5, { timeout: 60 })),
      false,
    )
    assert.ok(performance.now() - began >= 59)
  })

  test('C50 a wait gives true when notified; a signal ends it, with the lock in hand', LIMIT, async () => {
    const condition = new Condition()
    assert.equal(await condition.run(() => condition.wait({ timeout: 0 })), false)
    const [worker] = start(() => condition.run(() => condition.notify()))
    // It may notify before this one waits: then there is nobody to notify.
    const notified = condition.run(() => condition.waitFor(() => false, { timeout: 60 }))
    assert.equal(await notified, false)
    await worker
    const controller = new AbortController()
    await condition.run(async () => {
      const wait = condition.wait({ signal: controller.signal })
      controller.abort('enough')
      await assert.rejects(wait, { code: 'WAIT_ABORTED', reason: 'enough' })
      assert.equal(condition.lock.locked(), true)
    })
    const signal = AbortSignal.abort('before')
    await assert.rejects(condition.acquire({ signal }), { name: 'CancelledError' })
  })

  test('C51 an event: unset, set, cleared, and set by a worker', LIMIT, async () => {
    const event = new Event()
    assert.equal(event.isSet(), false)
    assert.equal(await event.wait({ timeout: 0 }), false)
    assert.equal(await event.wait({ timeout: 20 }), false)
    event.set()
    assert.equal(event.isSet(), true)
    assert.equal(await event.wait(), true)
    assert.equal(await event.wait({ timeout: 20 }), true)
    assert.equal(event.waitSync({ timeout: 0 }), true)
    event.clear()
    assert.equal(event.isSet(), false)
    const workers = start(() => event.set())
    assert.equal(await event.wait(), true)
    await resultsOf(workers)
  })

  test('C52 an event as text shows whether it is set', LIMIT, () => {
    const event = new Event({ name: 'ready' })
    assert.equal(String(event), '<Event ready unset>')
    event.set()
    assert.equal(inspect(event), '<Event ready set>')
  })

  /** The parties: this thread's own task and two workers, each doing `body` with its number. */
  const parties = async <R>(body: (party: number) => R): Promise<Awaited<R>[]> => {
    const workers = [1, 2].map(party => crew(body, party))
    const own = body(0)
    const results = await Promise.all([own, ...workers])
    return results as Awaited<R>[]
  }

  test('C53 parties pass in lockstep, ten times', LIMIT, async () => {
    const barrier = new Barrier(3)
    const passed = new Semaphore(0)
    const rounds = 10
    await parties(async () => {
      for (let round = 0; round < rounds; round++) {
        if (passed.value < round * 3) throw new Error(`round ${round} began early`)
        passed.release()
        await barrier.wait()
        if (passed.value < (round + 1) * 3) throw new Error(`round ${round} ended early`)
      }
    })
    assert.equal(passed.value, rounds * 3)
  })

  test('C54 C55 one of them comes last; the action runs once before they go on', LIMIT, async () => {
    const acted = new Semaphore(0)
    const barrier = new Barrier(3, { action: () => acted.release() })
    const places = await parties(async () => {
      const place = await barrier.wait()
      if (acted.value !== 1) throw new Error('released before the action')
      return place
    })
    assert.deepEqual(
      places.toSorted((a, b) => a - b),
      [0, 1, 2],
    )
    assert.equal(acted.value, 1)
  })

  /** What became of a wait. */
  const outcome = (barrier: Barrier, timeout?: number): Promise<string> =>
    barrier.wait({ timeout }).then(
      () => 'passed',
      (error: { code: string }) => error.code,
    )

  test('C56 abort: everybody gets the error, and it stays broken', LIMIT, async () => {
    const barrier = new Barrier(3)
    const results = await parties(async party => {
      if (party !== 0) return outcome(barrier)
      await until(() => barrier.nWaiting === 2)
      await barrier.abort()
      return outcome(barrier)
    })
    assert.deepEqual(results, ['BARRIER_BROKEN', 'BARRIER_BROKEN', 'BARRIER_BROKEN'])
    assert.equal(barrier.broken, true)
  })

  test('C57 C58 reset frees who waits, and mends it', LIMIT, async () => {
    const barrier = new Barrier(3)
    const results = await parties(async party => {
      const seen: string[] = []
      if (party === 0) {
        await until(() => barrier.nWaiting === 2)
        await barrier.reset()
      } else seen.push(await outcome(barrier))
      seen.push(await outcome(barrier))
      return seen
    })
    assert.deepEqual(results, [['passed'], ['BARRIER_BROKEN', 'passed'], ['BARRIER_BROKEN', 'passed']])
    await barrier.abort()
    assert.equal(barrier.broken, true)
    await barrier.reset()
    assert.equal(barrier.broken, false)
    assert.deepEqual(await parties(() => outcome(barrier)), ['passed', 'passed', 'passed'])
  })

  test('C59 one that does not wait long enough breaks it for all', LIMIT, async () => {
    for (const barrier of [new Barrier(3), new Barrier(3, { timeout: 30 })]) {
      const own = barrier.parties === 3 ? 30 : undefined
      const workers = start(() => outcome(barrier, 30_000))
      await until(() => barrier.nWaiting === 1)
      assert.equal(await outcome(barrier, own), 'BARRIER_BROKEN')
      assert.deepEqual(await resultsOf(workers), ['BARRIER_BROKEN'])
      await resultsOf(workers)
    }
  })

  test('C60 a barrier of one never blocks; a thousand rounds stay in lockstep', LIMIT, async () => {
    const gate = new Barrier(5)
    const sum = new Semaphore(0)
    const rounds = async (): Promise<void> => {
      for (let round = 0; round < 1000; round++) {
        sum.release()
        await gate.wait()
        if (sum.value < (round + 1) * 5) throw new Error(`round ${round} ended early`)
      }
    }
    // Two tasks in each worker, one here.
    await parties(party => (party === 0 ? rounds() : Promise.all([rounds(), rounds()])))
    assert.equal(sum.value, 5000)

    const barrier = new Barrier(1)
    assert.equal(await barrier.wait(), 0)
    assert.equal(barrier.waitSync({ blockMainThread: true }), 0)
  })

  test('C247 text form, contended acquire, release at an error', LIMIT, async () => {
    const lock = new Lock({ name: 'till' })
    assert.equal(String(lock), '<Lock till unlocked>')
    const guard = await lock.acquire()
    assert.equal(inspect(lock), '<Lock till locked>')
    const workers = start(() => lock.run(() => 'in'))
    await sleep(20)
    guard.release()
    assert.deepEqual(await resultsOf(workers), ['in'])
    const rlock = new RLock()
    await assert.rejects(
      rlock.run(() => rlock.run(() => Promise.reject(new Error('x')))),
      /x/,
    )
    assert.equal(rlock.locked(), false)
  })

  test('C248 a limit that is no number is refused; after a miss all is as before', LIMIT, async () => {
    for (const lock of [new Lock(), new RLock(), new Semaphore(1)]) {
      await assert.rejects(lock.acquire({ timeout: Number.NaN }), { code: 'WRONG_OPTION' })
      await assert.rejects(lock.acquire({ timeout: '5' as never }), { code: 'WRONG_OPTION' })
      const guard = await lock.acquire({ timeout: 0 })
      const late = start(() => {
        try {
          lock.acquireSync({ timeout: 20 })
          return 'in'
        } catch (error) {
          return (error as { code: string }).code
        }
      })
      assert.deepEqual(await resultsOf(late), ['LOCK_TIMEOUT'])
      guard.release()
      assert.deepEqual(await resultsOf(start(() => lock.acquireSync({ timeout: 20 }).abandoned)), [false])
    }
  })

  test('C249 any thread may release a lock, only the owner a recursive one', LIMIT, async () => {
    const lock = new Lock()
    await lock.acquire()
    await resultsOf(start(() => lock.release()))
    assert.equal(lock.locked(), false)
    const rlock = new RLock()
    await rlock.run(async () => {
      const [code] = await resultsOf(
        start(() => {
          try {
            rlock.release()
            return 'released'
          } catch (error) {
            return (error as { code: string }).code
          }
        }),
      )
      assert.equal(code, 'NOT_OWNER')
      assert.equal(rlock.locked(), true)
    })
  })

  test('C250 set wakes everybody, also when it is cleared at once', LIMIT, async () => {
    const event = new Event()
    const asleep = new Semaphore(0)
    for (let round = 0; round < 2; round++) {
      const workers = start(
        ...[1, 2].map(() => (): Promise<boolean> => {
          const woken = event.wait()
          asleep.release()
          return woken
        }),
      )
      const own = event.wait()
      for (let i = 0; i < 2; i++) await asleep.acquire()
      event.set()
      if (round === 1) event.clear()
      assert.deepEqual(await Promise.all([own, resultsOf(workers)]), [true, [true, true]])
      event.clear()
    }
  })

  test('C251 without the lock, waiting and notifying are refused', LIMIT, async () => {
    const condition = new Condition()
    await assert.rejects(condition.wait(), { code: 'NOT_LOCKED' })
    await assert.rejects(
      condition.waitFor(() => true),
      { code: 'NOT_LOCKED' },
    )
    assert.throws(() => condition.notify(), { code: 'NOT_LOCKED' })
    assert.throws(() => condition.notifyAll(), { code: 'NOT_LOCKED' })
    await condition.run(async () => {
      const [code] = await resultsOf(
        start(() => {
          try {
            condition.notify()
            return 'notified'
          } catch (error) {
            return (error as { code: string }).code
          }
        }),
      )
      assert.equal(code, 'NOT_OWNER')
    })
  })

  test('C252 a semaphore admits as many as it has, and release(n) wakes n', LIMIT, async () => {
    assert.throws(() => new Semaphore(-1), { code: 'WRONG_OPTION' })
    assert.equal(new Semaphore().value, 1)
    const semaphore = new Semaphore(0)
    assert.throws(() => semaphore.release(0), { code: 'WRONG_OPTION' })
    const woken = new Semaphore(0)
    const target = async (): Promise<void> => {
      await semaphore.acquire()
      woken.release()
    }
    const workers = start<void | Promise<void>>(target, target, () => {
      semaphore.acquireSync()
      woken.release()
    })
    const own = target()
    semaphore.release(3)
    for (let i = 0; i < 3; i++) await woken.acquire()
    await assert.rejects(woken.acquire({ timeout: 50 }), { code: 'LOCK_TIMEOUT' })
    semaphore.release()
    await Promise.all([own, resultsOf(workers)])
    assert.deepEqual([semaphore.value, woken.value], [0, 1])
  })

  test('C253 a barrier as text; fewer parties than one are refused', LIMIT, async () => {
    assert.throws(() => new Barrier(0), { code: 'WRONG_OPTION' })
    const barrier = new Barrier(2, { name: 'gate' })
    assert.equal(String(barrier), '<Barrier gate waiting=0/2>')
    const wait = outcome(barrier)
    assert.equal(inspect(barrier), '<Barrier gate waiting=1/2>')
    await barrier.abort()
    assert.equal(await wait, 'BARRIER_BROKEN')
    assert.equal(String(barrier), '<Barrier gate broken>')
    const action = new Barrier(1, { action: () => Promise.reject(new Error('no')) })
    await assert.rejects(action.wait(), /no/)
    assert.equal(action.broken, true)
  })

  test('C246 a Local has a value of its own in each thread and asynchronous context', LIMIT, async () => {
    const student = new Local<string>(() => 'nobody')
    student.value = 'Ada'
    const seen = await resultsOf(
      start(() => {
        const atFirst = student.value
        student.value = 'Bob'
        return [atFirst, student.value]
      }),
    )
    assert.deepEqual(seen, [['nobody', 'Bob']])
    const task = (name: string): Promise<string | undefined> =>
      student.run(name, async () => {
        await sleep(1)
        return student.value
      })
    assert.deepEqual(await Promise.all([task('Eve'), task('Mallory')]), ['Eve', 'Mallory'])
    assert.equal(student.value, 'Ada')
  })
})
