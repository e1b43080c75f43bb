import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import {
  type Connection,
  connection,
  explain,
  JoinableQueue,
  LifoQueue,
  Pipe,
  PriorityQueue,
  Process,
  Queue,
  SimpleQueue,
  Thread,
} from 'manycore'
import { allocateCell } from '../../src/memory/index.ts'
import { eachKind, nothingLeft, tempDir } from '../support/index.ts'
import { code, LIMIT } from '../worker/support.ts'
import { End, END_WORDS } from './parts.ts'

/** Nobody has the other end, and none is on its way: told at once, not after a minute. */
async function isAtItsEnd(end: Connection<never>): Promise<void> {
  await assert.rejects(end.recv({ timeout: 5000 }), code('END_OF_FILE'))
  end.close()
}

suite('a connection that was on its way in one thread', () => {
  test('arrives where it came from', LIMIT, async () => {
    const queue = new Queue<Connection>()
    const [here, there] = Pipe()
    await queue.put(there)
    const arrived = await queue.get()
    assert.equal(arrived, there)
    arrived.close()
    await isAtItsEnd(here as Connection<never>)
  })

  test('within an error, which is tried out first', LIMIT, async () => {
    const queue = new Queue<Error & { readonly end: Connection }>()
    const [here, there] = Pipe()
    await queue.put(Object.assign(new Error('with an end'), { end: there }))
    const error = await queue.get()
    assert.equal(error.end, there)
    error.end.close()
    await isAtItsEnd(here as Connection<never>)
  })

  test('has not left where the put failed', LIMIT, async () => {
    const full = new Queue(1)
    await full.put(0)
    const [here, there] = Pipe()
    const shut = new Queue()
    await shut.shutdown()
    assert.throws(() => full.putNowait(there), code('QUEUE_FULL'))
    assert.throws(() => full.putSync(there, { timeout: 1, blockMainThread: true }), code('QUEUE_FULL'))
    await assert.rejects(full.put([there], { timeout: 1 }), code('QUEUE_FULL'))
    await assert.rejects(full.put({ there }, { signal: AbortSignal.abort() }), code('WAIT_ABORTED'))
    await assert.rejects(full.put([there, Promise.resolve()]), code('CANNOT_CLONE'))
    await assert.rejects(shut.put(there), code('QUEUE_SHUT_DOWN'))
    there.close()
    await isAtItsEnd(here as Connection<never>)
  })

  test('as long as it is on its way, the other end goes on', LIMIT, async () => {
    const queue = new Queue<Connection<string>>()
    const [here, there] = Pipe<string>()
    await queue.put(there)
    there.close()
    assert.equal(await here.poll(), false)
    // What was closed here is not what arrives.
    const arrived = await queue.get()
    assert.notEqual(arrived, there)
    await arrived.send('still open')
    assert.equal(await here.recv(), 'still open')
    arrived.close()
    await isAtItsEnd(here as unknown as Connection<never>)
  })

  test('is held until the last object that stands for it lets go', LIMIT, () => {
    const cell = allocateCell(END_WORDS)
    const [old, fresh] = [new End(cell), new End(cell)]
    old.hold()
    fresh.hold()
    old.release()
    assert.equal(fresh.isHeld, true)
    fresh.release()
    assert.equal(fresh.isHeld, false)
  })
})

for (const Worker of [Thread, Process]) {
  test(`a ${Worker.name} that is killed as it starts has not got what it was sent`, LIMIT, async () => {
    const [here, there] = Pipe<never>()
    const worker = new Worker({ target: (end: Connection) => end.recv(), args: [there] }).start()
    there.close()
    worker.kill()
    await worker.join()
    await isAtItsEnd(here)
  })
}

for (const Worker of [Thread, Process]) {
  test(
    `a ${Worker.name} that is killed while it loads modules has not got what it was sent`,
    LIMIT,
    async () => {
      const folder = tempDir()
      const begun = join(folder.path, 'begun')
      const loading = `(await import('node:fs')).writeFileSync(${JSON.stringify(begun)}, '')`
      const never = `setInterval(() => {}, 1000); await new Promise(() => {})`
      const file = folder.write(
        'never.mjs',
        `export class Never {}\nif (!globalThis.isTest) { ${loading}; ${never} }`,
      )
      Object.assign(globalThis, { isTest: true })
      const { Never } = (await import(pathToFileURL(file).href)) as { Never: new () => object }
      const [here, there] = Pipe<never>()
      const target = (...[end]: [Connection, object]): boolean => end.closed
      const worker = new Worker({ target, args: [there, new Never()] }).start()
      there.close()
      while (!existsSync(begun)) await sleep(5)
      worker.kill()
      await worker.join()
      await isAtItsEnd(here)
    },
  )

  test(
    `nor has one that is killed as it starts what its function captures: ${Worker.name}`,
    LIMIT,
    async () => {
      const [here, there] = Pipe<never>()
      const worker = new Worker({ target: () => there.recv() }).start()
      there.close()
      worker.kill()
      await worker.join()
      await isAtItsEnd(here)
    },
  )
}

for (const [what, refused] of [
  ['is explained', end => explain(() => end)],
  [
    "has arguments that can't travel",
    end => new Thread({ target: (...given: object[]) => [end, given], args: [new WeakRef({})] }).start(),
  ],
  [
    "can't be started",
    end => new Process({ target: (given: unknown) => [end, given], args: [end], cwd: '/nowhere' }).start(),
  ],
] as readonly (readonly [string, (end: unknown) => unknown])[]) {
  test(`what a function captures is not on its way when it ${what}`, LIMIT, async () => {
    const [here, there] = Pipe<never>()
    try {
      refused(there)
    } catch {}
    there.close()
    await isAtItsEnd(here)
  })
}

test('a queue that was closed here arrives as a new one', LIMIT, async () => {
  const road = new Queue<Queue<number>>()
  for (const Class of [Queue, SimpleQueue, JoinableQueue, LifoQueue, PriorityQueue]) {
    const queue = new Class<number>() as Queue<number>
    await queue.put(1)
    await road.put(queue)
    queue.close()
    const arrived = await road.get()
    assert.notEqual(arrived, queue)
    assert.equal(arrived.constructor, Class)
    assert.equal(await arrived.get(), 1)
    await road.put(arrived)
    assert.equal(await road.get(), arrived)
  }
})

eachKind(({ Pool }) => {
  afterEach(() => nothingLeft())

  test('passed twice to one worker, and to none', LIMIT, async () => {
    const [here, there] = Pipe<number>()
    const pool = new Pool(1)
    const send = async (end: Connection<number>, value: number): Promise<void> => end.send(value)
    await pool.apply(send, [there, 1])
    await pool.apply(send, [there, 2])
    await assert.rejects(
      pool.apply(send, [there, Promise.resolve(3) as unknown as number]),
      code('CANNOT_CLONE'),
    )
    pool.close()
    await pool.join()
    there.close()
    assert.deepEqual([await here.recv(), await here.recv()], [1, 2])
    await isAtItsEnd(here as unknown as Connection<never>)
  })

  test('captured by a function that it has already', LIMIT, async () => {
    const [here, there] = Pipe<number>()
    const pool = new Pool(1)
    const send = (): Promise<void> => there.send(1)
    for (let i = 0; i < 3; i++) await pool.apply(send)
    await pool.map(send, [1, 2, 3], { chunksize: 1 })
    await assert.rejects(
      pool.apply((given: object) => [there, given], [new WeakRef({})]),
      code('CANNOT_CLONE'),
    )
    there.close()
    for (let i = 0; i < 6; i++) await here.recv()
    await pool.terminate()
    await isAtItsEnd(here as Connection<never>)
  })

  test('a call that is cancelled before it was sent has sent nothing', LIMIT, async () => {
    const [here, there] = Pipe()
    const gate = new Queue<number>()
    const pool = new Pool(1)
    const first = pool.applyAsync(() => gate.get())
    const behind = [1, 2, 3, 4].map(() => pool.applyAsync((end: Connection) => end.closed, [there]))
    for (const call of behind) call.cancel()
    for (const call of behind) await assert.rejects(call.get())
    await gate.put(1)
    await first.get()
    pool.close()
    await pool.join()
    there.close()
    await isAtItsEnd(here as Connection<never>)
  })

  test('what waits for several goes along, taken out of its object too', LIMIT, async () => {
    const [here, there] = Pipe<number>()
    const { wait } = connection
    const tools = { wait }
    await using pool = new Pool(1)
    await here.send(1)
    const ready = async (end: Connection<number>): Promise<number[]> => [
      (await wait([end])).length,
      (await tools.wait([end])).length,
      (await connection.wait([end])).length,
    ]
    assert.deepEqual(await pool.apply(ready, [there]), [1, 1, 1])
    for (const end of [here, there]) end.close()
  })

  test('closed by one call, it is open in the next', LIMIT, async () => {
    const [here, there] = Pipe<number>()
    const queue = new Queue<number>()
    await using pool = new Pool(1)
    const use = async (end: Connection<number>, results: Queue<number>, value: number): Promise<void> => {
      await end.send(value)
      await results.put(value)
      end.close()
      results.close()
    }
    for (const value of [1, 2, 3]) await pool.apply(use, [there, queue, value])
    for (const value of [1, 2, 3]) assert.deepEqual([await here.recv(), await queue.get()], [value, value])
    for (const end of [here, there]) end.close()
  })
})
