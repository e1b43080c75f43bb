import { writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { MESSAGES_FD } from './descriptors.ts'

const NOTHING = Buffer.alloc(0)
/** How long a worker that is ending waits for a program that takes nothing, and between two tries. In milliseconds. */
const PATIENCE = 10_000
const PAUSE = 1

/**
 * What a worker process has said and the system has not taken yet. The socket gets one piece at a time, so that it is
 * known at any moment how much of it has left.
 */
export class Outgoing {
  readonly #open: () => Socket
  /** The piece that the socket has. */
  #underWay: Buffer | undefined
  #waiting: Buffer[] = []
  #callbacks: (() => void)[] = []
  /** Nobody takes anything any more. */
  #over = false

  constructor(open: () => Socket) {
    this.#open = open
  }

  /** Has all of it left? */
  get clear(): boolean {
    return this.#underWay === undefined
  }

  /** After all that was said before. */
  write(bytes: Buffer): void {
    if (this.#over) return
    if (this.#underWay) this.#waiting.push(bytes)
    else this.#give(bytes)
  }

  /** Calls back when all has left; also when the channel fails. */
  onceClear(callback: () => void): void {
    if (this.#underWay) this.#callbacks.push(callback)
    else this.#open().write(NOTHING, callback)
  }

  #give(bytes: Buffer): void {
    this.#underWay = bytes
    this.#open().write(bytes, () => this.#given())
  }

  #given(): void {
    this.#underWay = undefined
    // Many small messages may have gathered behind a large one.
    const next = this.#waiting.length === 1 ? this.#waiting[0] : Buffer.concat(this.#waiting)
    this.#waiting = []
    if (next && next.length > 0) return this.#give(next)
    const callbacks = this.#callbacks
    this.#callbacks = []
    for (const callback of callbacks) callback()
  }

  /**
   * Writes the rest at once, and waits for the program to take it: the event loop will not turn any more. Node has no
   * public word for how much of a piece has left. Where this one is gone some day, the rest is lost as before.
   */
  drain(): void {
    if (!this.#underWay || this.#over || process.platform === 'win32') return
    this.#over = true
    const { _handle } = this.#open() as { _handle?: { writeQueueSize?: number } | null }
    const left = _handle?.writeQueueSize
    if (left === undefined) return
    const rest = [this.#underWay.subarray(this.#underWay.length - left), ...this.#waiting]
    // Only whole frames are of use: nothing may follow one that was cut off.
    if (!rest.every(writeAll)) return
    this.#over = false
    this.#underWay = undefined
    this.#waiting = []
  }
}

function writeAll(bytes: Buffer): boolean {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  let patience = PATIENCE
  for (let at = 0; at < bytes.length; ) {
    const written = writeSome(bytes.subarray(at))
    if (written < 0 || patience <= 0) return false
    at += written
    patience = written > 0 ? PATIENCE : patience - PAUSE
    if (written === 0) Atomics.wait(pause, 0, 0, PAUSE)
  }
  return true
}

/** 0: it takes nothing for now. -1: never again. */
function writeSome(bytes: Buffer): number {
  try {
    return writeSync(MESSAGES_FD, bytes)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : -1
  }
}
