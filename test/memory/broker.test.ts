import assert from 'node:assert/strict'
import { closeSync, ftruncateSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Arena, type ArenaCell, newHeader } from '../../src/memory/arena.ts'
import { bytesFor } from '../../src/memory/arena-layout.ts'
import { Broker } from '../../src/memory/broker/broker.ts'
import { openFifo, placeOf } from '../../src/memory/broker/fifo.ts'
import { MAGIC, OPERATION, PIECE, REPLY_WORDS, split, STATUS } from '../../src/memory/broker/requests.ts'
import { namelessFile } from '../../src/memory/nameless-file.ts'
import { NoPlatform } from '../../src/memory/platform/none.ts'
import type { Lock } from '../../src/sync/index.ts'
import { deadline, runProgram, startProgram } from '../support/index.ts'
import type { Made } from './broker-work.ts'
import { startProcess } from './sides.ts'
import type { Box } from './support.ts'

const WORK = new URL('broker-work.js', import.meta.url).href
const env = { MANYCORE_MEMORY: 'none' }
const options = { timeout: 90_000, skip: process.platform === 'linux' ? false : 'Linux only' }

/** Runs a program without native code; it prints what `main` gives. */
async function run(main: string, files: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const source = `import * as mc from 'manycore'
    // None stands by for the next: a Node more for each program here.
    mc.setStartMethod('spawn')
    const { Process, Lock, Semaphore, Event, Condition, Barrier, Queue, JoinableQueue, Pipe, Value, SharedArray, share } = mc
    const start = (target, ...args) => new Process({ target, args }).start()
    const results = all => Promise.all(all.map(each => each.result()))
    console.log(JSON.stringify(await (async () => {${main}})()))`
  const { code, stdout, stderr, left, late } = await runProgram(source, { env, files, timeout: 80_000 })
  assert.deepEqual({ code, stderr, left, late }, { code: 0, stderr: '', left: [], late: false })
  return JSON.parse(stdout)
}

describe('without native code', () => {
  test('a lock lets one of three processes in at a time, and a value counts', options, async () => {
    const got = await run(`
      const lock = new Lock(), sum = new Value('i', 0)
      async function work() {
        for (let i = 0; i < 30; i++) await lock.run(async () => {
          const before = sum.value
          await undefined
          sum.value = before + 1
        })
        for (let i = 0; i < 10; i++) { const guard = lock.tryAcquire(); if (guard) guard.release() }
      }
      const others = [start(work), start(work)]
      await work()
      await results(others)
      return sum.value`)
    assert.equal(got, 90)
  })

  test('numbers of every width', options, async () => {
    const got = await run(`
      const d = new Value('d', 1.5), q = new Value('q', 5n), f = new Value('f', 0), c = new Value('c', 'x')
      const b = new Value('B', 250), h = new Value('h', -3)
      const codes = await start(() => {
        d.value += 1
        d.atomic.add(0.25)
        q.atomic.add(-7n)
        q.value *= 2n ** 60n
        f.atomic.exchange(0.5)
        c.value = String.fromCharCode(c.value.charCodeAt(0) + 1)
        b.atomic.or(1)
        h.atomic.compareExchange(-3, -30000)
        h.atomic.compareExchange(5, 6)
        try { b.atomic.add(10) } catch (error) { return [error.code] }
      }).result()
      return [codes, d.value, String(q.value), f.value, c.value, b.value, h.value]`)
    const expected = [['VALUE_DOES_NOT_FIT'], 2.75, String(-2n * 2n ** 60n), 0.5, 'y', 251, -30000]
    assert.deepEqual(got, expected)
  })

  test(
    'a semaphore lets in as many as it has, an event wakes those who wait and those who block',
    options,
    async () => {
      const got = await run(`
      const room = new Semaphore(2), inside = new Value('i', 0), most = new Value('i', 0)
      const go = new Event()
      async function work() {
        await go.wait()
        for (let i = 0; i < 4; i++) {
          const guard = await room.acquire()
          const now = inside.atomic.add(1) + 1
          if (now > most.value) most.value = now
          await new Promise(resolve => setTimeout(resolve, 2))
          inside.atomic.sub(1)
          guard.release()
        }
      }
      const all = [start(work), start(work), start(work), start(() => go.waitSync())]
      go.set()
      await results(all)
      return [inside.value, most.value <= 2, room.value]`)
      assert.deepEqual(got, [0, true, 2])
    },
  )

  test('a condition and a barrier', options, async () => {
    const got = await run(`
      const condition = new Condition(), ready = new Value('i', 0), waiting = new Value('i', 0), barrier = new Barrier(3)
      async function work() {
        const guard = await condition.acquire()
        waiting.value += 1
        await condition.waitFor(() => ready.value === 1)
        guard.release()
        return [await barrier.wait(), await barrier.wait()].every(place => place >= 0 && place < 3)
      }
      const others = [start(work), start(work)]
      while (waiting.value < 2) await new Promise(resolve => setTimeout(resolve, 5))
      const guard = await condition.acquire()
      ready.value = 1
      condition.notifyAll()
      guard.release()
      await barrier.wait()
      await barrier.wait()
      return results(others)`)
    assert.deepEqual(got, [true, true])
  })

  test('a queue: several producers, large messages, and a lock in a message', options, async () => {
    const got = await run(`
      const queue = new Queue(), back = new Queue()
      async function produce(from) {
        for (let i = from; i < from + 100; i++) await queue.put({ i, text: 'x'.repeat(i % 60) })
      }
      const producers = [start(produce, 0), start(produce, 100)]
      const seen = new Set()
      const orders = [-1, -1]
      let inOrder = true
      for (let n = 0; n < 200; n++) {
        const { i, text } = await queue.get()
        if (text.length !== i % 60) throw new Error('a message is damaged')
        const from = Number(i >= 100)
        inOrder &&= i > orders[from]
        orders[from] = i
        seen.add(i)
      }
      await results(producers)
      const other = start(async () => {
        const bytes = await queue.get()
        await back.put(bytes.map(byte => byte ^ 255))
        const lock = await queue.get()
        back.putSync(lock.tryAcquire() === null)
      })
      await queue.put(Uint8Array.from({ length: 3_000_001 }, (_, i) => i % 251))
      const bytes = await back.get()
      const right = bytes.length === 3_000_001 && bytes.every((byte, i) => byte === (i % 251 ^ 255))
      const lock = new Lock()
      const guard = await lock.acquire()
      await queue.put(lock)
      const held = await back.get()
      guard.release()
      await other.result()
      return [seen.size, inOrder, right, held]`)
    assert.deepEqual(got, [200, true, true, true])
  })

  test('a pipe both ways until its end, and a queue with tasks to be done', options, async () => {
    const got = await run(`
      const [here, there] = Pipe()
      const answering = start(async connection => {
        for await (const value of connection) await connection.send(value + 1)
        return 'end of file'
      }, there)
      there.close()
      let value = 0
      for (let i = 0; i < 20; i++) {
        await here.send(value)
        value = await here.recv()
      }
      here.close()
      const tasks = new JoinableQueue()
      const worker = start(() => {
        for (;;) {
          const task = tasks.getSync()
          tasks.taskDone()
          if (task === 'last') return
        }
      })
      for (let i = 0; i < 10; i++) await tasks.put(i)
      await tasks.put('last')
      await tasks.join()
      await worker.result()
      return [value, await answering.result(), tasks.qsize()]`)
    assert.deepEqual(got, [20, 'end of file', 0])
  })

  test('it is handed on to a grandchild and to a thread', options, async () => {
    const files = {
      'work.mjs': `import { Process, Thread } from 'manycore'
        export async function count(lock, sum) {
          for (let i = 0; i < 10; i++) await lock.run(() => { sum.value += 1 })
        }
        export async function handOn(lock, sum) {
          const below = [new Process({ target: count, args: [lock, sum] }), new Thread({ target: count, args: [lock, sum] })]
          for (const worker of below) worker.start()
          await count(lock, sum)
          await Promise.all(below.map(worker => worker.result()))
        }`,
    }
    const got = await run(
      `const { count, handOn } = await import('./work.mjs')
      const lock = new Lock(), sum = new Value('i', 0)
      const below = [start(handOn, lock, sum), new mc.Thread({ target: handOn, args: [lock, sum] }).start()]
      await count(lock, sum)
      await results(below)
      return sum.value`,
      files,
    )
    assert.equal(got, 70)
  })

  test('what gives users the memory itself is refused, and the error says why', options, async () => {
    const got = (await run(`
      const refused = []
      for (const thing of [new SharedArray('i', 4), share({ a: 1 }), new Value(mc.struct({ a: 'i' }))]) {
        try { start(() => {}, thing) } catch (error) { refused.push([error.code, error.message]) }
      }
      return refused`)) as [string, string][]
    assert.deepEqual(
      got.map(([code]) => code),
      ['MEMORY_CONFINED', 'MEMORY_CONFINED', 'MEMORY_CONFINED'],
    )
    for (const [, message] of got) assert.match(message, /locks, queues and numbers/)
  })

  test('a thread that has a broker can be terminated', options, async () => {
    const got = await run(`
      const started = new Event()
      const thread = new mc.Thread({ target: async started => {
        const { Process, Lock } = await import('manycore')
        const lock = new Lock()
        await new Process({ target: async lock => void (await lock.acquire()), args: [lock] }).start().result()
        started.set()
        await new Promise(() => setInterval(() => {}, 1000))
      }, args: [started] }).start()
      await started.wait()
      thread.terminate()
      await thread.sentinel
      return 'over'`)
    assert.equal(got, 'over')
  })

  test('nothing is left behind by a program that is killed', options, async () => {
    const before = folders()
    const program = startProgram(
      `import { Process, Lock } from 'manycore'
      const lock = new Lock()
      const worker = new Process({ target: async () => {
        await lock.acquire()
        await new Promise(() => setInterval(() => {}, 1000))
      } }).start()
      while (!lock.locked()) await new Promise(resolve => setTimeout(resolve, 5))
      console.log('locked')`,
      { env, timeout: 80_000 },
    )
    await program.line(/locked/)
    process.kill(program.pid, 'SIGKILL')
    const { left } = await program.done
    assert.deepEqual(left, [])
    assert.deepEqual(
      folders().filter(name => !before.includes(name)),
      [],
    )
  })
})

describe('a process with native code, and things of one without', () => {
  test('the holder is killed: the next one gets the lock, abandoned', options, async () => {
    const [origin, holder] = [startProcess({ env }), startProcess()]
    try {
      const lock = (await origin.call(WORK, 'makeLock')) as Lock
      await holder.call(WORK, 'hold', lock)
      assert.equal(lock.tryAcquire(), null)
      const waiting = lock.acquire()
      await holder.kill()
      const guard = await deadline(waiting, 10_000, 'the lock of a dead holder')
      assert.equal(guard.abandoned, true)
      guard.release()
    } finally {
      await Promise.all([origin.kill(), holder.kill()])
    }
  })

  test(
    'the process that has the memory is killed: whoever waits learns it, and whoever comes',
    options,
    async () => {
      const origin = startProcess({ env })
      try {
        const { lock, event, queue, here } = (await origin.call(WORK, 'make')) as Made
        assert.equal(lock.locked(), true)
        const waits = [lock.acquire(), event.wait(), queue.get(), here.recv()].map(refusal)
        await origin.kill()
        const later = [lock.acquire(), event.wait(), queue.put(1), here.send(1)].map(refusal)
        for (const wait of [...waits, ...later]) {
          assert.equal(await deadline(wait, 10_000, 'an error'), 'MEMORY_GONE')
        }
        assert.throws(() => lock.tryAcquire(), { code: 'MEMORY_GONE' })
      } finally {
        await origin.kill()
      }
      // Those of the tests before, whose brokers have ended too, included.
      assert.equal(fifos(), 0)
    },
  )

  test('bytes of a segment are fetched and brought back', options, async () => {
    const origin = startProcess({ env })
    try {
      const { segment, cell } = (await origin.call(WORK, 'boxOfBytes', 'hello')) as Box
      assert.ok(segment?.pull && segment.push)
      segment.pull(0, 5)
      assert.equal(Buffer.from(segment.bytes.subarray(0, 5)).toString(), 'hello')
      const text = 'round the end of a piece'
      segment.bytes.set(Buffer.from(text), segment.size - text.length - 1)
      segment.push(segment.size - text.length - 1, text.length)
      assert.equal(await origin.call(WORK, 'textOf', segment.size - text.length - 1, text.length), text)
      assert.throws(() => cell.cells.load(16), { code: 'INTERNAL' })
      assert.throws(() => cell.cells.store(-1, 1), { code: 'INTERNAL' })
    } finally {
      await origin.kill()
    }
  })
})

test('a broker answers whatever it is asked, and touches nothing but what it was given', options, () => {
  const replies = openFifo(path => openSync(path, 'r+'))
  const file = namelessFile()
  ftruncateSync(file, PIECE)
  try {
    const { broker, arena, outside } = brokerOverArena()
    const hello = [
      ...placeOf(replies).slice(0, 2),
      ...split(placeOf(replies)[2]),
      file,
      ...split(placeOf(file)[2]),
    ]
    broker.handle(Int32Array.of(MAGIC | OPERATION.hello, ...hello))
    const client = reply(replies)[1] as number
    const ask = (operation: number, fields: readonly number[]): number[] => {
      broker.handle(Int32Array.of(MAGIC | operation, client, ...fields, 0, 0, 0, 0, 0, 0).subarray(0, 8))
      return reply(replies)
    }
    const cell = arena.allocate(16) as ArenaCell
    const [, handle = 0] = ask(OPERATION.arena, [1])
    assert.equal(ask(OPERATION.adopt, [handle, cell.unit, cell.generation, 16])[0], STATUS.done)
    assert.equal(ask(OPERATION.segment, [2, 4096, 0])[0], STATUS.done)
    const field = fc.oneof(fc.nat(6), fc.integer(), fc.constantFrom(16, 4092, 4096, 2 ** 20, cell.unit))
    const fields = fc.array(field, { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(fc.integer({ min: OPERATION.arena, max: 40 }), fields, (operation, given) => {
        const [status = -1] = ask(operation, given)
        assert.ok(status >= STATUS.done && status <= STATUS.full)
        assert.ok(outside().every(word => word === 0x5eed))
      }),
      { numRuns: 3000 },
    )
  } finally {
    closeSync(replies)
    closeSync(file)
  }
})

/** A broker over an arena, block 1, and a segment, block 2; and the words of a cell that nobody has told it of. */
function brokerOverArena(): { broker: Broker; arena: Arena; outside: () => Int32Array } {
  const platform = new NoPlatform('a test')
  const block = platform.createSparse(bytesFor(1))
  new Int32Array(block.buffer).set(newHeader())
  const arena = new Arena(platform, block)
  const secret = arena.allocate(64) as ArenaCell
  for (let word = 0; word < 64; word++) secret.cells.store(word, 0x5eed)
  const blocks = [block.buffer, new SharedArrayBuffer(4096)].map((buffer, i) => {
    return { number: i + 1, buffer, control: undefined }
  })
  const outside = (): Int32Array => new Int32Array(block.buffer, secret.offset, 64)
  return { broker: new Broker(() => blocks.shift()), arena, outside }
}

function reply(fifo: number): number[] {
  const words = new Int32Array(REPLY_WORDS)
  assert.equal(readSync(fifo, new Uint8Array(words.buffer)), REPLY_WORDS * 4)
  return [...words]
}

/** The code of the error that it fails with. */
function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    error => (error as { code?: unknown }).code,
  )
}

function folders(): string[] {
  return readdirSync(tmpdir()).filter(name => /^manycore-\w{6}$/.test(name))
}

/** How many FIFOs this process has open. */
function fifos(): number {
  const targets = readdirSync('/proc/self/fd').map(name => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`)
    } catch {
      return ''
    }
  })
  return targets.filter(target => target.startsWith(tmpdir()) && target.includes('/fifo')).length
}
