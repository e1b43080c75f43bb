import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe as suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { CodecError } from '../../src/base/index.ts'
import { unpack } from '../../src/codec/index.ts'
import { type Message, Vector, VectorError } from './echo.ts'
import { assertSame, packOn, PROCESS, type Road, THREAD } from './roads.ts'

interface Echo {
  ask(message: Message): Promise<Message>
  end(): Promise<unknown>
}

function thread(file: URL): Echo {
  const worker = new Worker(file)
  return {
    ask(message) {
      worker.postMessage(message, [])
      return once(worker, 'message').then(([answer]) => answer as Message)
    },
    end: () => worker.terminate(),
  }
}

function child(file: URL): Echo {
  const env = { ...process.env, CODEC_ECHO: '1' }
  const forked = fork(fileURLToPath(file), { serialization: 'advanced', env, execArgv: [] })
  return {
    ask(message) {
      forked.send(message)
      return once(forked, 'message').then(([answer]) => answer as Message)
    },
    end() {
      forked.disconnect()
      return once(forked, 'exit')
    },
  }
}

interface Kind {
  readonly name: string
  readonly start: (file: URL) => Echo
  readonly road: Road
}

const KINDS: readonly Kind[] = [
  { name: 'threads', start: thread, road: THREAD },
  { name: 'processes', start: child, road: PROCESS },
]

async function through(kind: Kind, how: Message['how'], value: unknown): Promise<unknown> {
  const echo = kind.start(new URL('echo.js', import.meta.url))
  try {
    const graph = packOn(kind.road, value)
    const { graph: back, value: plain } = await echo.ask(graph ? { how, graph } : { how, value })
    return back ? unpack(back) : plain
  } finally {
    await echo.end()
  }
}

for (const kind of KINDS) {
  suite(kind.name, () => {
    test('values come back as they were', { timeout: 30_000 }, async () => {
      const vector = new Vector(3, 4)
      const value = {
        plain: [1, 'x', null],
        vectors: [vector, vector, new Map([[vector, new Set([vector])]])],
        bytes: [Buffer.from('hello'), new Float64Array([1.5, 2.5]).subarray(1), new ArrayBuffer(4)],
        rest: [
          new URL('a:b'),
          /x/g,
          Object.freeze([-0]),
          Object.create(null),
          10n,
          Symbol.iterator,
          new Date(0),
        ],
        error: new RangeError('in here', { cause: vector }),
      }
      assertSame(await through(kind, 'echo', value), value)
    })

    test('plain data comes back as it was', { timeout: 30_000 }, async () => {
      const value = { list: Array.from({ length: 10_000 }, (_, i) => ({ i })), text: 'ä', nothing: undefined }
      assertSame(await through(kind, 'echo', value), value)
    })

    test('a thrown error comes back with class, fields and its stack', { timeout: 30_000 }, async () => {
      const error = new VectorError({ vector: new Vector(3, 4) })
      const back = await through(kind, 'throw', error)
      assert.ok(back instanceof VectorError)
      assert.deepEqual(
        [back.vector.length, back.message, back.stack],
        [5, 'no vector of length 5', error.stack],
      )
    })

    test('a result that can not cross is an error that names it', { timeout: 30_000 }, async () => {
      const back = await through(kind, 'fail', 1)
      assert.ok(back instanceof CodecError)
      assert.deepEqual([back.code, back.path], ['CANNOT_CLONE', 'result.field'])
    })
  })
}
