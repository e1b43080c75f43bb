import { parentPort } from 'node:worker_threads'
import { type Graph, pack, packThrown, registerClass, unpack } from '../../src/codec/index.ts'

/*
 * The other side of a real crossing: sends back what it gets, or throws it. A module of its own, so that the classes
 * are registered on both sides.
 */

export class Vector {
  readonly x: number
  readonly y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
  get length(): number {
    return Math.hypot(this.x, this.y)
  }
}

export class VectorError extends Error {
  readonly vector: Vector
  constructor(options: { readonly vector: Vector }) {
    super(`no vector of length ${options.vector.length}`)
    this.vector = options.vector
  }
}

registerClass(Vector)
registerClass(VectorError)

export interface Message {
  readonly how: 'echo' | 'throw' | 'fail'
  readonly graph?: Graph | undefined
  readonly value?: unknown
}

function answer({ how, graph, value: plain }: Message, can: { transfer: boolean; share: boolean }): Message {
  const value = graph ? unpack(graph) : plain
  if (how === 'echo') {
    const back = pack(value, { path: 'result', can })
    return back ? { how, graph: back } : { how, value }
  }
  try {
    if (how === 'throw') throw value
    return { how, graph: pack({ field: () => value }, { path: 'result', can }) }
  } catch (thrown) {
    return { how, graph: packThrown(thrown, can) }
  }
}

if (parentPort) {
  const port = parentPort
  port.on('message', (message: Message) => {
    port.postMessage(answer(message, { transfer: true, share: true }))
  })
} else if (process.env['CODEC_ECHO']) {
  process.on('message', message => {
    process.send?.(answer(message as Message, { transfer: false, share: false }))
  })
}
