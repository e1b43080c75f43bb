import { type Cells, SLICE } from '../cells.ts'
import type { BrokerClient } from './broker-client.ts'
import { OPERATION, type Operation } from './requests.ts'

/** How long to rest between two looks, in milliseconds: a little longer each time. */
const RESTS = [1, 1, 2, 3, 5]

/** The most that fits into a word. */
const EVERYBODY = 0x7fffffff

const pause = new Int32Array(new SharedArrayBuffer(4))

/** Cells in the memory of another process: each operation is one request to its broker. */
export class RemoteCells implements Cells {
  readonly isRemote = true
  readonly length: number
  readonly client: BrokerClient
  readonly handle: number

  constructor(client: BrokerClient, handle: number, length: number) {
    this.client = client
    this.handle = handle
    this.length = length
    dropped.register(this, [client, handle], this)
  }

  load(word: number): number {
    return this.#call(OPERATION.load, word)
  }

  store(word: number, value: number): void {
    this.#call(OPERATION.store, word, value)
  }

  exchange(word: number, value: number): number {
    return this.#call(OPERATION.exchange, word, value)
  }

  compareExchange(word: number, expected: number, replacement: number): number {
    return this.#call(OPERATION.compareExchange, word, expected, replacement)
  }

  add(word: number, by: number): number {
    return this.#call(OPERATION.add, word, by)
  }

  and(word: number, mask: number): number {
    return this.#call(OPERATION.and, word, mask)
  }

  or(word: number, mask: number): number {
    return this.#call(OPERATION.or, word, mask)
  }

  /** Nobody can wake a thread of another process, so it looks again and again. */
  sleep(word: number, expected: number, ms: number): void {
    let left = Math.min(ms, SLICE)
    for (let look = 0; left > 0 && this.load(word) === expected; look++) {
      const rest = Math.min(left, RESTS[Math.min(look, RESTS.length - 1)] as number)
      Atomics.wait(pause, 0, 0, rest)
      left -= rest
    }
  }

  wake(word: number, count: number): void {
    this.#call(OPERATION.wake, word, Math.min(count, EVERYBODY))
  }

  /** Lets go of it at once. */
  release(): void {
    dropped.unregister(this)
    this.client.drop(this.handle)
  }

  #call(operation: Operation, word: number, a = 0, b = 0): number {
    return this.client.call(operation, this.handle, word, a, b)
  }
}

const dropped = new FinalizationRegistry<readonly [BrokerClient, number]>(([client, handle]) => {
  client.drop(handle)
})
