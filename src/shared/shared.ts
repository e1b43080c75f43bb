import { createError } from '../base/index.ts'
import { decode, encode, type Encoded, freezeAll } from './encoding.ts'

/** What `get()` gives for a value: an `ArrayBuffer` becomes a `SharedArrayBuffer`, everything else is of its own type. */
export type SharedForm<T> = T extends ArrayBuffer ? SharedArrayBuffer : T

/** A value that was put into shared memory once, to be read by every worker. Made by `share()`. */
export class Shared<T = unknown> {
  #encoded: Encoded | undefined
  #value: SharedForm<T> | undefined
  #isRead = false

  /** @internal */
  constructor(encoded: Encoded) {
    this.#encoded = encoded
  }

  /**
   * The value, to be read only. It is decoded the first time that a thread asks, and the same object each time after
   * that; large binary data is not copied, but is the shared memory itself.
   *
   * Throws `ClosedError` `SHARED_CLOSED`, `CodecError` `CANNOT_DECODE`.
   */
  get(): SharedForm<T> {
    const encoded = Shared.encodedOf(this)
    if (!this.#isRead) {
      this.#value = decode(encoded) as SharedForm<T>
      this.#isRead = true
      freezeAll(this.#value)
    }
    return this.#value as SharedForm<T>
  }

  /** Bytes of shared memory that it takes. Throws `SHARED_CLOSED`. */
  get size(): number {
    return Shared.encodedOf(this).segments.reduce((sum, segment) => sum + segment.size, 0)
  }

  /** Was it closed in this thread? */
  get closed(): boolean {
    return this.#encoded === undefined
  }

  /**
   * Lets go of the memory at once, rather than when the garbage collector finds it. For the program that shared the
   * value, when every worker is done with it: binary data that `get()` gave reads as zeros from now on, unless other
   * threads of this process have it too. Other processes keep theirs. Again: nothing happens.
   */
  close(): void {
    const encoded = this.#encoded
    this.#encoded = undefined
    this.#value = undefined
    for (const segment of encoded?.segments ?? []) segment.close()
  }

  /** The same as `close()`, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** `<Shared size=65536>`. */
  toString(): string {
    return `<Shared ${this.closed ? 'closed' : `size=${this.size}`}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** @internal */
  static encodedOf(shared: Shared): Encoded {
    const encoded = shared.#encoded
    if (!encoded) throw createError('SHARED_CLOSED', { what: 'this shared value' })
    return encoded
  }
}

/**
 * Puts a value into shared memory once, so that every worker can read it without its being sent with each task.
 *
 * Capture what it returns, or pass it: only its address travels. Large typed arrays, `Buffer`s and `ArrayBuffer`s (from
 * 64 KiB), inside of other values too, are copied in once and read in place by everybody. Anything else that can cross
 * to a worker is encoded once, and decoded once in each thread that reads it.
 *
 * It is a snapshot, to be read only: later changes of the original are not seen. Arrays and plain objects come out
 * frozen; binary data can't be frozen, so just don't write there.
 *
 * @param value What to share. Its functions may import nothing.
 * @throws `CodecError` with the path of what can't cross.
 *
 * Semantics: beyond Python, where a pool's `initializer` would put it into a global.
 * @example
 * const table = share(new Float64Array(1_000_000).fill(0.5))
 * const pool = new Pool(2)
 * await pool.map(i => table.get()[i] * 2, [1, 2, 3])   // [1, 1, 1]
 * await pool.terminate()
 * table.close()
 */
export function share<T>(value: T): Shared<T> {
  return new Shared<T>(encode(value))
}
