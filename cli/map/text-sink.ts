import { write } from 'node:fs'

/**
 * Writes text to a file descriptor in order, one write at a time.
 *
 * `process.stdout` is not used because it writes to pipes synchronously: a reader that pauses (`| less`) would stop
 * the whole command, signals and timeouts with it. Here the write waits in a thread of its own.
 */
export class TextSink {
  readonly #fd: number
  readonly #hurry: Promise<void>
  readonly #around: (writing: () => Promise<void>) => Promise<void>
  #waiting: string[] = []
  #waitingLength = 0
  #writing: Promise<void> | undefined
  #failure: Error | undefined

  /**
   * After `hurry` is aborted, nobody is made to wait for a slow reader any more.
   * `around` is called with each write: a progress bar steps aside there.
   */
  constructor(
    fd: number,
    hurry: AbortSignal,
    around: (writing: () => Promise<void>) => Promise<void> = writing => writing(),
  ) {
    this.#fd = fd
    this.#hurry = new Promise(resolve => hurry.addEventListener('abort', () => resolve(), { once: true }))
    this.#around = around
  }

  /** What made writing fail; nothing is written after that. Code `EPIPE`: the reader has gone (`| head`). */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Takes text; resolves at once while there is room, else when it is written. */
  async write(text: string): Promise<void> {
    if (this.#failure) return
    this.#waiting.push(text)
    this.#waitingLength += text.length
    this.#writing ??= this.#writeAll()
    if (this.#waitingLength > ROOM) await Promise.race([this.#writing, this.#hurry])
  }

  /** Resolves with true when all text is written or can't be; with false when it still waits a while after `hurry`. */
  async flush(): Promise<boolean> {
    if (!this.#writing) return true
    const tooSlow = this.#hurry.then(() => new Promise(resolve => setTimeout(resolve, HURRY_MS, 'too slow')))
    return (await Promise.race([this.#writing, tooSlow])) !== 'too slow'
  }

  async #writeAll(): Promise<void> {
    // Lines that come in the same turn are written together.
    await Promise.resolve()
    try {
      while (this.#waiting.length > 0) {
        const bytes = Buffer.from(this.#waiting.join(''))
        this.#waiting = []
        this.#waitingLength = 0
        await this.#around(() => writeFully(this.#fd, bytes))
      }
    } catch (error) {
      this.#failure = error as Error
    } finally {
      this.#writing = undefined
    }
  }
}

const ROOM = 64 * 1024
const HURRY_MS = 1000
const RETRY_MS = 5

async function writeFully(fd: number, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += await writeOnce(fd, bytes.subarray(done))
    } catch (error) {
      // Somebody who shares this pipe has set it to non-blocking, and it is full.
      if (Reflect.get(error as Error, 'code') !== 'EAGAIN') throw error
      await new Promise(resolve => setTimeout(resolve, RETRY_MS))
    }
  }
}

function writeOnce(fd: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, (error, written) => (error ? reject(error) : resolve(written)))
  })
}
