import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { createError, now } from '../../base/index.ts'
import { namelessFile } from '../nameless-file.ts'
import type { Place } from '../platform/platform.ts'
import { SLOTS } from '../seat-table.ts'
import { deliver, fill } from './bulk.ts'
import { endedAt, isThere, openFifo, openPlace, placeOf } from './fifo.ts'
import {
  MAGIC,
  OPERATION,
  type Operation,
  PIECE,
  REPLY_BYTES,
  REQUEST_BYTES,
  split,
  STATUS,
} from './requests.ts'

/** How long a broker may take to answer for the first time: it may be starting, on a busy machine. Milliseconds. */
const PATIENCE = 20_000

/** One for each broker that this thread knows. */
const clients = new Map<string, BrokerClient>()

/** The client of the broker at this place. Throws `MEMORY_GONE`, `MEMORY_CONFINED`. */
export function clientOf(place: Place): BrokerClient {
  const key = place.join(' ')
  const known = clients.get(key)
  if (known && !known.isGone) return known
  leaveTheDead()
  const client = new BrokerClient(place)
  clients.set(key, client)
  return client
}

/** Clients of brokers that have ended, and were not used since. */
function leaveTheDead(): void {
  for (const [key, client] of clients) {
    if (!client.isGone && isThere(client.place)) continue
    client.close()
    clients.delete(key)
  }
}

/**
 * This thread's line to a broker. A call writes a request and blocks until the reply is there: some 50 to 100 µs. When
 * the broker ends, the system closes its side, and the call that waits fails.
 */
export class BrokerClient {
  readonly place: Place
  /** The high word of the last reply. */
  high = 0
  readonly #requests: number
  readonly #replies: number
  readonly #file: number
  #number = 0
  #isGone = false
  readonly #request = new Int32Array(REQUEST_BYTES / 4)
  readonly #requestBytes = new Uint8Array(this.#request.buffer)
  readonly #reply = new Int32Array(REPLY_BYTES / 4)
  readonly #replyBytes = new Uint8Array(this.#reply.buffer)

  constructor(place: Place) {
    this.place = place
    this.#requests = openPlace(place, constants.O_WRONLY)
    const fifo = openReplies()
    this.#replies = fifo.replies
    this.#file = namelessFile()
    ftruncateSync(this.#file, PIECE)
    try {
      this.#greet(fifo.early)
    } catch (error) {
      this.close()
      throw error
    } finally {
      closeSync(fifo.early)
      closeSync(fifo.writer)
    }
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** Answers the low word of the reply. Throws `MEMORY_GONE`, `MEMORY_SEATS`. */
  call(operation: Operation, ...fields: readonly number[]): number {
    if (this.#isGone) throw endedAt(this.place)
    this.#send(operation, this.#number, fields)
    let got = 0
    try {
      got = readSync(this.#replies, this.#replyBytes)
    } catch {
      // As if there were nothing.
    }
    if (got < REPLY_BYTES) {
      this.close()
      throw endedAt(this.place)
    }
    return this.#result(operation)
  }

  /** From byte `at` of a segment of the broker to the target. */
  pull(segment: number, at: number, target: Uint8Array): void {
    for (let done = 0; done < target.length; done += PIECE) {
      const count = Math.min(PIECE, target.length - done)
      this.call(OPERATION.pull, segment, ...split(at + done), count)
      fill(target.subarray(done, done + count), this.#file)
    }
  }

  push(segment: number, at: number, source: Uint8Array): void {
    for (let done = 0; done < source.length; done += PIECE) {
      const count = Math.min(PIECE, source.length - done)
      deliver(source.subarray(done, done + count), this.#file)
      this.call(OPERATION.push, segment, ...split(at + done), count)
    }
  }

  /** Ends a handle of something that is not used here any more. */
  drop(handle: number): void {
    try {
      this.call(OPERATION.drop, handle)
    } catch {
      // The broker is gone, and everything with it.
    }
  }

  #greet(early: number): void {
    const [pid, fifo, mark] = placeOf(this.#replies)
    const [, file, fileMark] = placeOf(this.#file)
    this.#send(OPERATION.hello, pid, [fifo, ...split(mark), file, ...split(fileMark)])
    const pause = new Int32Array(new SharedArrayBuffer(4))
    for (const end = now() + PATIENCE; readNow(early, this.#replyBytes) < REPLY_BYTES; ) {
      if (!isThere(this.place) || now() > end) throw endedAt(this.place)
      Atomics.wait(pause, 0, 0, 1)
    }
    this.#number = this.#result(OPERATION.hello)
  }

  #send(operation: Operation, from: number, fields: readonly number[]): void {
    this.#request.fill(0)
    this.#request[0] = MAGIC | operation
    this.#request[1] = from
    this.#request.set(fields, 2)
    try {
      writeSync(this.#requests, this.#requestBytes)
    } catch {
      this.close()
      throw endedAt(this.place)
    }
  }

  #result(operation: Operation): number {
    const [status = 0, low = 0, high = 0] = this.#reply
    if (status === STATUS.gone) {
      throw createError('MEMORY_GONE', {
        what: 'a shared object',
        reason: 'nobody held it any more when it arrived',
      })
    }
    if (status === STATUS.full) throw createError('MEMORY_SEATS', { most: SLOTS })
    if (status !== STATUS.done)
      throw createError('INTERNAL', { what: `a broker refuses the operation ${operation}` })
    this.high = high
    return low
  }

  close(): void {
    if (this.#isGone) return
    this.#isGone = true
    for (const descriptor of [this.#requests, this.#replies, this.#file]) closeSync(descriptor)
  }
}

interface Replies {
  /** Blocks, and sees when nobody is left who could write. */
  readonly replies: number
  /** The same FIFO, without blocking. */
  readonly early: number
  /** Keeps `replies` from ending before the broker has opened it. */
  readonly writer: number
}

function openReplies(): Replies {
  try {
    return openFifo(path => {
      // In this order none of them blocks.
      const early = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
      const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
      return { early, writer, replies: openSync(path, constants.O_RDONLY) }
    })
  } catch (error) {
    throw createError('MEMORY_CONFINED', { reason: (error as Error).message }, { cause: error })
  }
}

function readNow(descriptor: number, target: Uint8Array): number {
  try {
    return readSync(descriptor, target)
  } catch {
    return 0
  }
}
