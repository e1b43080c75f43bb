import { after, checkTimeout, createError } from '../base/index.ts'
import { allocateCell, type Cell, createSegment, type Segment } from '../memory/index.ts'
import { block } from './block.ts'
import { checkMayBlock } from './may-block.ts'
import { bufferFor, finish, isCopied, type Lifted, lift, Loading } from './decode.ts'
import { keep } from './encode.ts'
import { FRONT, RING_WORDS } from './layout.ts'
import type { Ledger } from './ledger.ts'
import { AGAIN, Line, type Try, WAIT } from './line.ts'
import type { Header, Message } from './message.ts'
import type { BlockOptions, ChannelOptions } from './options.ts'
import { type Attempt, BUSY, CLOSED, DONE, GET, NOT_NOW, PUT, Ring, type RingOptions } from './ring.ts'
import { announceToAll } from './ring-lock.ts'
import { SegmentMemory } from './ring-memory.ts'
import { RingReader } from './ring-reader.ts'
import { RingWriter, SMALL } from './ring-writer.ts'
import { BYTES_PER_TURN, hasTurn, takeTurn } from './turn.ts'

/** A new ring has room for this many bytes. */
const FIRST_SIZE = 64 * 1024
/** How long a large ring may be idle until its memory is given back, in milliseconds. */
const IDLE = 1000
/** Node 20 can map no more. */
const LARGEST = process.versions.node.startsWith('20.') ? 2 ** 31 : 2 ** 34

/** The shared memory of a channel. */
export interface Parts {
  readonly cell: Cell
  readonly segment: Segment
}

export function createParts(maxsize: number): Parts {
  const cell = allocateCell(RING_WORDS)
  const segment = createSegment(FRONT + FIRST_SIZE, { maximum: FRONT + LARGEST })
  Ring.init(cell.cells, new SegmentMemory(segment), FIRST_SIZE, maxsize)
  return { cell, segment }
}

/** Who stands beside a channel: a pipe knows whether anybody is at the other end. */
export interface Bystander {
  /** Thrown to who wants to get and finds nothing. */
  noMore(): Error | undefined
  /** Thrown to who wants to put. */
  nobodyReads(): Error | undefined
  /** Throws if this message is not to be taken. */
  check?(header: Header): void
}

const NOBODY: Bystander = { noMore: () => undefined, nobodyReads: () => undefined }

/** What a get makes of a message: the value, or for bytes into a buffer, their number. */
export interface Taken {
  readonly header: Header
  readonly lifted: Lifted
}

/** One way for messages: a ring, and those of this thread that wait at its two sides. */
export class Channel {
  readonly ring: Ring
  readonly parts: Parts
  readonly name: string
  readonly #writer: RingWriter
  readonly #reader: RingReader
  readonly #putters: Line
  readonly #getters: Line
  readonly #bystander: Bystander
  #idle = false
  // What the last take has found.
  #header: Header
  #lifted: Lifted = undefined

  constructor(
    parts: Parts,
    options: { name: string; growth: RingOptions['growth'] },
    bystander: Bystander = NOBODY,
    ledger?: Ledger,
  ) {
    const { cell, segment } = parts
    this.parts = parts
    this.name = options.name
    this.#bystander = bystander
    this.ring = new Ring(
      cell.cells,
      cell.seats,
      new SegmentMemory(segment),
      { ...options, largest: LARGEST },
      ledger,
    )
    this.#writer = new RingWriter(this.ring)
    this.#reader = new RingReader(this.ring)
    this.#putters = new Line(this.ring, PUT)
    this.#getters = new Line(this.ring, GET)
    this.#header = this.#reader.header
  }

  // ── putting ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Puts it now if nothing speaks against it; `undefined` then, else a promise. */
  put(message: Message, options: ChannelOptions): Promise<void> | undefined {
    checkTimeout(this.name, options.timeout)
    const small = message.length <= BYTES_PER_TURN
    if (small && this.#putters.isEmpty && hasTurn() && this.#putNow(message) === DONE) {
      takeTurn(message.length)
      return undefined
    }
    if (options.timeout !== undefined && options.timeout <= 0) {
      this.putSync(message, 'put()', { timeout: options.timeout })
      return undefined
    }
    const { timeout = Number.POSITIVE_INFINITY } = options
    const wish = { ...options, what: `room in ${this.name}`, late: () => this.#full(timeout) }
    return this.#putters.wait(this.#putting(keep(message)), wish)
  }

  /** Puts it, with this thread asleep while there is no room. */
  putSync(message: Message, call: string, options: BlockOptions): void {
    checkTimeout(this.name, options.timeout)
    const { timeout = Number.POSITIVE_INFINITY } = options
    if (timeout > 0) checkMayBlock(`${call} of ${this.name}`, options)
    this.#putters.finish()
    const attempt = (): Attempt => this.#putNow(message)
    const result = block(this.ring, PUT, attempt, timeout, { what: `room in ${this.name}` })
    if (result === NOT_NOW) throw this.#full(timeout)
  }

  #putNow(message: Message): Attempt {
    const result = this.#beginPut(message)
    if (result !== DONE) return result
    try {
      if (message.length > 0) this.#writer.write(message, 0, message.length)
    } catch (error) {
      this.#writer.cancel()
      throw error
    }
    this.#writer.commit(message)
    return DONE
  }

  #beginPut(message: Message): Attempt {
    const broken = this.#bystander.nobodyReads()
    if (broken) throw broken
    const result = this.#writer.begin(message)
    if (result === CLOSED) throw this.#shutDown()
    return result
  }

  /** Piece by piece, each in a turn of its own. The lock is held meanwhile. */
  #putting(message: Message): Try<void> {
    let written = -1
    return () => {
      if (written < 0) {
        if (this.#beginPut(message) !== DONE) return WAIT
        written = 0
      }
      try {
        while (written < message.length) {
          const count = takeTurn(message.length - written)
          if (count === 0) return AGAIN
          this.#writer.write(message, written, count)
          written += count
        }
      } catch (error) {
        this.#writer.cancel()
        throw error
      }
      this.#writer.commit(message)
      return undefined
    }
  }

  // ── getting ───────────────────────────────────────────────────────────────────────────────────────────────

  /** The oldest message, now if there is one, else a promise for it. */
  get(options: ChannelOptions): unknown {
    checkTimeout(this.name, options.timeout)
    if (this.#getters.isEmpty && hasTurn() && this.#takeNow(BYTES_PER_TURN) === DONE) {
      takeTurn(this.#header.length)
      return this.#value()
    }
    if (options.timeout !== undefined && options.timeout <= 0) return this.getNow(options.timeout)
    const { timeout = Number.POSITIVE_INFINITY } = options
    const wish = { ...options, what: `a message of ${this.name}`, late: () => this.#empty(timeout) }
    return this.#getters.wait(this.#taking(), wish).then(({ header, lifted }) => valueOf(header, lifted))
  }

  /** The oldest message, waiting for nothing but for others that are at it. A promise only for what has to be loaded. */
  getNow(timeout: number): unknown {
    this.#takeBlocking(timeout, Number.POSITIVE_INFINITY)
    return this.#value()
  }

  /** The oldest message, with this thread asleep while there is none. */
  getSync(call: string, options: BlockOptions): unknown {
    checkTimeout(this.name, options.timeout)
    const { timeout = Number.POSITIVE_INFINITY } = options
    if (timeout > 0) checkMayBlock(`${call} of ${this.name}`, options)
    this.#takeBlocking(timeout, Number.POSITIVE_INFINITY)
    const value = this.#value()
    if (value instanceof Promise) {
      value.catch(() => {})
      throw createError('NEEDS_LOADING', { channel: this.name, call })
    }
    return value
  }

  #takeBlocking(timeout: number, atOnce: number): void {
    this.#getters.finish()
    const attempt = (): Attempt => this.#takeNow(atOnce)
    const result = block(this.ring, GET, attempt, timeout, { what: `a message of ${this.name}` })
    if (result === NOT_NOW) throw this.#empty(timeout)
  }

  /** Takes a message of at most `most` bytes; a longer one has to be taken in turns. */
  #takeNow(most: number): Attempt {
    const result = this.#beginTake()
    if (result !== DONE) return result
    const reader = this.#reader
    const { header } = reader
    if (header.length > most) {
      reader.cancel()
      return BUSY
    }
    try {
      this.#bystander.check?.(header)
      const { bytes, start } = reader.whole()
      this.#lifted = lift(header, bytes, start)
    } catch (error) {
      reader.cancel()
      throw error
    }
    this.#header = header
    reader.commit()
    if (this.ring.load() > SMALL) this.#shrinkLater()
    return DONE
  }

  #beginTake(): Attempt {
    const result = this.#reader.begin()
    if (result === CLOSED) throw this.#shutDown()
    if (result === NOT_NOW) {
      const over = this.#bystander.noMore()
      // It may have sent its last words before it went.
      if (over && this.ring.isEmpty) throw over
    }
    return result
  }

  #taking(): Try<Taken> {
    const reader = this.#reader
    let target: Buffer | undefined
    let copied = 0
    return () => {
      if (!target) {
        const result = this.#takeNow(BYTES_PER_TURN)
        if (result === DONE) {
          takeTurn(this.#header.length)
          return { header: this.#header, lifted: this.#lifted }
        }
        if (result !== BUSY || this.#beginTake() !== DONE) return WAIT
        try {
          this.#bystander.check?.(reader.header)
          target = bufferFor({ ...reader.header })
        } catch (error) {
          reader.cancel()
          throw error
        }
      }
      const { header } = reader
      while (copied < header.length) {
        const count = takeTurn(header.length - copied)
        if (count === 0) return AGAIN
        reader.read(target, copied, count)
        copied += count
      }
      reader.commit()
      this.#shrinkLater()
      const lifted = isCopied(header.tag) ? target : lift(header, target, 0)
      return { header, lifted }
    }
  }

  #value(): unknown {
    const lifted = this.#lifted
    this.#lifted = undefined
    return valueOf(this.#header, lifted)
  }

  /** Waits until there is something to get, or to learn. */
  poll(options: ChannelOptions): boolean | Promise<boolean> {
    checkTimeout(this.name, options.timeout)
    const ready = (): boolean =>
      !this.ring.isEmpty || this.#bystander.noMore() !== undefined || !this.ring.isOpen
    if (ready()) return true
    const { timeout } = options
    if (timeout !== undefined && timeout <= 0) return false
    const late = Symbol('late') as unknown as Error
    const wish = { ...options, what: `a message of ${this.name}`, late: () => late }
    return this.#getters
      .wait(() => (ready() ? true : WAIT), wish)
      .catch(error => {
        if (error === late) return false
        throw error
      })
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Nothing more is put; `drop`: nothing more is got either. Answers how many messages were dropped. */
  async shutDown(drop: boolean): Promise<number> {
    let count = 0
    const attempt = (): Attempt => this.ring.shutDown(drop, dropped => (count = dropped))
    this.#putters.finish()
    this.#getters.finish()
    while (block(this.ring, PUT, attempt, 0, { what: `the end of ${this.name}` }) !== DONE) {
      await new Promise(resolve => setImmediate(resolve))
    }
    this.tellAll()
    return count
  }

  /** Something changed for everybody at both sides. */
  tellAll(): void {
    const { cells, seats } = this.ring
    announceToAll(cells, seats, GET)
    announceToAll(cells, seats, PUT)
    this.#putters.poke()
    this.#getters.poke()
  }

  /** Those of this thread that wait look again. */
  poke(): void {
    this.#putters.poke()
    this.#getters.poke()
  }

  /** What came before may have needed much memory: gives it back when all has been quiet for a while. */
  #shrinkLater(): void {
    if (this.#idle || this.ring.load() <= SMALL) return
    this.#idle = true
    const puts = this.ring.puts()
    after(
      IDLE,
      () => {
        this.#idle = false
        if (this.ring.puts() === puts) this.ring.shrinkTo(SMALL)
        else this.#shrinkLater()
      },
      { keepAlive: false },
    )
  }

  #full(timeout: number): Error {
    return createError('QUEUE_FULL', { channel: this.name, timeout })
  }

  #empty(timeout: number): Error {
    return createError('QUEUE_EMPTY', { channel: this.name, timeout })
  }

  #shutDown(): Error {
    return createError('QUEUE_SHUT_DOWN', { channel: this.name })
  }
}

function valueOf(header: Header, lifted: Lifted): unknown {
  const value = finish(header, lifted)
  return value instanceof Loading ? value.value : value
}
