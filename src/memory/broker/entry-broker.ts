import { openSync } from 'node:fs'
import { Socket } from 'node:net'
import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { every } from '../../base/index.ts'
import { Broker, type Registered } from './broker.ts'
import type { BrokerData } from './origin.ts'
import { MAGIC, REQUEST_BYTES, REQUEST_WORDS } from './requests.ts'

/*
 * The broker's thread. It hears requests through its event loop, not by reading: a thread that is blocked in the system
 * would hold up the end of its process.
 */

/** How often to look for clients that have died, in milliseconds. */
const TIDY = 1000
/** Bytes. */
const BALLAST: number = 2 ** 27

const { fifo, blocks } = workerData as BrokerData
const broker = new Broker(() => receiveMessageOnPort(blocks)?.message as Registered | undefined)
// Opened anew, so that the descriptor is this thread's own.
const requests = new Socket({ fd: openSync(`/proc/self/fd/${fifo}`, 'r+'), readable: true, writable: false })
let rest: Buffer = Buffer.alloc(0)

requests.on('data', (chunk: Buffer) => {
  const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
  let at = 0
  while (bytes.length - at >= REQUEST_BYTES) {
    if (((bytes.readInt32LE(at) ^ MAGIC) & 0xffff0000) !== 0) {
      // Somebody has written something else: go on where a request begins.
      at++
      continue
    }
    const request = new Int32Array(REQUEST_WORDS)
    bytes.copy(new Uint8Array(request.buffer), 0, at, at + REQUEST_BYTES)
    at += REQUEST_BYTES
    broker.handle(request)
  }
  rest = bytes.subarray(at)
})

every(TIDY, () => {
  if (broker.tidy() > 0) provokeCollection()
})

/**
 * A block's pages go with its last buffer, and this thread makes too little garbage for the engine to look for it: what
 * seems a lot of memory, though nothing is ever written there, makes it look.
 */
function provokeCollection(): void {
  try {
    void new ArrayBuffer(BALLAST)
  } catch {
    // There is little address space: later, then.
  }
}
