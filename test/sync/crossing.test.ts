import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Barrier, BoundedSemaphore, Condition, Event, Local, Lock, Queue, RLock, Semaphore } from 'manycore'
import { eachKind, nothingLeft, thorough } from '../support/index.ts'

const LIMIT = { timeout: 60_000 }

eachKind(kind => {
  const { Worker, Pool } = kind
  afterEach(() => nothingLeft())

  test('a lock that is captured is the same lock there', LIMIT, async () => {
    const lock = new Lock()
    const held = new Event()
    const release = new Event()
    const worker = new Worker({
      target: async () => {
        const guard = await lock.acquire()
        held.set()
        await release.wait()
        guard.release()
      },
    }).start()
    await held.wait()
    assert.equal(lock.locked(), true)
    assert.equal(lock.tryAcquire(), null)
    await assert.rejects(lock.acquire({ timeout: 5 }), { code: 'LOCK_TIMEOUT', name: 'TimeoutError' })
    const waiting = lock.acquire()
    release.set()
    const guard = await waiting
    assert.equal(guard.abandoned, false)
    guard.release()
    await worker.join()
  })

  test('passed, sent back, inside others: each arrives as itself', LIMIT, async () => {
    const lock = new Lock({ name: 'the till' })
    const rlock = new RLock()
    const things = {
      lock,
      rlock,
      condition: new Condition(lock),
      own: new Condition(),
      event: new Event(),
      semaphore: new Semaphore(3),
      bounded: new BoundedSemaphore(2),
      barrier: new Barrier(4, { timeout: 5000 }),
      local: new Local<number>(),
    }
    const echo = (given: typeof things): unknown => [
      given.lock.name,
      given.condition.lock === given.lock,
      given,
    ]
    const worker = new Worker({ target: echo, args: [things] }).start()
    const [name, same, back] = (await worker.result()) as [string, boolean, typeof things]
    assert.deepEqual([name, same], ['the till', true])
    for (const [key, thing] of Object.entries(things)) {
      assert.equal(back[key as keyof typeof things], thing, key)
    }
    assert.deepEqual([back.semaphore.value, back.bounded.value, back.barrier.parties], [3, 2, 4])
    await worker.join()
  })

  test('to a worker that runs already, and to a grandchild', LIMIT, async () => {
    const pool = new Pool(1)
    await pool.apply(() => 'started')
    const lock = new Lock()
    const guard = await lock.acquire()
    assert.equal(await pool.apply((given: Lock) => given.tryAcquire(), [lock]), null)
    await pool.terminate()
    await pool.join()
    const grandchild = async (): Promise<unknown> => {
      const inner = new Worker({ target: () => lock.tryAcquire() === null }).start()
      const result = await inner.result()
      await inner.join()
      return result
    }
    const child = new Worker({ target: grandchild }).start()
    assert.equal(await child.result(), true)
    await child.join()
    guard.release()
  })

  test('through a queue, in both directions', LIMIT, async () => {
    const [there, back] = [new Queue<Lock>(), new Queue<Lock | Condition>()]
    const lock = new Lock()
    const worker = new Worker({
      target: async () => {
        const given = await there.get()
        await back.put(given)
        await back.put(new Condition(given))
        // What it has made has to arrive before its end.
        await there.get()
      },
    }).start()
    await there.put(lock)
    assert.equal(await back.get(), lock)
    const condition = (await back.get()) as Condition
    assert.equal(condition.lock, lock)
    await there.put(lock)
    await worker.join()
  })

  test('a lock made by a worker is shared with who gets it', LIMIT, async () => {
    const asked = new Event()
    const ended = new Event()
    const pool = new Pool(1)
    const lock = (await pool.apply(() => new Lock())) as Lock
    const guard = await lock.acquire()
    const busy = pool.apply(
      async (given: Lock) => {
        asked.set()
        const held = await given.acquire()
        held.release()
        ended.set()
      },
      [lock],
    )
    await asked.wait()
    assert.equal(ended.isSet(), false)
    guard.release()
    await busy
    assert.equal(ended.isSet(), true)
    pool.close()
    await pool.join()
  })

  test('a holder that is killed leaves the lock to the next, and that one is told', LIMIT, async () => {
    const lock = new Lock()
    const held = new Event()
    const holder = new Worker({
      target: async () => {
        await lock.acquire()
        held.set()
        await new Promise(() => setInterval(() => {}, 1000))
      },
    }).start()
    await held.wait()
    const next = lock.acquire()
    holder.terminate()
    const guard = await next
    assert.equal(guard.abandoned, true)
    assert.equal(lock.abandoned, true)
    guard.release()
    const after = await lock.acquire()
    assert.equal(after.abandoned, true)
    lock.markConsistent()
    after.release()
    assert.equal((await lock.acquire()).abandoned, false)
    await holder.join()
  })

  test("with onOwnerDeath: 'throw' the next one gets an error, and the lock is free", LIMIT, async () => {
    const lock = new Lock({ onOwnerDeath: 'throw' })
    const held = new Event()
    const holder = new Worker({
      target: () => {
        lock.acquireSync()
        held.set()
        for (;;);
      },
    }).start()
    await held.wait()
    const next = lock.acquire()
    holder.terminate()
    await assert.rejects(next, { name: 'OwnerDiedError', code: 'OWNER_DIED' })
    assert.equal(lock.locked(), false)
    lock.markConsistent()
    assert.equal((await lock.acquire()).abandoned, false)
    await holder.join()
  })

  test('a sync waiter gets the lock of a killed holder', LIMIT, async () => {
    const lock = new Lock()
    const held = new Event()
    const holder = new Worker({
      target: async () => {
        await lock.acquire()
        held.set()
        await new Promise(() => setInterval(() => {}, 1000))
      },
    }).start()
    await held.wait()
    const asks = new Event()
    const waiter = new Worker({
      target: () => {
        asks.set()
        return lock.acquireSync({ timeout: 10_000 }).abandoned
      },
    }).start()
    await asks.wait()
    holder.terminate()
    assert.equal(await waiter.result(), true)
    await Promise.all([holder.join(), waiter.join()])
  })

  test('many of both kinds of waiters count right', LIMIT, async () => {
    const lock = new Lock()
    const inside = new Semaphore(1)
    const rounds = 300
    const asleep = (): number => {
      for (let i = 0; i < rounds; i++) {
        const guard = lock.acquireSync()
        if (!inside.tryAcquire()) throw new Error('two inside')
        inside.release()
        guard.release()
      }
      return rounds
    }
    const awaiting = async (): Promise<number> => {
      for (let i = 0; i < rounds; i++) {
        const guard = await lock.acquire()
        if (!inside.tryAcquire()) throw new Error('two inside')
        await Promise.resolve()
        inside.release()
        guard.release()
      }
      return rounds
    }
    const targets: (() => number | Promise<number>)[] = [asleep, awaiting, asleep]
    const workers = targets.map(target => new Worker<[], number | Promise<number>>({ target }).start())
    const own = awaiting()
    const results = await Promise.all([own, ...workers.map(worker => worker.result())])
    assert.deepEqual(results, [rounds, rounds, rounds, rounds])
    await Promise.all(workers.map(worker => worker.join()))
  })

  test('a barrier is broken by the death of one that waits, and of one that is missed', LIMIT, async () => {
    for (const dies of ['waiting', 'between']) {
      const barrier = new Barrier(3)
      const there = new Event()
      const stays = new Worker({ target: () => barrier.wait().then(() => barrier.wait()) }).start()
      const victim = new Worker({
        target: async () => {
          if (dies === 'between') await barrier.wait()
          there.set()
          await (dies === 'between' ? new Promise(() => setInterval(() => {}, 1000)) : barrier.wait())
        },
      }).start()
      if (dies === 'between') await barrier.wait()
      await there.wait()
      if (dies === 'waiting') while (barrier.nWaiting < 2) await new Promise(setImmediate)
      const own = dies === 'between' ? barrier.wait() : undefined
      victim.terminate()
      if (own) await assert.rejects(own, { name: 'BrokenBarrierError' })
      await assert.rejects(stays.result(), { name: 'BrokenBarrierError' })
      assert.equal(barrier.broken, true)
      await Promise.all([victim.join(), stays.join()])
    }
  })

  test('who comes last does not go on where one that waited has died', LIMIT, async () => {
    for (const looks of [false, true]) {
      const barrier = new Barrier(2)
      const victim = new Worker({ target: () => barrier.wait() }).start()
      while (barrier.nWaiting < 1) await new Promise(setImmediate)
      victim.kill()
      await victim.join()
      if (looks) assert.deepEqual([barrier.nWaiting, barrier.broken], [0, true])
      else await assert.rejects(barrier.wait(), { code: 'BARRIER_BROKEN' })
      await barrier.reset()
      const next = new Worker({ target: () => barrier.wait() }).start()
      assert.equal((await barrier.wait()) + (await next.result()), 1)
      await next.join()
    }
  })

  test('one that dies while the last one runs its action breaks the barrier', LIMIT, async () => {
    const victims: { kill(): void; join(): Promise<boolean> }[] = []
    const action = async (): Promise<void> => {
      victims[0]?.kill()
      await victims[0]?.join()
    }
    const barrier = new Barrier(2)
    const here = new Barrier(2, { action }, barrier.cells)
    victims.push(new Worker({ target: () => barrier.wait() }).start())
    while (barrier.nWaiting < 1) await new Promise(setImmediate)
    await assert.rejects(here.wait(), { code: 'BARRIER_BROKEN' })
  })

  // That there are many is the same for both kinds, and processes take twice as long to start.
  if (kind.name === 'threads' || thorough) {
    test('the death of any of many parties is noticed', { timeout: 120_000 }, async () => {
      const barrier = new Barrier(19)
      const many = Array.from(
        { length: 18 },
        () => new Worker({ target: () => barrier.wait().catch(() => -1) }),
      )
      for (const [i, each] of many.entries()) {
        each.start()
        while (barrier.nWaiting <= i) await new Promise(resolve => setTimeout(resolve, 1))
      }
      many[17]?.kill()
      await many[17]?.join()
      await assert.rejects(barrier.wait(), { code: 'BARRIER_BROKEN' })
      for (const each of many) await each.join()
    })
  }

  test('another may come in place of one that died between two rounds', LIMIT, async () => {
    const barrier = new Barrier(2)
    const through = new Event()
    const victim = new Worker({
      target: async () => {
        await barrier.wait()
        through.set()
        setInterval(() => {}, 1000)
        await new Promise(() => {})
      },
    }).start()
    await barrier.wait()
    // Killed while it still goes, it would break the barrier.
    await through.wait()
    victim.kill()
    await victim.join()
    assert.equal(barrier.broken, false)
    const next = new Worker({ target: () => barrier.wait() }).start()
    while (barrier.nWaiting < 1) await new Promise(setImmediate)
    assert.deepEqual([await barrier.wait(), await next.result()], [1, 0])
    await next.join()
  })

  test('a bounded semaphore has back what the dead held', LIMIT, async () => {
    const places = new BoundedSemaphore(2)
    const taken = new Event()
    const victim = new Worker({
      target: async () => {
        await places.acquire()
        await places.acquire()
        taken.set()
        await new Promise(() => setInterval(() => {}, 1000))
      },
    }).start()
    await taken.wait()
    assert.equal(places.tryAcquire(), null)
    const guards = [places.acquire(), places.acquire()]
    victim.terminate()
    for (const guard of guards) (await guard).release()
    assert.equal(places.value, 2)
    assert.throws(() => places.release(), { code: 'RELEASED_TOO_OFTEN' })
    await victim.join()
  })

  test('a condition forgets a waiter that is killed', LIMIT, async () => {
    const condition = new Condition()
    const waits = new Event()
    const victim = new Worker({
      target: () =>
        condition.run(() => {
          waits.set()
          return condition.wait()
        }),
    }).start()
    await waits.wait()
    await condition.run(() => {}) // It waits: it has let go of the lock.
    victim.terminate()
    await victim.join()
    const own = condition.run(() => condition.wait())
    await condition.run(() => condition.notify())
    assert.equal(await own, true)
  })
})
