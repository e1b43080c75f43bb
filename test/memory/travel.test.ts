import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { Lock, Process, Queue, SharedMemory, Thread } from 'manycore'
import { eachKind, noNativeCode, nothingLeft, runProgram } from '../support/index.ts'

const linux = { skip: process.platform === 'linux' ? noNativeCode() : 'Linux only' }

/** Counts one, with the lock held, and says where. */
async function count(lock: Lock, memory: SharedMemory, queue: Queue<string>, where: string): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await lock.acquire()
    memory.buf.writeInt32LE(memory.buf.readInt32LE(0) + 1, 0)
    lock.release()
  }
  await queue.put(where)
}

function things(): [Lock, SharedMemory, Queue<string>] {
  return [new Lock(), new SharedMemory({ create: true, size: 4 }), new Queue<string>()]
}

async function arrived(queue: Queue<string>, number: number): Promise<string[]> {
  const words: string[] = []
  while (words.length < number) words.push(await queue.get({ timeout: 20_000 }))
  return words.toSorted()
}

eachKind(({ Worker, Pool }) => {
  test('to grandchildren of both kinds, as arguments', { timeout: 60_000, ...linux }, async () => {
    const [lock, memory, queue] = things()
    const child = new Worker({
      target: async (...given: [Lock, SharedMemory, Queue<string>]) => {
        const below = [
          new Thread({ target: count, args: [...given, 'thread'] }),
          new Process({ target: count, args: [...given, 'process'] }),
        ]
        for (const worker of below) worker.start()
        await count(...given, 'child')
        for (const worker of below) await worker.join()
      },
      args: [lock, memory, queue],
    })
    child.start()
    await count(lock, memory, queue, 'here')
    assert.deepEqual(await arrived(queue, 4), ['child', 'here', 'process', 'thread'])
    await child.join()
    assert.equal(child.exitCode, 0)
    assert.equal(memory.buf.readInt32LE(0), 200)
    memory.close()
    memory.unlink()
    await nothingLeft()
  })

  test('to workers that run already: captured, as arguments, through a queue, and back', {
    timeout: 60_000,
    ...linux,
  }, async () => {
    await using pool = new Pool(2)
    // Both workers run before anything shared exists.
    await pool.map((n: number) => n, [1, 2, 3, 4])
    const [lock, memory, queue] = things()
    await pool.map((n: number) => count(lock, memory, queue, `captured ${n}`), [1, 2])
    await pool.apply(count, [lock, memory, queue, 'argument'])
    const post = new Queue<[Lock, SharedMemory, Queue<string>]>()
    const through = pool.apply(
      async (inbox: Queue<[Lock, SharedMemory, Queue<string>]>) => {
        const [held, shared, words] = await inbox.get()
        for (let i = 0; i < 50; i++) {
          await held.acquire()
          shared.buf.writeInt32LE(shared.buf.readInt32LE(0) + 1, 0)
          held.release()
        }
        await words.put('queue')
      },
      [post],
    )
    await post.put([lock, memory, queue])
    await through
    assert.deepEqual(await arrived(queue, 4), ['argument', 'captured 1', 'captured 2', 'queue'])
    assert.equal(memory.buf.readInt32LE(0), 200)
    // What a worker makes comes back, and what goes there and back is the object that went.
    const theirs = await pool.apply(() => new Lock())
    await theirs.acquire({ timeout: 5000 })
    theirs.release()
    assert.equal(await pool.apply((same: Lock) => same, [lock]), lock)
    memory.close()
    memory.unlink()
  })
})

test('after kill -9 of a whole tree nothing of it is left in /dev/shm', {
  timeout: 40_000,
  ...linux,
}, async () => {
  const before = new Set(readdirSync('/dev/shm'))
  const { signal } = await runProgram(`
    import { Lock, Pool, Queue, SharedArray } from 'manycore'
    const pool = new Pool(2)
    const lock = new Lock()
    const queue = new Queue()
    const array = new SharedArray('d', 100_000)
    await pool.map(async i => { await lock.acquire(); array[i] = 1; lock.release(); await queue.put(i) }, [0, 1, 2, 3])
    process.kill(process.pid, 'SIGKILL')
  `)
  assert.equal(signal, 'SIGKILL')
  const left = readdirSync('/dev/shm').filter(name => !before.has(name) && /manycore|mcm_/.test(name))
  assert.deepEqual(left, [])
})
