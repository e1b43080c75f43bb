import { createError } from '../../base/index.ts'
import { livesRemotely, REMOTE } from '../broker/remote-life.ts'
import { HEADER } from '../arena-layout.ts'
import { BELL, LIFE, RUNG, THREAD } from '../seat-layout.ts'
import type { PageBuffer } from './mapper.ts'
import { NO_HANDLE } from './open-handle.ts'
import type { Bell, Block, Place, Platform, SeatWords } from './platform.ts'

const LOCK_WORD = HEADER.lock
const RUNNING = 1

/**
 * No native code: the threads of one process share ordinary SharedArrayBuffers, and wake each other by the means of
 * JavaScript. Other processes reach it through a broker (see `broker/`).
 */
export class NoPlatform implements Platform {
  readonly name = 'none'
  readonly names = undefined
  readonly confined: string

  constructor(reason: string) {
    this.confined = reason
  }

  create(size: number, committed: number): Block {
    return committed < size ? this.createSparse(size) : new PlainBlock(new SharedArrayBuffer(size))
  }

  createSparse(size: number): Block {
    return new PlainBlock(sparseBuffer(size))
  }

  commit(): void {}
  discard(): void {}

  open(_place: Place, size: number, buffer?: SharedArrayBuffer): Block {
    if (buffer && buffer.byteLength >= size) return new PlainBlock(buffer)
    throw createError('MEMORY_CONFINED', { reason: this.confined })
  }

  sleep({ buffer }: Block, byte: number, expected: number, ms: number): void {
    Atomics.wait(new Int32Array(buffer), byte / 4, expected, ms)
  }

  wake({ buffer }: Block, byte: number, count: number): void {
    Atomics.notify(new Int32Array(buffer), byte / 4, count)
  }

  exclusively<T>({ buffer }: Block, body: () => T): T {
    const words = new Int32Array(buffer)
    while (Atomics.compareExchange(words, LOCK_WORD, 0, 1) !== 0) Atomics.wait(words, LOCK_WORD, 1, 1)
    try {
      return body()
    } finally {
      Atomics.store(words, LOCK_WORD, 0)
      Atomics.notify(words, LOCK_WORD, 1)
    }
  }

  takeLife(_block: Block, _region: unknown, { words, at }: SeatWords): void {
    const { threadId } = process.getBuiltinModule('node:worker_threads')
    Atomics.store(words, at + THREAD, threadId)
    Atomics.store(words, at + LIFE, RUNNING)
    // Ends that this does not see (terminate()) are told by whoever started the thread: see `threadEnded`.
    if (lives.push({ words, at }) === 1) process.once('exit', endLives)
  }

  lives(seat: SeatWords): boolean {
    const life = Atomics.load(seat.words, seat.at + LIFE)
    return life === RUNNING || (life === REMOTE && livesRemotely(seat))
  }

  openBell({ words, at }: SeatWords, heard: () => void): Bell {
    const listen = async (): Promise<never> => {
      for (;;) {
        // Wakes the loop, but does not keep it alive: the port does.
        await waitAsync(words, at + RUNG)
        heard()
      }
    }
    void listen()
    Atomics.store(words, at + BELL, 1)
    const { port1 } = new MessageChannel()
    port1.on('message', () => {})
    port1.unref()
    return port1
  }

  ring({ words, at }: SeatWords): void {
    Atomics.notify(words, at + RUNG)
  }
}

/** Of this thread: one for each arena. */
const lives: SeatWords[] = []

function endLives(): void {
  for (const { words, at } of lives) Atomics.store(words, at + LIFE, 0)
}

/** Until the word is not zero. */
function waitAsync(words: Int32Array, word: number): Promise<unknown> {
  const { waitAsync: wait } = Atomics as unknown as {
    waitAsync(words: Int32Array, word: number, value: number): { value: Promise<unknown> | string }
  }
  return Promise.resolve(wait(words, word, 0).value)
}

/** One that could grow gets its pages when they are touched, and Node does not count them before. */
export function sparseBuffer(size: number): SharedArrayBuffer {
  return new (SharedArrayBuffer as unknown as PageBuffer)(size, { maxByteLength: size })
}

class PlainBlock implements Block {
  readonly size: number
  readonly buffer: SharedArrayBuffer
  readonly address = 0
  readonly place = undefined
  readonly handle = NO_HANDLE
  readonly bytes: Uint8Array

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.size = buffer.byteLength
    this.bytes = new Uint8Array(buffer)
  }

  front(size: number): Uint8Array {
    return this.bytes.subarray(0, size)
  }

  wipe(): void {}
}
