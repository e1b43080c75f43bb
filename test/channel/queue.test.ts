import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { afterEach, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { JoinableQueue, LifoQueue, Pipe, PriorityQueue, Process, Queue, Thread } from 'manycore'
import { eachKind, nothingLeft, runProgram, tempDir } from '../support/index.ts'
import { code, LIMIT } from '../worker/support.ts'

const BLOCK = { blockMainThread: true }

suite('a queue in one thread', () => {
  test('who waits is served in the order in which they came', LIMIT, async () => {
    const queue = new Queue<number>()
    const got: string[] = []
    const waiting = ['a', 'b', 'c'].map(async name => got.push(`${name}${await queue.get()}`))
    for (const value of [1, 2, 3]) await queue.put(value)
    await Promise.all(waiting)
    assert.deepEqual(got, ['a1', 'b2', 'c3'])
  })

  test('a wait ends by its limit, by its signal, by close, and leaves nothing behind', LIMIT, async () => {
    const queue = new Queue<number>()
    const controller = new AbortController()
    const aborted = queue.get({ signal: controller.signal })
    const late = queue.get({ timeout: 30 })
    controller.abort(new Error('enough'))
    await assert.rejects(aborted, code('WAIT_ABORTED'))
    await assert.rejects(late, code('QUEUE_EMPTY'))
    await assert.rejects(queue.get({ signal: AbortSignal.abort() }), code('WAIT_ABORTED'))
    await queue.put(1)
    assert.equal(await queue.get(), 1)
  })

  test('large messages cross in turns; the loop goes on meanwhile', LIMIT, async () => {
    const queue = new Queue<Buffer>()
    const bytes = Buffer.alloc(20 * 2 ** 20, 7)
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const putting = queue.put(bytes)
    assert.equal(queue.empty(), true)
    await putting
    const copy = await queue.get()
    clearInterval(timer)
    assert.ok(copy.equals(bytes))
    assert.ok(turns > 0)
  })

  test('a blocking call finishes what this thread has begun', LIMIT, async () => {
    const queue = new Queue<Buffer | number>()
    const bytes = Buffer.alloc(10 * 2 ** 20, 3)
    const putting = queue.put(bytes)
    await new Promise(resolve => setImmediate(resolve))
    queue.putSync(1, BLOCK)
    await putting
    const getting = queue.get()
    await new Promise(resolve => setImmediate(resolve))
    assert.equal(queue.getSync(BLOCK), 1)
    assert.ok((await getting) instanceof Buffer)
  })

  test('a thread that had to finish a put, and then waits again, ends all the same', LIMIT, async () => {
    const work = async (queue: Queue): Promise<void> => {
      const large = new Uint8Array(2 ** 20)
      const first = queue.put(large)
      queue.putSync('finishes the first')
      await Promise.all([first, queue.put(large)])
    }
    const worker = new Thread({ target: work, args: [new Queue()] }).start()
    try {
      assert.equal(await worker.join({ timeout: 20_000 }), true)
    } finally {
      worker.terminate()
    }
  })

  test('an unbounded queue takes more than any first size', LIMIT, async () => {
    const queue = new Queue<Buffer>()
    for (let i = 0; i < 3000; i++) queue.putNowait(Buffer.alloc(10_000, i & 0xff))
    assert.equal(queue.qsize(), 3000)
    for (let i = 0; i < 3000; i++) assert.equal(queue.getNowait()[9999], i & 0xff)
  })

  test('reading what is there for ever starves nobody', LIMIT, async () => {
    const queue = new Queue<number>()
    const ticked = new AbortController()
    const timer = setTimeout(() => ticked.abort(), 1)
    const end = performance.now() + 10_000
    while (!ticked.signal.aborted && performance.now() < end) {
      await queue.put(1)
      await queue.get()
    }
    clearTimeout(timer)
    assert.ok(ticked.signal.aborted)
  })

  test('the iterator ends at shutdown, when all is drained', LIMIT, async () => {
    const queue = new Queue<number>()
    for (const value of [1, 2]) await queue.put(value)
    await queue.shutdown()
    const got: number[] = []
    for await (const value of queue) got.push(value)
    assert.deepEqual(got, [1, 2])
  })

  test('an idle program with a queue ends; one that waits does not', LIMIT, async () => {
    const idle = await runProgram(`
      import { Queue } from 'manycore'
      const queue = new Queue()
      await queue.put(Buffer.alloc(5_000_000)); await queue.get()
    `)
    assert.deepEqual([idle.code, idle.stderr], [0, ''])
    const waiting = await runProgram(`
      import { Queue } from 'manycore'
      const queue = new Queue()
      queue.get({ timeout: 200 }).catch(error => console.log(error.code))
    `)
    assert.equal(waiting.stdout, 'QUEUE_EMPTY\n')
  })

  test('a queue gives its memory back: when it is idle, and when it is dropped', {
    ...LIMIT,
    skip: !existsSync('/proc/self/status'),
  }, async () => {
    const { stdout, stderr } = await runProgram(
      `
      import { readFileSync } from 'node:fs'
      import { Queue } from 'manycore'
      const shared = () => Number(/RssShmem:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
      const pass = async look => { while (!look() && performance.now() < 15_000) { gc(); await new Promise(r => setTimeout(r, 100)) } return look() }
      const idle = new Queue()
      for (let i = 0; i < 4; i++) await idle.put(Buffer.alloc(10_000_000))
      for (let i = 0; i < 4; i++) await idle.get()
      const before = shared()
      console.log(before > 30, await pass(() => shared() < before - 30))
      for (let i = 0; i < 8; i++) {
        const queue = new Queue()
        for (let n = 0; n < 3; n++) await queue.put(Buffer.alloc(5_000_000))
        await queue.get()
      }
      console.log(await pass(() => shared() < 30))
    `,
      { execArgv: ['--expose-gc'] },
    )
    assert.deepEqual([stdout, stderr], ['true true\ntrue\n', ''])
  })

  test('blocking forms are refused on the main thread of a program', LIMIT, async () => {
    const queue = new Queue<number>()
    assert.throws(() => queue.getSync(), code('BLOCKS_EVENT_LOOP'))
    assert.throws(() => queue.putSync(1), code('BLOCKS_EVENT_LOOP'))
    const [here] = Pipe()
    assert.throws(() => here.recvSync(), code('BLOCKS_EVENT_LOOP'))
    assert.throws(() => here.sendSync(1), code('BLOCKS_EVENT_LOOP'))
  })
})

eachKind(kind => {
  const { Worker } = kind
  afterEach(() => nothingLeft())

  test('blocking forms work in a worker, and wake each other', LIMIT, async () => {
    const [to, back] = [new Queue<number>(1), new Queue<number>(1)]
    const echo = (): void => {
      for (let value = to.getSync(); value >= 0; value = to.getSync()) back.putSync(value * 2)
    }
    const worker = new Worker({ target: echo }).start()
    for (let i = 0; i < 50; i++) {
      await to.put(i)
      assert.equal(await back.get(), i * 2)
    }
    await to.put(-1)
    await worker.join()
  })

  test('one that another thread is at is neither full nor empty', LIMIT, async () => {
    const [queue, signal] = [new Queue<Buffer | string>(), new Queue<number>()]
    const look = async (step: () => unknown): Promise<unknown> => {
      try {
        return await step()
      } catch (error) {
        return (error as { code?: unknown }).code
      }
    }
    const ready = new Queue<number>()
    const soon = async (): Promise<void> => {
      await signal.get()
      await new Promise(resolve => setTimeout(resolve, 200))
    }
    const tryBoth = async (): Promise<unknown[]> => {
      await ready.put(1)
      await soon()
      const put = await look(() => queue.putNowait('now'))
      const without = await look(() => queue.put('now', { timeout: 0 }))
      await queue.put('later')
      await soon()
      return [put, without, await look(() => queue.getNowait()), await look(() => queue.get({ timeout: 0 }))]
    }
    const worker = new Worker({ target: tryBoth }).start()
    // Begun, and then this thread computes.
    const compute = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
    await ready.get()
    await signal.put(1)
    const putting = queue.put(Buffer.alloc(10_000_000))
    compute()
    await putting
    while (queue.qsize() < 2) await sleep(5)
    await queue.put('the last')
    const getting = queue.get()
    signal.putNowait(2)
    compute()
    assert.equal((await getting).length, 10_000_000)
    const busy = 'CHANNEL_BUSY'
    assert.deepEqual(await worker.result(), [busy, busy, busy, busy])
    assert.deepEqual([await queue.get(), await queue.get()], ['later', 'the last'])
    await worker.join()
  })

  test('what a worker put is there when it has ended, however large', LIMIT, async () => {
    const queue = new Queue<Buffer>()
    const put = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await queue.put(Buffer.alloc(1_000_000, i))
    }
    await new Worker({ target: put }).start().join()
    for (let i = 0; i < 5; i++) assert.equal((await queue.get())[999_999], i)
  })

  test('every kind arrives as itself, once, also inside of values', LIMIT, async () => {
    const all = {
      queue: new Queue<string>(),
      joinable: new JoinableQueue<string>(),
      lifo: new LifoQueue<string>(),
      sorted: new PriorityQueue<string>(),
    }
    const use = async (given: typeof all, again: typeof all.queue): Promise<string[]> => {
      for (const queue of Object.values(given)) await queue.put('there')
      given.joinable.taskDone()
      return [...Object.values(given).map(queue => queue.constructor.name), String(given.queue === again)]
    }
    const worker = new Worker({ target: use, args: [all, all.queue] }).start()
    assert.deepEqual(await worker.result(), ['Queue', 'JoinableQueue', 'LifoQueue', 'PriorityQueue', 'true'])
    for (const queue of Object.values(all)) assert.equal(await queue.get(), 'there')
    assert.equal(await all.joinable.join({ timeout: 1000 }), true)
    await worker.join()
  })

  test('many at once: each item to exactly one taker', LIMIT, async () => {
    const work = new Queue<number>(10)
    const sums = new Queue<number>()
    const add = async (): Promise<void> => {
      let sum = 0
      for await (const value of work) sum += value
      await sums.put(sum)
    }
    const workers = [1, 2, 3].map(() => new Worker({ target: add }).start())
    for (let i = 1; i <= 2000; i++) await work.put(i)
    await work.shutdown()
    let sum = 0
    for (const _ of workers) sum += await sums.get()
    assert.equal(sum, 2_001_000)
    await Promise.all(workers.map(worker => worker.join()))
  })
})

test('a thread of another process puts, a thread of this one takes', LIMIT, async () => {
  const queue = new Queue<string>()
  const [here, there] = Pipe<string>()
  const nested = async (end: typeof there): Promise<void> => {
    const put = async (inner: typeof there): Promise<void> => {
      await queue.put('from a thread over there')
      await inner.send('the pipe too')
    }
    await new Thread({ target: put, args: [end] }).start().join()
  }
  const worker = new Process({ target: nested, args: [there] }).start()
  there.close()
  const taker = new Thread({ target: () => queue.get() }).start()
  assert.equal(await taker.result(), 'from a thread over there')
  assert.deepEqual(
    [await here.recv(), await here.recv().catch((error: { code: string }) => error.code)],
    ['the pipe too', 'END_OF_FILE'],
  )
  await Promise.all([worker.join(), taker.join()])
})

suite('functions of modules', () => {
  test('getNowait leaves a message whose module has to be loaded; get waits for it', LIMIT, async () => {
    const folder = tempDir()
    folder.write('tools.mjs', 'export function triple(n) { return n * 3 }')
    const queue = new Queue()
    const send = async (url: string): Promise<void> => {
      const { triple } = (await import(url)) as { triple: unknown }
      await queue.put(triple)
    }
    const worker = new Process({ target: send, args: [`file://${folder.path}/tools.mjs`] }).start()
    await worker.join()
    assert.throws(() => queue.getNowait(), code('NEEDS_LOADING'))
    const triple = (await queue.get()) as (n: number) => number
    assert.equal(triple(2), 6)
    folder.remove()
  })
})
