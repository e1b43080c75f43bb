import { closeSync, openSync } from 'node:fs'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { entryFile, IN_BUNDLE } from '../../base/index.ts'
import type { Place } from '../platform/platform.ts'
import type { Registered } from './broker.ts'
import { openFifo, placeOf } from './fifo.ts'

/*
 * The side of the broker that has the memory: its thread is started when the first handle is packed for another
 * process, and ends with the thread that started it.
 */

/** How another process finds a block: the request FIFO of its broker, and the block's number there. */
export type Origin = readonly [pid: number, handle: number, mark: number, block: number]

export interface BrokerData {
  /** The descriptor of the request FIFO. */
  readonly fifo: number
  /** Where blocks are made known. */
  readonly blocks: MessagePort
}

interface Started {
  readonly place: Place
  readonly blocks: MessagePort
  /** Of the blocks that it knows. */
  readonly numbers: WeakMap<SharedArrayBuffer, number>
}

/** In a bundle: what the broker's thread runs. `scripts/bundle.js` puts it here. */
declare const brokerText: string

let started: Started | undefined
let refusal: string | undefined
let lastNumber = 0

/** Why there can't be a broker; `undefined` if there is one, or will be. */
export function whyNoBroker(): string | undefined {
  if (started || refusal !== undefined) return refusal
  if (process.platform !== 'linux') return (refusal = `there is no /proc on ${process.platform}`)
  try {
    started = start()
  } catch (error) {
    refusal = (error as Error).message
  }
  return refusal
}

/** Where another process finds this memory. Only after `whyNoBroker` has found nothing against it. */
export function originOf(buffer: SharedArrayBuffer, control: Registered['control']): Origin {
  const { place, blocks, numbers } = started as Started
  let number = numbers.get(buffer)
  if (number === undefined) {
    numbers.set(buffer, (number = ++lastNumber))
    blocks.postMessage({ number, buffer, control } satisfies Registered)
  }
  return [...place, number]
}

function start(): Started {
  // Read and written: so it opens at once, and stays while nobody else has it open.
  const fifo = openFifo(path => openSync(path, 'r+'))
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(IN_BUNDLE ? brokerText : entryFile('entry-broker', import.meta.url), {
    name: 'manycore broker',
    eval: IN_BUNDLE,
    workerData: { fifo, blocks: port2 } satisfies BrokerData,
    transferList: [port2],
    execArgv: [],
  })
  worker.unref()
  port1.unref()
  // Should it fail, those it serves find that it is gone, and the next handle starts another.
  worker.on('error', error =>
    process.emitWarning(`the broker of shared memory has failed: ${error.message}`, 'ManycoreWarning'),
  )
  worker.on('exit', () => {
    closeSync(fifo)
    started = undefined
  })
  return { place: placeOf(fifo), blocks: port1, numbers: new WeakMap() }
}
