import assert from 'node:assert/strict'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { suite, test } from 'node:test'
import { Connection, connection, Pipe, Process, Queue } from 'manycore'
import { eachKind } from '../support/index.ts'
import { code, LIMIT, waitForEver } from '../worker/support.ts'
import { crewOf } from './crew.ts'

async function echo(end: Connection): Promise<void> {
  for await (const value of end) await end.send(value)
  end.close()
}

eachKind(kind => {
  const { Worker } = kind
  const start = crewOf(kind, 4)

  test('C108 objects, bytes and 16 MB messages come back; receiving into a buffer', LIMIT, async () => {
    const [here, there] = Pipe()
    const worker = start(echo, there)
    there.close()
    const sequence = [1, 2.75]
    await here.send(sequence)
    assert.deepEqual(await here.recv(), sequence)
    const longMessage = Buffer.from('0123456789'.repeat(1_677_722))
    await here.sendBytes(longMessage)
    assert.ok((await here.recvBytes()).equals(longMessage))
    const hello = Buffer.from('hello world')
    await here.sendBytes(hello)
    const room = new Uint16Array(10)
    assert.equal(await here.recvBytesInto(room), hello.length)
    assert.deepEqual(Buffer.from(room.buffer).subarray(0, 11), hello)
    await here.sendBytes(hello)
    const later = Buffer.alloc(20)
    assert.equal(await here.recvBytesInto(later, 3), hello.length)
    assert.equal(later.toString('latin1', 3, 14), 'hello world')
    await here.sendBytes(Buffer.from('a long message'))
    await assert.rejects(here.recvBytesInto(Buffer.alloc(4)), (error: Error & { bytes: Buffer }) => {
      assert.equal(String(error.bytes), 'a long message')
      return code('BUFFER_TOO_SHORT')(error)
    })
    here.close()
    await worker
  })

  test(
    'C109 poll answers false at once and after a limit, and true when something is there',
    LIMIT,
    async () => {
      const [here, there] = Pipe()
      const worker = start(echo, there)
      there.close()
      assert.equal(await here.poll(), false)
      assert.equal(await here.poll({ timeout: -1 }), false)
      const began = performance.now()
      assert.equal(await here.poll({ timeout: 100 }), false)
      assert.ok(performance.now() - began > 90)
      await here.send(null)
      assert.equal(await here.poll({ timeout: 5000 }), true)
      assert.equal(await here.poll(), true)
      assert.equal(await here.recv(), null)
      here.close()
      await worker
    },
  )

  test('C110 after the other end closed, receiving reports the end of file', LIMIT, async () => {
    const [here, there] = Pipe<string>()
    assert.deepEqual([here.readable, here.writable], [true, true])
    const say = async (end: Connection<string>): Promise<void> => {
      await end.send('last words')
      end.close()
    }
    const worker = start(say, there)
    there.close()
    assert.equal(await here.recv(), 'last words')
    await assert.rejects(here.recv(), code('END_OF_FILE'))
    assert.equal(await here.poll(), true)
    await assert.rejects(here.send('too late'), code('BROKEN_PIPE'))
    await worker
  })

  test('C110 the same when the worker with the other end is killed', LIMIT, async () => {
    const [here, there] = Pipe()
    const hang = async (end: Connection): Promise<void> => {
      await end.send('ready')
      await waitForEver()
    }
    const worker = new Worker({ target: hang, args: [there] }).start()
    there.close()
    assert.equal(await here.recv(), 'ready')
    const end = assert.rejects(here.recv(), code('END_OF_FILE'))
    worker.kill()
    await end
    await worker.join()
  })

  test("C112 the parent may close its copy of the child's end right after start", LIMIT, async () => {
    const [here, there] = Pipe()
    const worker = new Worker({ target: (end: Connection) => end.send('hello'), args: [there] }).start()
    there.close()
    assert.equal(await here.recv(), 'hello')
    await worker.join()
  })

  test('C122 poll is true for an empty message and does not eat it', LIMIT, async () => {
    const [here, there] = Pipe()
    const say = (end: Connection): Promise<void> => end.sendBytes(new Uint8Array(0))
    const worker = start(say, there)
    assert.equal(await here.poll({ timeout: 5000 }), true)
    assert.equal(await here.poll(), true)
    assert.equal((await here.recvBytes()).length, 0)
    await worker
  })

  test('C123 C125 messages, empty ones too, arrive one by one, neither merged nor split', LIMIT, async () => {
    const [here, there] = Pipe()
    const texts = ['hello', '', 'world', 'x'.repeat(100_000), '', 'bye']
    const say = async (end: Connection): Promise<void> => {
      for (const text of texts) await end.sendBytes(Buffer.from(text))
      end.close()
    }
    const worker = start(say, there)
    there.close()
    for (const text of texts) assert.equal(String(await here.recvBytes()), text)
    await assert.rejects(here.recvBytes(), code('END_OF_FILE'))
    await worker
  })

  test('C124 polling in one worker takes no part of a message that another one reads', LIMIT, async () => {
    const [here, there] = Pipe()
    const polls = async (end: Connection): Promise<boolean> => end.poll({ timeout: 5000 })
    const worker = start(polls, there)
    await here.sendBytes(Buffer.from('a message of one piece'))
    assert.equal(await worker, true)
    assert.equal(String(await there.recvBytes()), 'a message of one piece')
  })

  test('C126 a live connection is sent through a queue to a worker that already runs', LIMIT, async () => {
    const line = new Queue<Connection>()
    const serve = async (): Promise<void> => {
      const end = await line.get()
      await end.send((await end.recv()) as string)
      end.close()
    }
    const worker = start(serve)
    const [here, there] = Pipe()
    await line.put(there)
    there.close()
    await here.send('through')
    assert.equal(await here.recv(), 'through')
    await assert.rejects(here.recv(), code('END_OF_FILE'))
    await worker
  })

  test('C127 one-way ends keep their direction when sent', LIMIT, async () => {
    const [reader, writer] = Pipe({ duplex: false })
    const use = async (end: Connection): Promise<unknown> => {
      const refused = await end.recv().catch((error: { code: string }) => error.code)
      await end.send('one way')
      return [refused, end.readable, end.writable]
    }
    const worker = start(use, writer)
    assert.deepEqual(await worker, ['WRONG_DIRECTION', false, true])
    assert.equal(await reader.recv(), 'one way')
  })

  test('C152 waiting over several connections delivers every message; closed ones end', LIMIT, async () => {
    const say = async (end: Connection, slow: boolean): Promise<void> => {
      for (let i = 0; i < 10; i++) {
        if (slow) await new Promise(resolve => setTimeout(resolve, Math.random() * 20))
        await end.send([i, slow])
      }
      end.close()
    }
    const open = new Set<Connection>()
    const workers = [0, 1, 2, 3].map(i => {
      const [here, there] = Pipe({ duplex: false })
      open.add(here)
      const worker = start(say, there, i % 2 === 1)
      there.close()
      return worker
    })
    let messages = 0
    while (open.size > 0) {
      for (const end of await connection.wait(open)) {
        try {
          await end.recv()
          messages++
        } catch (error) {
          assert.equal((error as { code?: unknown }).code, 'END_OF_FILE')
          open.delete(end)
        }
      }
    }
    assert.equal(messages, 40)
    await Promise.all(workers)
  })
})

suite('in one thread', () => {
  test('C111 a one-way pipe refuses the wrong direction', LIMIT, async () => {
    const [reader, writer] = Pipe({ duplex: false })
    await writer.send(1)
    assert.equal(await reader.recv(), 1)
    assert.deepEqual(
      [reader.readable, reader.writable, writer.readable, writer.writable],
      [true, false, false, true],
    )
    await assert.rejects(reader.send(2), code('WRONG_DIRECTION'))
    await assert.rejects(writer.recv(), code('WRONG_DIRECTION'))
    await assert.rejects(writer.poll(), code('WRONG_DIRECTION'))
  })

  test('C113 bytes can be sent from an offset with a size; wrong ones are refused', LIMIT, async () => {
    const [here, there] = Pipe()
    const letters = Buffer.from('abcdefghijklmnopqrstuvwxyz')
    const through = async (options: object): Promise<string> => {
      await here.sendBytes(letters, options)
      return String(await there.recvBytes())
    }
    assert.equal(await through({}), String(letters))
    assert.equal(await through({ offset: 5 }), String(letters.subarray(5)))
    assert.equal(await through({ offset: 7, size: 8 }), String(letters.subarray(7, 15)))
    assert.equal(await through({ offset: 26 }), '')
    assert.equal(await through({ offset: 26, size: 0 }), '')
    for (const options of [
      { offset: 27 },
      { offset: 22, size: 5 },
      { offset: 26, size: 1 },
      { offset: -1 },
      { offset: 4, size: -1 },
    ]) {
      await assert.rejects(here.sendBytes(letters, options), code('WRONG_OPTION'))
    }
    await assert.rejects(here.sendBytes('text' as never), code('WRONG_OPTION'))
    await assert.rejects(here.recvBytes(-1), code('WRONG_OPTION'))
  })

  test('C115 leaving the scope closes; use after close is refused', LIMIT, async () => {
    const [here, there] = Pipe()
    here[Symbol.dispose]()
    assert.equal(here.closed, true)
    for (const call of [
      here.send(1),
      here.recv(),
      here.poll(),
      here.sendBytes(Buffer.alloc(1)),
      here.recvBytes(),
    ]) {
      await assert.rejects(call, code('CHANNEL_CLOSED'))
    }
    assert.throws(() => here.sendSync(1), code('CHANNEL_CLOSED'))
    await assert.rejects(there.recv(), code('END_OF_FILE'))
  })

  test('C147 things that are no connections are refused, not tried', LIMIT, async () => {
    await assert.rejects(connection.wait([3 as never]), code('WRONG_OPTION'))
    await assert.rejects(connection.wait([{} as never]), code('WRONG_OPTION'))
    const [reader, writer] = Pipe({ duplex: false })
    await assert.rejects(connection.wait([writer]), code('WRONG_DIRECTION'))
    reader.close()
    await assert.rejects(connection.wait([reader]), code('CHANNEL_CLOSED'))
  })

  test('C152 raw sockets too', LIMIT, async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const accepted = once(server, 'connection') as Promise<[Socket]>
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [socket] = await accepted
    const [here, there] = Pipe()
    assert.deepEqual(await connection.wait([socket, here], { timeout: 30 }), [])
    client.write('over the wire')
    assert.deepEqual(await connection.wait([socket, here]), [socket])
    assert.equal(String(socket.read()), 'over the wire')
    await there.send(1)
    assert.deepEqual(await connection.wait([socket, here]), [here])
    await here.recv()
    client.end()
    assert.deepEqual(await connection.wait([socket, here]), [socket])
    socket.destroy()
    client.destroy()
    server.close()
  })

  test('C153 waiting with a limit gives nothing after it, then only what is ready', LIMIT, async () => {
    const [a, b] = Pipe()
    const began = performance.now()
    assert.deepEqual(await connection.wait([a, b], { timeout: 100 }), [])
    assert.ok(performance.now() - began > 90)
    await b.send(null)
    assert.deepEqual(await connection.wait([a, b], { timeout: 1000 }), [a])
    const controller = new AbortController()
    const waiting = connection.wait([b], { signal: controller.signal })
    controller.abort()
    await assert.rejects(waiting, code('WAIT_ABORTED'))
  })

  test('C154 connections and sentinels together give exactly those that are ready', LIMIT, async () => {
    const [a, b] = Pipe()
    const worker = new Process({ target: () => {} }).start()
    const { sentinel } = worker
    await sentinel
    assert.deepEqual(await connection.wait([a, sentinel, b]), [sentinel])
    await a.send(null)
    assert.deepEqual(await connection.wait([a, sentinel, b]), [sentinel, b])
    await b.send(null)
    assert.deepEqual(await connection.wait([a, sentinel, b]), [a, sentinel, b])
    await worker.join()
  })

  test('C155 a negative limit means zero', LIMIT, async () => {
    const [a, b] = Pipe()
    assert.deepEqual(await connection.wait([a, b], { timeout: -1 }), [])
  })

  test('C146 a signal during a wait does not break it', LIMIT, async () => {
    const [here, there] = Pipe()
    const ignore = (): void => {}
    process.on('SIGUSR2', ignore)
    const waiting = here.recv()
    process.kill(process.pid, 'SIGUSR2')
    await new Promise(resolve => setTimeout(resolve, 20))
    await there.send('still here')
    assert.equal(await waiting, 'still here')
    process.off('SIGUSR2', ignore)
  })
})
