import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { connection, JoinableQueue, LifoQueue, Pipe, Queue, Thread } from 'manycore'
import { code, LIMIT } from '../worker/support.ts'

suite('close() in the thread that waits', () => {
  for (const Class of [Queue, JoinableQueue, LifoQueue]) {
    test(`a get, a put and a loop over a ${Class.name} end`, LIMIT, async () => {
      const queue = new Class<number>(1)
      const loop = (async () => {
        const got: number[] = []
        for await (const value of queue) got.push(value)
        return got
      })()
      const getting = queue.get()
      queue.close()
      assert.deepEqual(await loop, [])
      await assert.rejects(getting, code('CHANNEL_CLOSED'))

      const full = new Class<number>(1)
      await full.put(1)
      const putting = full.put(2)
      full.close()
      await assert.rejects(putting, code('CHANNEL_CLOSED'))
    })
  }

  test('no message goes to a closed queue; another thread gets it', LIMIT, async () => {
    const queue = new Queue<string>()
    const signal = new Queue<string>()
    const work = async (): Promise<string> => {
      await signal.get()
      await queue.put('late')
      return queue.get({ timeout: 5000 })
    }
    const worker = new Thread({ target: work }).start()
    const getting = queue.get()
    queue.close()
    await signal.put('go')
    await assert.rejects(getting, code('CHANNEL_CLOSED'))
    assert.equal(await worker.result(), 'late')
    await worker.join()
  })

  test(
    'what is begun is finished; what waits behind it is refused, though there is more',
    LIMIT,
    async () => {
      const queue = new Queue<Buffer>()
      for (let i = 0; i < 3; i++) await queue.put(Buffer.alloc(1_000_000, i))
      const [first, second] = [queue.get(), queue.get()]
      await new Promise(resolve => setImmediate(resolve))
      queue.close()
      const ends = await Promise.allSettled([first, second])
      for (const end of ends) {
        if (end.status === 'fulfilled') assert.equal(end.value.length, 1_000_000)
        else code('CHANNEL_CLOSED')(end.reason)
      }
      assert.equal(ends[1].status, 'rejected')
    },
  )

  test('a connection: recv, poll and the loop over it', LIMIT, async () => {
    const [here, there] = Pipe<number>()
    const waits = [here.recv(), here.recvBytes(), here.poll({ timeout: Number.POSITIVE_INFINITY })]
    const loop = (async () => {
      for await (const _ of here);
    })()
    here.close()
    for (const wait of waits) await assert.rejects(wait, code('CHANNEL_CLOSED'))
    await loop
    there.close()
  })

  test('connection.wait is refused when one of them is closed meanwhile', LIMIT, async () => {
    const [[a, b], [c, d]] = [Pipe<number>(), Pipe<number>()]
    const [alone, both] = [connection.wait([a]), connection.wait([c, a])]
    // They listen by then.
    await turn()
    a.close()
    await assert.rejects(alone, code('CHANNEL_CLOSED'))
    await assert.rejects(both, code('CHANNEL_CLOSED'))
    // A failed wait leaves nothing that a later message could trip over.
    await d.send(1)
    assert.deepEqual(await connection.wait([c]), [c])
    await assert.rejects(connection.wait([a]), code('CHANNEL_CLOSED'))
    for (const end of [b, c, d]) end.close()
  })

  test('connection.wait goes on when another thread was faster', LIMIT, async () => {
    const [here, there] = Pipe<number>()
    const waiting = connection.wait([here])
    // Both waits of this thread are told of the first message, and this one takes it.
    const got = here.recv()
    await there.send(1)
    assert.equal(await got, 1)
    await there.send(2)
    assert.deepEqual(await waiting, [here])
    for (const end of [here, there]) end.close()
  })
})

suite('a signal that has been given', () => {
  const GIVEN = { signal: AbortSignal.abort(new Error('enough')) }

  test('is heeded where nothing would have to be waited for', LIMIT, async () => {
    const queue = new JoinableQueue<number>()
    await queue.put(1)
    const [here, there] = Pipe<number>()
    await there.send(1)
    const calls = [
      queue.get(GIVEN),
      queue.put(2, GIVEN),
      queue.get({ ...GIVEN, timeout: 0 }),
      new JoinableQueue().join(GIVEN),
      here.recv(GIVEN),
      here.send(2, GIVEN),
      here.poll(GIVEN),
      here.recvBytes(undefined, GIVEN),
      connection.wait([here], GIVEN),
    ]
    for (const call of calls) await assert.rejects(call, code('WAIT_ABORTED'))
    assert.deepEqual([queue.qsize(), await here.poll(), await there.poll()], [1, true, false])
    const open = new AbortController()
    assert.equal(await queue.get({ signal: open.signal }), 1)
    assert.equal(await here.recv({ signal: open.signal }), 1)
    for (const end of [here, there]) end.close()
  })
})
