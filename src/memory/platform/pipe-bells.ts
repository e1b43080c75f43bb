import { closeSync, constants, openSync } from 'node:fs'
import type { SocketConstructorOpts } from 'node:net'
import { BELL, BELL_MARK, PID } from '../seat-layout.ts'
import { inodeAt, inodeOf, statOf } from './inode.ts'
import type { Libc } from './libc.ts'
import type { Bell, SeatWords } from './platform.ts'

/** Ends that are kept open. Beyond it the oldest is closed. */
const MOST_ENDS = 256
/** From so many on those of the dead are closed, each time that there are twice as many as lived. */
const FEW_ENDS = 8

/** Node's types know `onread` for connecting sockets only. */
type ReadOptions = SocketConstructorOpts & {
  readonly onread: { readonly buffer: Uint8Array; callback(): boolean }
}

/** Pipes that other processes can open by a path. */
export interface Pipes {
  /** Gives the end to read, and the number by which the pipe is found within this process. */
  make(): readonly [reader: number, number: number]
  path(pid: number, number: number): string
}

/**
 * One pipe for each event loop. Its owner reads it, everybody else opens it and writes one byte: faster than a thread
 * that waits.
 */
export class PipeBells {
  readonly #libc: Pick<Libc, 'address' | 'write'>
  readonly #pipes: Pipes
  readonly #byte = new Uint8Array(new ArrayBuffer(8))
  readonly #byteAddress: number
  /** By process, descriptor and pipe; the oldest first. */
  readonly #ends = new Map<string, number>()
  #sweepAt = FEW_ENDS

  constructor(libc: Pick<Libc, 'address' | 'write'>, pipes: Pipes) {
    this.#libc = libc
    this.#pipes = pipes
    this.#byteAddress = libc.address(this.#byte)
  }

  open({ words, at }: SeatWords, heard: () => void): Bell {
    const [reader, number] = this.#pipes.make()
    // Loaded here: many programs never need it.
    const { Socket } = process.getBuiltinModule('node:net')
    const options: ReadOptions = {
      fd: reader,
      readable: true,
      writable: false,
      onread: {
        buffer: new Uint8Array(64),
        callback() {
          heard()
          return true
        },
      },
    }
    const socket = new Socket(options)
    socket.on('error', () => {})
    socket.unref()
    socket.resume()
    Atomics.store(words, at + BELL_MARK, inodeOf(reader) | 0)
    Atomics.store(words, at + BELL, number + 1)
    return socket
  }

  ring({ words, at }: SeatWords): void {
    const bell = Atomics.load(words, at + BELL)
    if (bell === 0) return
    const pid = Atomics.load(words, at + PID)
    const mark = Atomics.load(words, at + BELL_MARK)
    const key = `${pid} ${bell} ${mark}`
    const end = this.#ends.get(key) ?? this.#open(key, pid, bell - 1, mark)
    // Whatever goes wrong: its reader is gone.
    if (end !== undefined && this.#libc.write(end, this.#byteAddress, 1) < 0) this.#close(key)
  }

  #open(key: string, pid: number, number: number, mark: number): number | undefined {
    if (this.#ends.size >= this.#sweepAt) this.#sweep()
    let end: number
    try {
      end = openSync(this.#pipes.path(pid, number), constants.O_WRONLY | constants.O_NONBLOCK)
    } catch {
      return undefined
    }
    this.#ends.set(key, end)
    const stat = statOf(end)
    if (!stat.isFIFO() || (Number(stat.ino) | 0) !== mark) {
      this.#close(key)
      return undefined
    }
    if (this.#ends.size > MOST_ENDS) this.#close(this.#ends.keys().next().value as string)
    return end
  }

  /** Nobody rings the dead, so nothing else would tell. */
  #sweep(): void {
    for (const key of [...this.#ends.keys()]) {
      const [pid, bell, mark] = key.split(' ').map(Number) as [number, number, number]
      if (!this.#isThere(pid, bell - 1, mark)) this.#close(key)
    }
    this.#sweepAt = Math.max(FEW_ENDS, 2 * this.#ends.size)
  }

  #isThere(pid: number, number: number, mark: number): boolean {
    try {
      return (inodeAt(this.#pipes.path(pid, number)) | 0) === mark
    } catch {
      // The process is gone, or its number is another user's by now.
      return false
    }
  }

  #close(key: string): void {
    const end = this.#ends.get(key)
    if (end === undefined) return
    this.#ends.delete(key)
    closeSync(end)
  }
}
