import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { JoinableQueue, Queue, SimpleQueue } from 'manycore'
import { eachKind, runProgram } from '../support/index.ts'
import { code, LIMIT } from '../worker/support.ts'
import { crewOf } from './crew.ts'

eachKind(kind => {
  const { Worker } = kind
  const start = crewOf(kind, 4)

  test(
    'C26 a bounded queue of 6 takes 6 in every form of put; empty and full tell the truth',
    LIMIT,
    async () => {
      const queue = new Queue<number>(6)
      assert.deepEqual([queue.empty(), queue.full()], [true, false])
      await queue.put(1)
      await queue.put(2, { timeout: 1000 })
      await queue.put(3, { timeout: 0 })
      queue.putNowait(4)
      queue.putSync(5, { blockMainThread: true })
      assert.deepEqual([queue.empty(), queue.full()], [false, false])
      await queue.put(6, { timeout: -1 })
      assert.deepEqual([queue.empty(), queue.full()], [false, true])
    },
  )

  test('C27 a full queue refuses: at once without waiting, after the limit with one', LIMIT, async () => {
    const queue = new Queue<number>(1)
    await queue.put(1)
    const began = performance.now()
    assert.throws(() => queue.putNowait(2), code('QUEUE_FULL'))
    await assert.rejects(queue.put(2, { timeout: 0 }), code('QUEUE_FULL'))
    await assert.rejects(queue.put(2, { timeout: -5 }), code('QUEUE_FULL'))
    assert.throws(() => queue.putSync(2, { timeout: 0 }), code('QUEUE_FULL'))
    assert.ok(performance.now() - began < 200)
    const waiting = performance.now()
    await assert.rejects(queue.put(2, { timeout: 100 }), code('QUEUE_FULL'))
    assert.throws(() => queue.putSync(2, { timeout: 100, blockMainThread: true }), code('QUEUE_FULL'))
    assert.ok(performance.now() - waiting > 190)
    assert.equal(await queue.get(), 1)
  })

  test('C28 after another worker took everything, the queue is empty and not full', LIMIT, async () => {
    const queue = new Queue<number>(6)
    for (let i = 0; i < 6; i++) await queue.put(i)
    const takeAll = async (): Promise<number[]> => {
      const got: number[] = []
      while (!queue.empty()) got.push(await queue.get())
      return got
    }
    const worker = start(takeAll)
    assert.deepEqual(await worker, [0, 1, 2, 3, 4, 5])
    assert.deepEqual([queue.empty(), queue.full()], [true, false])
  })

  test('C29 every form of get gives items in order; an empty queue refuses', LIMIT, async () => {
    const queue = new Queue<number>()
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 6; i++) await queue.put(i)
    }
    const worker = start(fill)
    await worker
    assert.equal(await queue.get(), 0)
    assert.equal(await queue.get({ timeout: 1000 }), 1)
    assert.equal(await queue.get({ timeout: 0 }), 2)
    assert.equal(queue.getNowait(), 3)
    assert.equal(queue.getSync({ blockMainThread: true }), 4)
    assert.equal(queue.getSync({ timeout: -1 }), 5)
    assert.throws(() => queue.getNowait(), code('QUEUE_EMPTY'))
    await assert.rejects(queue.get({ timeout: 0 }), code('QUEUE_EMPTY'))
    const began = performance.now()
    await assert.rejects(queue.get({ timeout: 100 }), code('QUEUE_EMPTY'))
    assert.throws(() => queue.getSync({ timeout: 100, blockMainThread: true }), code('QUEUE_EMPTY'))
    assert.ok(performance.now() - began > 190)
  })

  test('C30 items put before and after a worker was started both arrive, in order', LIMIT, async () => {
    const queue = new Queue<number>()
    const back = new Queue<number>()
    for (let i = 0; i < 10; i++) await queue.put(i)
    const echo = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) await back.put(await queue.get())
    }
    const worker = start(echo)
    for (let i = 10; i < 20; i++) await queue.put(i)
    for (let i = 0; i < 20; i++) assert.equal(await back.get(), i)
    await worker
  })

  test('C31 the size follows puts and gets', LIMIT, async () => {
    const queue = new Queue<number>()
    assert.equal(queue.qsize(), 0)
    await queue.put(1)
    assert.equal(queue.qsize(), 1)
    const put = (): Promise<void> => queue.put(5)
    await start(put)
    assert.equal(queue.qsize(), 2)
    await queue.get()
    assert.equal(queue.qsize(), 1)
    queue.getNowait()
    assert.equal(queue.qsize(), 0)
  })

  test('C32 join returns after each of 10 items was marked done by 4 workers', LIMIT, async () => {
    const queue = new JoinableQueue<number | null>()
    const done = new Queue<number>()
    const work = async (): Promise<void> => {
      for (;;) {
        const item = await queue.get()
        if (item !== null) await done.put(item)
        queue.taskDone()
        if (item === null) return
      }
    }
    const workers = Array.from({ length: 4 }, () => start(work))
    for (let i = 0; i < 10; i++) await queue.put(i)
    assert.equal(await queue.join(), true)
    assert.equal(done.qsize(), 10)
    for (const _ of workers) await queue.put(null)
    await Promise.all(workers)
    assert.equal(await queue.join({ timeout: 0 }), true)
  })

  test('C34 a get with a limit waits about that long on an empty queue', LIMIT, async () => {
    const queue = new Queue()
    const waited = async (): Promise<number> => {
      const began = performance.now()
      await queue.get({ timeout: 200 }).catch(() => {})
      return performance.now() - began
    }
    const worker = start(waited)
    const ms = await worker
    assert.ok(ms > 180 && ms < 2000, `${ms} ms`)
  })

  test("C35 an item that can't be sent leaves the queue working and its size right", LIMIT, async () => {
    const queue = new Queue(1)
    for (let i = 0; i < 3; i++) await assert.rejects(queue.put(Promise.resolve()), code('CANNOT_CLONE'))
    assert.equal(queue.qsize(), 0)
    await queue.put(true, { timeout: 100 })
    assert.deepEqual([queue.qsize(), await queue.get(), queue.empty()], [1, true, true])
  })

  test('C36 put itself rejects, and says which part of the value it is', LIMIT, async () => {
    const queue = new Queue()
    await assert.rejects(queue.put({ list: [1, { answer: Promise.resolve() }] }), (error: Error) => {
      assert.match(error.message, /value\.list\[1\]\.answer is a Promise/)
      return true
    })
    assert.throws(() => queue.putNowait(Promise.resolve()), code('CANNOT_CLONE'))
  })

  test('C163 a worker hands a queue that it was given to a worker of its own', LIMIT, async () => {
    const queue = new Queue<string>()
    const hand = async (inherited: Queue<string>): Promise<void> => {
      const put = (further: Queue<string>): Promise<void> => further.put('from below')
      const grandchild = new Worker({ target: put, args: [inherited] }).start()
      await grandchild.join()
    }
    const worker = new Worker({ target: hand, args: [queue] }).start()
    assert.equal(await queue.get(), 'from below')
    await worker.join()
  })

  test('C171 a simple queue tells whether it is empty and can be closed twice', LIMIT, async () => {
    const queue = new SimpleQueue<boolean>()
    const states = new SimpleQueue<boolean>()
    assert.equal(queue.empty(), true)
    const put = async (): Promise<void> => {
      await states.put(queue.empty())
      await queue.put(true)
      await states.put(queue.empty())
    }
    await start(put)
    assert.deepEqual([await states.get(), await states.get()], [true, false])
    assert.equal(await queue.get(), true)
    assert.equal(queue.empty(), true)
    queue.close()
    queue.close()
    assert.throws(() => queue.empty(), code('CHANNEL_CLOSED'))
  })

  test(
    'C255 order; waiting puts and gets are freed by another thread; tasks done are counted',
    LIMIT,
    async () => {
      const queue = new JoinableQueue<number>(2)
      await queue.put(111)
      await queue.put(222)
      const later = queue.put(333)
      const take = async (): Promise<number> => {
        const value = await queue.get()
        queue.taskDone()
        return value
      }
      assert.equal(await start(take), 111)
      await later
      const waiting = new JoinableQueue<string>()
      const got = waiting.get()
      await start(() => waiting.put('freed'))
      assert.equal(await got, 'freed')
      waiting.taskDone()
      assert.throws(() => waiting.taskDone(), code('TASK_DONE_TOO_OFTEN'))
      assert.deepEqual([await waiting.join(), await waiting.join()], [true, true])
      assert.equal(await queue.join({ timeout: 50 }), false)
    },
  )

  test(
    'C258 shutdown refuses puts, lets gets drain, or empties at once; all who wait wake',
    LIMIT,
    async () => {
      const queue = new Queue<number>(2)
      await queue.put(1)
      await queue.put(2)
      const stuck = async (): Promise<string> => {
        try {
          await queue.put(3)
          return 'put'
        } catch (error) {
          return (error as { code: string }).code
        }
      }
      const workers = [1, 2].map(() => start(stuck))
      const here = queue.put(4)
      const refused = assert.rejects(here, code('QUEUE_SHUT_DOWN'))
      await new Promise(resolve => setTimeout(resolve, 100))
      await queue.shutdown()
      await refused
      for (const worker of workers) {
        assert.equal(await worker, 'QUEUE_SHUT_DOWN')
      }
      await assert.rejects(queue.put(5), code('QUEUE_SHUT_DOWN'))
      assert.deepEqual([await queue.get(), queue.getNowait()], [1, 2])
      await assert.rejects(queue.get(), code('QUEUE_SHUT_DOWN'))
      await queue.shutdown()

      const joinable = new JoinableQueue<number>()
      for (let i = 0; i < 3; i++) await joinable.put(i)
      await joinable.get()
      const joining = joinable.join()
      await joinable.shutdown({ immediate: true })
      assert.equal(joinable.empty(), true)
      await assert.rejects(joinable.get(), code('QUEUE_SHUT_DOWN'))
      joinable.taskDone()
      assert.equal(await joining, true)

      const idle = new Queue()
      const getters = [1, 2].map(() => {
        const wait = async (): Promise<unknown> => idle.get().catch((error: { code: string }) => error.code)
        return start(wait)
      })
      const mine = assert.rejects(idle.get(), code('QUEUE_SHUT_DOWN'))
      await idle.shutdown({ immediate: true })
      await mine
      for (const getter of getters) {
        assert.equal(await getter, 'QUEUE_SHUT_DOWN')
      }
    },
  )

  test(
    'C259 many producers and consumers; each keeps its order; nothing is lost or doubled',
    LIMIT,
    async () => {
      const queue = new SimpleQueue<[number, number] | null>()
      const back = new SimpleQueue<[number, number][]>()
      const produce = async (me: number): Promise<void> => {
        for (let i = 0; i < 300; i++) await queue.put([me, i])
      }
      const consume = async (): Promise<void> => {
        const got: [number, number][] = []
        for (let item = await queue.get(); item; item = await queue.get()) got.push(item)
        await back.put(got)
      }
      const producers = [0, 1].map(me => start(produce, me))
      const consumers = [0, 1].map(() => start(consume))
      await Promise.all(producers)
      for (const _ of consumers) await queue.put(null)
      const all: [number, number][] = []
      for (const _ of consumers) {
        const got = await back.get()
        for (const producer of [0, 1]) {
          const numbers = got.filter(([me]) => me === producer).map(([, i]) => i)
          assert.deepEqual(
            numbers,
            numbers.toSorted((a, b) => a - b),
          )
        }
        all.push(...got)
      }
      assert.deepEqual(
        all.map(([me, i]) => me * 1000 + i).toSorted((a, b) => a - b),
        [...Array.from({ length: 300 }, (_, i) => i), ...Array.from({ length: 300 }, (_, i) => 1000 + i)],
      )
      await Promise.all(consumers)
    },
  )
})

suite('in one thread', () => {
  test('C33 a queue works while a module is being loaded', LIMIT, async () => {
    const source = `
      import { Queue, Process } from 'manycore'
      const queue = new Queue()
      await queue.put(1)
      console.log(await queue.get())
    `
    const { stdout, code: status } = await runProgram(source)
    assert.deepEqual([stdout.trim(), status], ['1', 0])
  })

  test('C37 empty works on a closed queue that was never used, not on one that was', LIMIT, async () => {
    const unused = new Queue()
    unused.close()
    assert.equal(unused.empty(), true)
    const used = new Queue()
    await used.put(1)
    used.close()
    assert.throws(() => used.empty(), code('CHANNEL_CLOSED'))
  })

  test('C38 put and get on a closed queue are refused', LIMIT, async () => {
    const queue = new Queue()
    queue.close()
    await assert.rejects(queue.put(1), code('CHANNEL_CLOSED'))
    await assert.rejects(queue.get(), code('CHANNEL_CLOSED'))
    assert.throws(() => queue.putNowait(1), code('CHANNEL_CLOSED'))
    assert.throws(() => queue.getNowait(), code('CHANNEL_CLOSED'))
    assert.throws(() => queue.qsize(), code('CHANNEL_CLOSED'))
  })

  test('C150 a queue works in a child whose stdin is closed', LIMIT, async () => {
    const source = `
      import { Queue, Process } from 'manycore'
      const queue = new Queue()
      const child = new Process({ target: async () => { process.stdin.destroy(); await queue.put('works') } }).start()
      console.log(await queue.get())
      await child.join()
    `
    const { stdout } = await runProgram(source)
    assert.equal(stdout.trim(), 'works')
  })

  test('C256 a limit below zero polls; one that is no number is refused', LIMIT, async () => {
    const queue = new Queue(1)
    await assert.rejects(queue.get({ timeout: -1 }), code('QUEUE_EMPTY'))
    await assert.rejects(queue.get({ timeout: Number.NaN }), code('WRONG_OPTION'))
    await assert.rejects(queue.put(1, { timeout: 'soon' as never }), code('WRONG_OPTION'))
    assert.throws(() => new Queue(1.5), code('WRONG_OPTION'))
    assert.throws(() => new Queue('2' as never), code('WRONG_OPTION'))
  })

  test('C257 a get that fails leaves the queue as it was', LIMIT, async () => {
    const queue = new Queue(2)
    const failing = {
      get field(): never {
        throw new Error('disk full')
      },
    }
    await assert.rejects(queue.put(failing), code('CANNOT_READ'))
    assert.throws(() => queue.putNowait(failing), code('CANNOT_READ'))
    await queue.put(1)
    await queue.put(2)
    assert.throws(() => queue.putNowait(failing), code('CANNOT_READ'))
    assert.deepEqual([queue.full(), queue.getNowait(), queue.getNowait(), queue.empty()], [true, 1, 2, true])
  })

  test('C259 putting while getting, from within what a get gives', LIMIT, async () => {
    const queue = new SimpleQueue<number>()
    await queue.put(0)
    const got: number[] = []
    for await (const value of queue) {
      got.push(value)
      if (value < 5) await queue.put(value + 1)
      else queue.close()
    }
    assert.deepEqual(got, [0, 1, 2, 3, 4, 5])
  })
})
