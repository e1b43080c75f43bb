import { checkKnown, checkOneOf, createError, describe, NO_LIMITS, type WaitOptions } from '../base/index.ts'
import type { Choice } from './choice.ts'
import { Channel, createParts, type Gate, type Parts } from './channel.ts'
import { encode } from './encode.ts'
import type { Message } from './message.ts'
import { Joining } from './joining.ts'
import { put, putSync } from './putting.ts'
import { TAKERS } from './layout.ts'
import { TAKER_WORDS, Takers } from './takers.ts'
import type { BlockingOptions } from '../sync/index.ts'

/** What a queue that arrived from elsewhere is made over. */
export class Arrived {
  readonly parts: Parts

  constructor(parts: Parts) {
    this.parts = parts
  }
}

/** What sets one kind of queue apart from the others. */
export interface Nature {
  /** It counts what is done. */
  readonly joinable?: boolean
  /** It gives another value than the oldest. */
  readonly choice?: Choice
  /** Throws for a value that it can't take. */
  readonly check?: (value: unknown, channel: Channel) => void
}

/** What is inside a queue. */
export interface Inside {
  readonly channel: Channel
  /** Of one that can be joined. */
  readonly joining: Joining | undefined
  /** Has this thread closed it? */
  isClosed(): boolean
}

const insides = new WeakMap<object, Inside>()

export function insideOf(queue: object): Inside {
  return insides.get(queue) as Inside
}

function takersOf({ cell, segment }: Parts): Takers {
  return new Takers(segment.cells(TAKERS, TAKER_WORDS), cell.seats)
}

/**
 * What all queues have in common. Values go in at one end and come out at the other in the same order, each to exactly
 * one taker, in whichever thread or process of the program either end is used.
 */
export abstract class BaseQueue<T> {
  readonly #channel: Channel
  readonly #joining: Joining | undefined
  readonly #check: Nature['check']
  readonly #gate: Gate
  readonly #name: string
  #closed = false
  #used = false

  /** @internal */
  constructor(name: string, maxsize: number | Arrived = 0, { joinable = false, choice, check }: Nature = {}) {
    if (!(maxsize instanceof Arrived)) checkMaxsize(name, maxsize)
    const parts = maxsize instanceof Arrived ? maxsize.parts : createParts(Math.max(0, maxsize))
    this.#name = name
    this.#check = check
    this.#gate = {
      noMore: () => undefined,
      nobodyReads: () => this.#closedError('put()'),
      closed: () => this.#closedError('get()'),
    }
    const takers = joinable ? takersOf(parts) : undefined
    this.#channel = new Channel(parts, { name: `the ${name}`, growth: 'always' }, takers, choice)
    this.#joining = takers && new Joining(this.#channel.ring, takers)
    insides.set(this, { channel: this.#channel, joining: this.#joining, isClosed: () => this.#closed })
  }

  /**
   * Puts a value in. Settles as soon as it is in the shared memory of the queue: no thread of its own has to bring
   * it there, and this process may end. Bytes of a buffer must not be changed before. (But what is more than a copy, a
   * `SharedArray`, a queue, something `share`d, is there as long as somebody has it: keep it until it was taken.)
   * @param value anything that can be sent to a process; functions and other queues and locks too
   * @param options `timeout` in milliseconds to wait for room (zero or less: don't wait), `signal`
   * Errors: `QUEUE_FULL`, `QUEUE_SHUT_DOWN`, `CHANNEL_CLOSED`, `WAIT_ABORTED`, `MESSAGE_TOO_LARGE`, and
   * `CANNOT_CLONE` or `CANNOT_CAPTURE`, which say what of the value can't be sent. Python: `put()`.
   */
  async put(value: T, options: WaitOptions = NO_LIMITS): Promise<void> {
    this.#use('put()')
    await put(this.#channel, this.#encode(value), options, this.#gate)
  }

  /**
   * Takes the oldest value out, waiting until there is one.
   * @param options `timeout` in milliseconds (zero or less: don't wait), `signal`
   * Errors: `QUEUE_EMPTY`, `QUEUE_SHUT_DOWN`, `CHANNEL_CLOSED`, `WAIT_ABORTED`, `CANNOT_DECODE`. Python: `get()`.
   */
  async get(options: WaitOptions = NO_LIMITS): Promise<T> {
    this.#use('get()')
    return this.#channel.get(options, this.#gate) as T
  }

  /**
   * Puts a value in if there is room now. Errors: those of `put()`; `CHANNEL_BUSY` when another thread began to put a
   * large one and then computes. Python: `put_nowait()`.
   */
  putNowait(value: T): void {
    this.#use('putNowait()')
    putSync(this.#channel, this.#encode(value), 'putNowait()', { timeout: 0 }, this.#gate)
  }

  /**
   * Takes the oldest value out if there is one now.
   * Errors: those of `get()`; `NEEDS_LOADING` for a function of a module that is not loaded; `CHANNEL_BUSY` when
   * another thread began to take a large one and then computes. Python: `get_nowait()`.
   */
  getNowait(): T {
    this.#use('getNowait()')
    return this.#channel.getSync('getNowait()', { timeout: 0 }) as T
  }

  /**
   * `put()` with this thread asleep while there is no room. In a worker, or with `blockMainThread: true`.
   * Errors: those of `put()`, `BLOCKS_EVENT_LOOP`.
   */
  putSync(value: T, options: BlockingOptions = NO_LIMITS): void {
    this.#use('putSync()')
    putSync(this.#channel, this.#encode(value), 'putSync()', options, this.#gate)
  }

  /**
   * `get()` with this thread asleep while there is nothing. In a worker, or with `blockMainThread: true`.
   * Errors: those of `get()`, `BLOCKS_EVENT_LOOP`, `NEEDS_LOADING`.
   */
  getSync(options: BlockingOptions = NO_LIMITS): T {
    this.#use('getSync()')
    return this.#channel.getSync('getSync()', options) as T
  }

  /** How many values are in it: true at some moment, maybe not any more. Python: `qsize()`. */
  qsize(): number {
    this.#checkOpen('qsize()')
    return this.#channel.ring.count()
  }

  /** Is there nothing in it, at this moment? Python: `empty()`. */
  empty(): boolean {
    if (this.#used) this.#checkOpen('empty()')
    return this.#channel.ring.isEmpty
  }

  /** Does it hold as many values as it may, at this moment? Python: `full()`. */
  full(): boolean {
    this.#checkOpen('full()')
    return this.#channel.ring.isFull
  }

  /**
   * This thread uses it no more, and what waits here for a value or for room is refused (`CHANNEL_CLOSED`). Other
   * threads and processes may go on. Python: `close()`.
   */
  close(): void {
    this.#closed = true
    this.#channel.poke()
  }

  /**
   * Says to everybody that the work is over: `put()` is refused from now on, `get()` when nothing is left. All that
   * wait learn it.
   * @param options `immediate: true` drops what is still in it
   * Errors: `CHANNEL_CLOSED`, `WRONG_OPTION`, `UNKNOWN_OPTION`. Python 3.13: `shutdown()` of `queue.Queue`.
   */
  async shutdown(options: { readonly immediate?: boolean } = {}): Promise<void> {
    const where = `${this.#name}.shutdown()`
    checkKnown(where, options, ['immediate'], '{ immediate: true }')
    const { immediate = false } = options
    checkOneOf(where, 'immediate', immediate, [true, false])
    this.#checkOpen('shutdown()')
    const dropped = await this.#channel.shutDown(immediate)
    if (dropped > 0) this.#joining?.dropped(dropped)
  }

  /** The values as they come, until the queue is shut down or closed here. Beyond Python. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (!this.#closed) {
      let value: T
      try {
        value = await this.get()
      } catch (error) {
        if ((error as { code?: unknown }).code === 'QUEUE_SHUT_DOWN') return
        if (this.#closed && (error as { code?: unknown }).code === 'CHANNEL_CLOSED') return
        throw error
      }
      yield value
    }
  }

  #encode(value: T): Message {
    this.#check?.(value, this.#channel)
    return encode(value, 'value')
  }

  #use(call: string): void {
    this.#used = true
    this.#checkOpen(call)
  }

  #checkOpen(call: string): void {
    const closed = this.#closedError(call)
    if (closed) throw closed
  }

  #closedError(call: string): Error | undefined {
    return this.#closed ? createError('CHANNEL_CLOSED', { channel: `the ${this.#name}`, call }) : undefined
  }

  /** `<Queue size=2 maxsize=10>`. */
  toString(): string {
    if (this.#closed) return `<${this.#name} closed>`
    const { ring } = this.#channel
    const most = ring.maxsize > 0 ? ` maxsize=${ring.maxsize}` : ''
    return `<${this.#name} size=${ring.count()}${most}${ring.isOpen ? '' : ' shut down'}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** Python takes any number; one that is no whole number would be a slip here. */
function checkMaxsize(name: string, maxsize: unknown): void {
  if (Number.isInteger(maxsize) && (maxsize as number) < 2 ** 31) return
  throw createError('WRONG_OPTION', {
    where: `new ${name}()`,
    option: 'maxsize',
    got: describe(maxsize),
    expected: 'a whole number; zero or less for any number of values',
  })
}
