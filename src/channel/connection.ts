import { checkLimits, createError, describe, NO_LIMITS, type WaitOptions } from '../base/index.ts'
import type { Channel, Gate } from './channel.ts'
import { encode, encodeBytes } from './encode.ts'
import type { End } from './end.ts'
import type { Header } from './message.ts'
import { put, putSync } from './putting.ts'
import type { BlockingOptions } from '../sync/index.ts'
import { BUFFER } from './tags.ts'

/** What one end of a pipe is made of. */
export interface Ends {
  readonly own: End
  readonly peer: End
  /** Where it receives from. */
  readonly inbound: Channel | undefined
  /** Where it sends to. */
  readonly outbound: Channel | undefined
}

/** Which bytes of a buffer. */
export interface SendBytesOptions extends WaitOptions {
  /** From which byte on. Default 0. */
  readonly offset?: number | undefined
  /** How many. Default: to the end. */
  readonly size?: number | undefined
}

const insides = new WeakMap<object, Ends>()
const readiness = new WeakMap<object, () => boolean>()

/** Tells whether a connection has something to receive, or to learn. Throws where it can't receive at all. */
export function readinessOf(connection: object): () => boolean {
  return readiness.get(connection) as () => boolean
}

export function endsOf(connection: object): Ends {
  return insides.get(connection) as Ends
}

/** An end that no object of this thread holds any more is let go of. */
const dropped = new FinalizationRegistry<End>(end => end.release())

const NAME = 'the connection'

/**
 * One end of a pipe: sends values and bytes to the other end and receives what that sends. Can be passed on to other
 * threads and processes; those that have it share it. When nobody has the other end any more, because all have closed
 * it or died, `recv()` gives what is left and then `EOFError`. Python: `multiprocessing.connection.Connection`.
 */
export class Connection<Out = unknown, In = Out> {
  readonly #ends: Ends
  readonly #gate: Gate
  #closed = false
  #readable = true

  /** @internal Made by `Pipe()`. */
  constructor(ends: Ends) {
    this.#ends = ends
    this.#gate = {
      noMore: () => this.#closedError('recv()') ?? endOfFile(ends.peer),
      nobodyReads: () => this.#closedError('send()') ?? brokenPipe(ends.peer),
      closed: () => this.#closedError('recv()'),
    }
    ends.own.hold()
    insides.set(this, ends)
    readiness.set(this, () => this.#inbound('wait()').isReady(this.#gate))
    dropped.register(this, ends.own, this)
  }

  /** Has this thread closed it? */
  get closed(): boolean {
    return this.#closed
  }

  /** Can it receive? Python: `readable`. */
  get readable(): boolean {
    return this.#ends.inbound !== undefined && this.#readable
  }

  /** Can it send? Python: `writable`. */
  get writable(): boolean {
    return this.#ends.outbound !== undefined
  }

  /**
   * Sends a value. Settles when it is in the shared memory of the pipe; waits while that is full (1 MiB and more).
   * @param options `timeout` in milliseconds (zero or less: don't wait), `signal`
   * Errors: `BROKEN_PIPE` when nobody has the other end, `QUEUE_FULL` when the time is over, `WRONG_DIRECTION`,
   * `CHANNEL_CLOSED`, `CANNOT_CLONE`, `WAIT_ABORTED`. Python: `send()`.
   */
  async send(value: Out, options: WaitOptions = NO_LIMITS): Promise<void> {
    const outbound = this.#outbound('send()')
    await put(outbound, encode(value, 'value'), options, this.#gate)
  }

  /**
   * Receives the next value, waiting for it.
   * @param options `timeout` in milliseconds (zero or less: don't wait), `signal`
   * Errors: `END_OF_FILE`, `QUEUE_EMPTY` when the time is over, `WRONG_DIRECTION`, `CHANNEL_CLOSED`, `WAIT_ABORTED`,
   * `CANNOT_DECODE`. Python: `recv()`.
   */
  async recv(options: WaitOptions = NO_LIMITS): Promise<In> {
    return (await this.#inbound('recv()').get(options, this.#gate)) as In
  }

  /** `send()` with this thread asleep while the pipe is full. In a worker, or with `blockMainThread: true`. */
  sendSync(value: Out, options: BlockingOptions = NO_LIMITS): void {
    const outbound = this.#outbound('sendSync()')
    putSync(outbound, encode(value, 'value'), 'sendSync()', options, this.#gate)
  }

  /** `recv()` with this thread asleep until something comes. In a worker, or with `blockMainThread: true`. */
  recvSync(options: BlockingOptions = NO_LIMITS): In {
    return this.#inbound('recvSync()').getSync('recvSync()', options, this.#gate) as In
  }

  /**
   * Is there something to receive? Also true at the end of file.
   * @param options `timeout`: how long to wait for it, in milliseconds. Default 0; `Infinity`: for ever. `signal`
   * Python: `poll()`, in seconds.
   */
  async poll(options: WaitOptions = NO_LIMITS): Promise<boolean> {
    return this.#inbound('poll()').poll(options, this.#gate)
  }

  /**
   * Sends bytes as one message.
   * @param options `offset` and `size` in bytes, `timeout` in milliseconds, `signal`
   * Errors: `WRONG_OPTION`, and those of `send()`. Python: `send_bytes()`.
   */
  async sendBytes(
    bytes: ArrayBufferView | ArrayBuffer,
    options: SendBytesOptions = NO_LIMITS,
  ): Promise<void> {
    const outbound = this.#outbound('sendBytes()')
    checkLimits(NAME, options, ['timeout', 'signal', 'offset', 'size'])
    const { offset, size, timeout, signal } = options
    await outbound.put(encodeBytes(cut(bytes, offset, size)), { timeout, signal }, this.#gate)
  }

  /**
   * Receives what `sendBytes()` sent.
   * @param maxLength a longer message is an error, and nothing more can be received then
   * @param options `timeout` in milliseconds (zero or less: don't wait), `signal`
   * Errors: `MESSAGE_TOO_LONG`, `NOT_BYTES` when the next message is a value, and those of `recv()`.
   * Python: `recv_bytes()`.
   */
  async recvBytes(
    maxLength: number = Number.POSITIVE_INFINITY,
    options: WaitOptions = NO_LIMITS,
  ): Promise<Buffer> {
    const inbound = this.#inbound('recvBytes()')
    if (maxLength !== Number.POSITIVE_INFINITY && !(Number.isInteger(maxLength) && maxLength >= 0))
      throw wrongNumber('recvBytes()', 'maxLength', maxLength, 'a whole number of bytes from 0, or Infinity')
    const gate = { ...this.#gate, check: (header: Header) => this.#checkBytes(header, maxLength) }
    return (await inbound.get(options, gate)) as Buffer
  }

  /**
   * Receives what `sendBytes()` sent into a buffer, and answers how many bytes that were.
   * @param offset where in the buffer, in bytes
   * Errors: `BUFFER_TOO_SHORT`, which has the message in its field `bytes`; those of `recvBytes()`.
   * Python: `recv_bytes_into()`.
   */
  async recvBytesInto(
    target: ArrayBufferView | ArrayBuffer,
    offset: number = 0,
    options: WaitOptions = NO_LIMITS,
  ): Promise<number> {
    const room = cut(target, offset, undefined, 'recvBytesInto()')
    const bytes = await this.recvBytes(undefined, options)
    if (bytes.length > room.length) {
      throw createError('BUFFER_TOO_SHORT', { channel: NAME, size: bytes.length, room: room.length, bytes })
    }
    room.set(bytes)
    return bytes.length
  }

  /** This thread uses it no more. When nobody else has this end, the other end learns it. Python: `close()`. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    dropped.unregister(this)
    const { own, inbound, outbound } = this.#ends
    own.release()
    inbound?.tellAll()
    outbound?.tellAll()
  }

  /** The values as they come, until the end of file or until it is closed here. Beyond Python. */
  async *[Symbol.asyncIterator](): AsyncGenerator<In, void, undefined> {
    while (!this.#closed) {
      let value: In
      try {
        value = await this.recv()
      } catch (error) {
        const { code } = error as { readonly code?: unknown }
        if (code === 'END_OF_FILE' || (this.#closed && code === 'CHANNEL_CLOSED')) return
        throw error
      }
      yield value
    }
  }

  /** `close()`, at the end of a scope with `using`. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** `<Connection readable writable>`. */
  toString(): string {
    const ways = [this.readable && 'readable', this.writable && 'writable'].filter(Boolean).join(' ')
    return `<Connection ${this.#closed ? 'closed' : ways}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #outbound(call: string): Channel {
    const closed = this.#closedError(call)
    if (closed) throw closed
    const { outbound } = this.#ends
    if (!outbound) throw createError('WRONG_DIRECTION', { channel: NAME, call, direction: 'receives' })
    return outbound
  }

  #inbound(call: string): Channel {
    const closed = this.#closedError(call)
    if (closed) throw closed
    const { inbound } = this.#ends
    if (!inbound) throw createError('WRONG_DIRECTION', { channel: NAME, call, direction: 'sends' })
    if (!this.#readable) throw createError('CHANNEL_CLOSED', { channel: `${NAME} for reading`, call })
    return inbound
  }

  #closedError(call: string): Error | undefined {
    return this.#closed ? createError('CHANNEL_CLOSED', { channel: NAME, call }) : undefined
  }

  #checkBytes({ tag, length }: Header, most: number): void {
    if (tag !== BUFFER) throw createError('NOT_BYTES', { channel: NAME })
    if (length <= most) return
    this.#readable = false
    throw createError('MESSAGE_TOO_LONG', { channel: NAME, size: length, most })
  }
}

function endOfFile(peer: End): Error | undefined {
  return peer.isHeld ? undefined : createError('END_OF_FILE', { channel: NAME })
}

function brokenPipe(peer: End): Error | undefined {
  return peer.isHeld ? undefined : createError('BROKEN_PIPE', { channel: NAME })
}

/** The bytes from `offset` on, `size` of them. */
function cut(
  bytes: ArrayBufferView | ArrayBuffer,
  offset: number = 0,
  size: number | undefined,
  call = 'sendBytes()',
): Uint8Array {
  if (!ArrayBuffer.isView(bytes) && !(bytes instanceof ArrayBuffer)) {
    const fields = { where: call, option: 'bytes', got: describe(bytes), expected: 'a buffer or a view' }
    throw createError('WRONG_OPTION', fields)
  }
  const whole = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes)
  if (!Number.isInteger(offset) || offset < 0 || offset > whole.length) {
    throw wrongNumber(call, 'offset', offset, `between 0 and ${whole.length}`)
  }
  const most = whole.length - offset
  if (size !== undefined && !(Number.isInteger(size) && size >= 0 && size <= most)) {
    throw wrongNumber(call, 'size', size, `between 0 and ${most}`)
  }
  return whole.subarray(offset, offset + (size ?? most))
}

function wrongNumber(where: string, option: string, got: unknown, expected: string): Error {
  return createError('WRONG_OPTION', { where, option, got: describe(got), expected })
}
