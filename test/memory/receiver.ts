import { parentPort, workerData } from 'node:worker_threads'
import { type Graph, packThrown } from '../../src/codec/index.ts'
import { type Packed, unwrap, wrap } from './packed.ts'
import { inheritTreeFile } from '../../src/memory/index.ts'

/*
 * The other side: a thread or a child process that gets the URL of a module, the name of one of its exports and packed
 * arguments, calls it and sends the result back.
 */

export interface Call {
  readonly id: number
  readonly module: string
  readonly name: string
  readonly args: Packed
}

export type Answer = { readonly id: number; readonly value?: Packed; readonly thrown?: Graph }

const can = { transfer: parentPort !== null, share: parentPort !== null }
const send = (answer: Answer): void => {
  if (parentPort) parentPort.postMessage(answer)
  else process.send?.(answer)
}

if (parentPort) inheritTreeFile((workerData as { tree?: number }).tree)
else if (process.env['TEST_TREE']) inheritTreeFile(Number(process.env['TEST_TREE']))

async function carryOut({ id, module, name, args }: Call): Promise<Answer> {
  try {
    const list = (await unwrap(args)) as unknown[]
    const { [name]: fn } = (await import(module)) as Record<string, (...args: unknown[]) => unknown>
    return { id, value: wrap(await fn?.(...list), 'result', can) }
  } catch (error) {
    return { id, thrown: packThrown(error, can) }
  }
}

const take = (call: unknown): void => void carryOut(call as Call).then(send)
if (parentPort) parentPort.on('message', take)
else process.on('message', take)
