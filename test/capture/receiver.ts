import { parentPort } from 'node:worker_threads'
import { adoptCaptureBoot } from '../../src/capture/index.ts'
import { type Graph, pack, packThrown, prepare, unpack } from '../../src/codec/index.ts'

/*
 * The other side of a case: a thread or a child process that gets a function's graph with arguments, calls it and
 * sends the result back.
 */

interface Call {
  readonly id: number
  readonly boot: unknown
  readonly graph: Graph
  readonly args: readonly unknown[]
}

type Answer = { id: number; value?: unknown; packed?: Graph | undefined; thrown?: Graph }

const can = { transfer: parentPort !== null, share: parentPort !== null }
const send = (answer: Answer): void => {
  if (parentPort) parentPort.postMessage(answer)
  else process.send?.(answer)
}

async function carryOut({ id, boot, graph, args }: Call): Promise<Answer> {
  try {
    adoptCaptureBoot(boot)
    await prepare(graph)
    const fn = unpack(graph) as (...args: readonly unknown[]) => unknown
    const value: unknown = /^class\b/.test(String(fn)) ? fn : await fn(...args)
    const packed = pack(value, { path: 'result', can })
    return packed ? { id, packed } : { id, value }
  } catch (error) {
    return { id, thrown: packThrown(error, can) }
  }
}

const take = (call: unknown): void => void carryOut(call as Call).then(send)
if (parentPort) parentPort.on('message', take)
else process.on('message', take)
