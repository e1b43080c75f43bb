import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, suite, test } from 'node:test'
import { type Connection, handOver, Pipe, Queue } from 'manycore'
import { eachKind, noNativeCode, nothingLeft, runProgram } from '../support/index.ts'
import { code, LIMIT } from '../worker/support.ts'

const HERE = {
  ...LIMIT,
  skip: process.platform !== 'linux' ? 'sockets can be handed over on Linux only' : noNativeCode(),
}

interface Pair {
  readonly client: Socket
  readonly accepted: Socket
  close(): Promise<void>
}

/** A connection whose accepted end nobody has read yet. */
async function connectedPair(pauseOnConnect = true): Promise<Pair> {
  const server = createServer({ pauseOnConnect }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [
    [Socket],
    unknown,
  ]
  const close = async (): Promise<void> => {
    for (const socket of [client, accepted]) {
      if (socket.closed) continue
      socket.destroy()
      await once(socket, 'close')
    }
    server.close()
    await once(server, 'close')
  }
  return { client, accepted, close }
}

/** How many TCP sockets this process has open; those of its workers' channels are of another kind. */
function openSockets(): number {
  const lines = readFileSync('/proc/self/net/tcp', 'utf8').split('\n').slice(1)
  const known = new Set(lines.map(line => `socket:[${line.trim().split(/\s+/)[9]}]`))
  return readdirSync('/proc/self/fd').filter(descriptor => known.has(linkOf(descriptor))).length
}

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    return 'closed meanwhile'
  }
}

/** All that the client hears until the connection ends. */
async function heard(client: Socket): Promise<string> {
  let text = ''
  for await (const chunk of client) text += String(chunk)
  return text
}

/** Answers all that comes in capital letters, until the other side has no more to say. */
async function answer(socket: Socket): Promise<void> {
  for await (const chunk of socket) socket.write(String(chunk).toUpperCase())
  socket.end()
}

eachKind(({ Worker, Pool, pick }) => {
  afterEach(() => nothingLeft())

  test('C114 a socket accepted here is answered by the worker that got it as an argument', HERE, async () => {
    const before = openSockets()
    const { client, accepted, close } = await connectedPair()
    const [here, there] = Pipe<number>()
    const target = async (socket: Socket, end: Connection<number>): Promise<number> => {
      await end.send(socket.remotePort as number)
      end.close()
      await answer(socket)
      return process.pid
    }
    const worker = new Worker({ target, args: [handOver(accepted), there] }).start()
    assert.equal(await here.recv(), client.localPort)
    accepted.destroy()
    client.end('a word')
    assert.equal(await heard(client), 'A WORD')
    assert.equal((await worker.result()) === process.pid, pick(true, false))
    here.close()
    there.close()
    await close()
    assert.equal(openSockets(), before)
  })

  test('C114 sockets are handed over by a queue and a connection, one after the other', HERE, async () => {
    const before = openSockets()
    const sockets = new Queue<Socket>()
    const [here, there] = Pipe<Socket, string>()
    const target = async (end: Connection<string, Socket>): Promise<void> => {
      for (const next of [() => sockets.get(), () => end.recv()]) {
        const socket = await next()
        await end.send('has it')
        await answer(socket)
      }
      end.close()
    }
    const worker = new Worker({ target, args: [there as unknown as Connection<string, Socket>] }).start()
    for (const hand of [(it: Socket) => sockets.put(it), (it: Socket) => here.send(it)]) {
      const { client, accepted, close } = await connectedPair()
      await hand(handOver(accepted))
      assert.equal(await here.recv(), 'has it')
      accepted.destroy()
      client.end('once more')
      assert.equal(await heard(client), 'ONCE MORE')
      await close()
    }
    await worker.join()
    here.close()
    there.close()
    assert.equal(openSockets(), before)
  })

  test('C114 a server that is handed over accepts in the worker', HERE, async () => {
    const before = openSockets()
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const [here, there] = Pipe<number>()
    const target = async (theirs: Server, end: Connection<number>): Promise<void> => {
      const accepted = new Promise<Socket>(resolve => theirs.once('connection', resolve))
      await end.send((theirs.address() as AddressInfo).port)
      end.close()
      const socket = await accepted
      theirs.close()
      await answer(socket)
    }
    const worker = new Worker({ target, args: [handOver(server), there] }).start()
    assert.equal(await here.recv(), port)
    server.close()
    await once(server, 'close')
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    client.end('to the worker')
    assert.equal(await heard(client), 'TO THE WORKER')
    await worker.join()
    here.close()
    there.close()
    assert.equal(openSockets(), before)
  })

  test('C114 bytes that were received and not read go along', HERE, async () => {
    const { client, accepted, close } = await connectedPair(false)
    client.write('early, ')
    await once(accepted, 'readable')
    const lent = handOver(accepted)
    client.end('late')
    const worker = new Worker({ target: answer, args: [lent] }).start()
    const text = heard(client)
    await worker.join()
    accepted.destroy()
    assert.equal(await text, 'EARLY, LATE')
    await close()
  })

  test('C114 a socket comes back as the result of a task', HERE, async () => {
    const server = createServer(socket => void answer(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const pool = new Pool(1)
    const open = async (to: number): Promise<Socket> => {
      const net = await import('node:net')
      const socket = net.connect({ port: to, host: '127.0.0.1', allowHalfOpen: true })
      await new Promise(resolve => socket.once('connect', resolve))
      return handOver(socket)
    }
    const socket = await pool.apply(open, [port])
    await pool.terminate()
    socket.end('from the task')
    assert.equal(await heard(socket), 'FROM THE TASK')
    server.close()
    await once(server, 'close')
  })

  test('C114 a socket that was closed before it arrived is an error of the receiver', HERE, async () => {
    const { accepted, close } = await connectedPair()
    const sockets = new Queue<Socket>()
    await sockets.put(handOver(accepted))
    await close()
    const worker = new Worker({ target: () => sockets.get() }).start()
    await assert.rejects(worker.result(), code('SOCKET_GONE'))
  })
})

suite('what is refused', () => {
  test('C114 a bare socket is refused, and the remedy names handOver', HERE, async () => {
    const { accepted, close } = await connectedPair()
    const queue = new Queue()
    try {
      await assert.rejects(queue.put(accepted), (error: Error) => {
        assert.match(error.message, /handOver/)
        return code('CANNOT_CLONE')(error)
      })
    } finally {
      await close()
    }
  })

  test(
    'C114 what is closed, connecting, still writing, or no socket is refused at the call',
    HERE,
    async () => {
      const { client, accepted, close } = await connectedPair()
      const refused = (thing: unknown, why: RegExp): void => {
        assert.throws(
          () => handOver(thing as Socket),
          (error: Error) => why.test(error.message) && code('SOCKET_UNFIT')(error),
        )
      }
      refused({}, /no socket or server/)
      refused(createServer(), /does not listen/)
      client.cork()
      client.write('not yet')
      refused(client, /7 bytes are still to be written/)
      client.uncork()
      const later = connect(1, '127.0.0.1')
      refused(later, /still connecting/)
      await once(later, 'error')
      const queue = new Queue<Socket>()
      const lent = handOver(accepted)
      await close()
      refused(accepted, /it is closed/)
      await assert.rejects(queue.put(lent), code('SOCKET_UNFIT'))
    },
  )

  test('C114 without native code it is refused at the call', LIMIT, async () => {
    const source = `
      import { createServer } from 'node:net'
      import { handOver } from 'manycore'
      const server = createServer().listen(0, () => {
        try {
          handOver(server)
        } catch (error) {
          console.log(error.code)
        }
        server.close()
      })`
    const { stdout, left } = await runProgram(source, { env: { MANYCORE_MEMORY: 'none' } })
    assert.equal(stdout.trim(), 'SOCKETS_CONFINED')
    assert.deepEqual(left, [])
  })
})
