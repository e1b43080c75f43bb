import {
  after,
  afterTurn,
  checkLimits,
  createError,
  refuseIfAborted,
  type WaitOptions,
} from '../base/index.ts'
import { allocateCell, type Cell, createSegment, type Segment } from '../memory/index.ts'
import type { Choice } from './choice.ts'
import { block } from './block.ts'
import { bufferFor, finish, isCopied, type Lifted, lift, Loading, needsLoading } from './decode.ts'
import { keep } from './encode.ts'
import { FRONT, RING_WORDS } from './layout.ts'
import type { Ledger } from './ledger.ts'
import { AGAIN, Line, type Try, WAIT } from './line.ts'
import type { Header, Message } from './message.ts'
import { Patience } from './patience.ts'
import { BLOCKING_LIMITS, type BlockingOptions, refuseToBlock } from '../sync/index.ts'
import {
  type Attempt,
  BUSY,
  CLOSED,
  CROWDED,
  DONE,
  GET,
  LOADING,
  NOT_NOW,
  PUT,
  Ring,
  type RingOptions,
} from './ring.ts'
import { announceToAll } from './ring-lock.ts'
import { SegmentMemory } from './ring-memory.ts'
import { RingReader } from './ring-reader.ts'
import { RingWriter, SMALL } from './ring-writer.ts'
import { BYTES_PER_TURN, hasTurn, takeTurn } from './turn.ts'

/** A new ring has room for this many bytes. */
const FIRST_SIZE = 64 * 1024
/** How long a large ring may be idle until its memory is given back, in milliseconds. */
const IDLE = 1000
/** What a ring may come to, most first: Node 20 can't map more than 2 GiB and something; others may have little address space. */
const LARGEST = [process.versions.node.startsWith('20.') ? 2 ** 31 : 2 ** 34, 2 ** 28, 2 ** 24]

/** The shared memory of a channel. */
export interface Parts {
  readonly cell: Cell
  readonly segment: Segment
}

export function createParts(maxsize: number): Parts {
  const cell = allocateCell(RING_WORDS)
  const segment = reserve()
  Ring.init(cell.cells, new SegmentMemory(segment), FIRST_SIZE, maxsize)
  return { cell, segment }
}

/** Memory for a small ring, with room to grow. */
function reserve(): Segment {
  let failure: unknown
  for (const largest of LARGEST) {
    try {
      return createSegment(FRONT + largest, { committed: FRONT + FIRST_SIZE })
    } catch (error) {
      failure ??= error
    }
  }
  throw failure
}

/** Asked at each attempt whether there is any sense in it: a pipe knows whether anybody is at the other end. */
export interface Gate {
  /** What ends it for those who get, when nothing is left. */
  noMore(): Error | undefined
  /** What ends it for those who put. */
  nobodyReads(): Error | undefined
  /** What ends a wait of those who get, whatever is left: this thread has closed it. */
  closed?(): Error | undefined
  /** Throws if this message is not to be taken now. */
  check?(header: Header): void
}

const OPEN_TO_ALL: Gate = { noMore: () => undefined, nobodyReads: () => undefined }

/** A message that is out of the ring: `valueOf` makes the value of it. */
interface Taken {
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
  #idle = false
  #large = false
  // What the last take has found.
  #header: Header
  #lifted: Lifted = undefined

  constructor(
    parts: Parts,
    options: { name: string; growth: RingOptions['growth'] },
    ledger?: Ledger,
    choice?: Choice,
  ) {
    const { cell, segment } = parts
    this.parts = parts
    this.name = options.name
    this.ring = new Ring(
      cell.cells,
      cell.seats,
      new SegmentMemory(segment),
      { ...options, outOfTurn: choice !== undefined },
      ledger,
    )
    this.#writer = new RingWriter(this.ring)
    this.#reader = new RingReader(this.ring, choice)
    this.#putters = new Line(this.ring, PUT)
    this.#getters = new Line(this.ring, GET)
    this.#header = this.#reader.header
  }

  // ── putting ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Puts it now if nothing speaks against it; `undefined` then, else a promise. */
  put(message: Message, options: WaitOptions, gate = OPEN_TO_ALL): Promise<void> | undefined {
    checkLimits(this.name, options)
    refuseIfAborted(options, `room in ${this.name}`)
    const small = message.length <= BYTES_PER_TURN
    if (small && this.#putters.isEmpty && hasTurn() && this.#putNow(message, gate, true) === DONE) {
      takeTurn(message.length)
      return undefined
    }
    if (options.timeout !== undefined && options.timeout <= 0) {
      this.putSync(message, 'put()', { timeout: options.timeout }, gate)
      return undefined
    }
    const { timeout = Number.POSITIVE_INFINITY } = options
    const wish = { ...options, what: `room in ${this.name}`, late: () => this.#full(timeout) }
    return this.#putters.wait(this.#putting(keep(message), gate), wish)
  }

  /** Puts it, with this thread asleep while there is no room. */
  putSync(message: Message, call: string, options: BlockingOptions, gate = OPEN_TO_ALL): void {
    checkLimits(this.name, options, BLOCKING_LIMITS)
    const { timeout = Number.POSITIVE_INFINITY } = options
    refuseToBlock(`${call} of ${this.name}`, options, this.putSync)
    this.#putters.finish()
    // It may have to grow, which takes both sides.
    this.#getters.finish()
    const patience = new Patience(message.length)
    const attempt = (): Attempt => {
      for (;;) {
        const result = this.#putNow(message, gate, patience.isLeft)
        if (result !== CROWDED) return result
        patience.rest(this.ring.cells)
      }
    }
    const result = block(this.ring, PUT, attempt, timeout)
    if (result === NOT_NOW) throw this.#full(timeout)
    if (result === BUSY) throw this.#busy(call)
  }

  #putNow(message: Message, gate: Gate, patient: boolean): Attempt {
    const result = this.#beginPut(message, gate, patient)
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

  #beginPut(message: Message, gate: Gate, patient: boolean): Attempt {
    const broken = gate.nobodyReads()
    if (broken) throw broken
    const result = this.#writer.begin(message, patient)
    if (result === CLOSED) throw this.#shutDown()
    return result
  }

  /** Piece by piece, each in a turn of its own. The lock is held meanwhile. */
  #putting(message: Message, gate: Gate): Try<void> {
    let written = -1
    const patience = new Patience(message.length)
    return () => {
      if (written < 0) {
        const result = this.#beginPut(message, gate, patience.isLeft)
        if (result === CROWDED) patience.restAsync(() => this.#putters.poke())
        if (result !== DONE) return WAIT
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
  get(options: WaitOptions, gate = OPEN_TO_ALL): unknown {
    checkLimits(this.name, options)
    refuseIfAborted(options, `a message of ${this.name}`)
    if (this.#getters.isEmpty && hasTurn() && this.#takeNow(BYTES_PER_TURN, gate) === DONE) {
      takeTurn(this.#header.length)
      return this.#value()
    }
    if (options.timeout !== undefined && options.timeout <= 0) return this.#getNow(options.timeout, gate)
    const { timeout = Number.POSITIVE_INFINITY } = options
    const wish = { ...options, what: `a message of ${this.name}`, late: () => this.#empty(timeout) }
    return this.#getters.wait(this.#taking(gate), wish).then(({ header, lifted }) => valueOf(header, lifted))
  }

  /** Waits for nothing but for others that are at it. */
  #getNow(timeout: number, gate: Gate): unknown {
    refuseIfClosed(gate)
    if (this.#takeBlocking(timeout, gate) === DONE) return this.#value()
    return this.#reader.loading.then(() => this.#getNow(timeout, gate))
  }

  /** The oldest message, with this thread asleep while there is none. */
  getSync(call: string, options: BlockingOptions, gate = OPEN_TO_ALL): unknown {
    checkLimits(this.name, options, BLOCKING_LIMITS)
    const { timeout = Number.POSITIVE_INFINITY } = options
    refuseToBlock(`${call} of ${this.name}`, options, this.getSync)
    this.#takeBlocking(timeout, gate, call)
    return this.#value()
  }

  /** `call`: of one that can't wait for modules, so that it leaves a message that would have to. */
  #takeBlocking(timeout: number, gate: Gate, call?: string): Attempt {
    this.#getters.finish()
    const attempt = (): Attempt => this.#takeNow(Number.POSITIVE_INFINITY, gate, call)
    const result = block(this.ring, GET, attempt, timeout)
    if (result === NOT_NOW) throw this.#empty(timeout)
    if (result === BUSY) throw this.#busy(call ?? 'get()')
    if (result === LOADING && call !== undefined) throw this.#needsLoading(call)
    return result
  }

  /** Takes a message of at most `most` bytes; a longer one has to be taken in turns. */
  #takeNow(most: number, gate: Gate, call?: string): Attempt {
    const result = this.#beginTake(gate)
    if (result !== DONE) return result
    const reader = this.#reader
    const { header } = reader
    if (header.length > most) {
      reader.cancel()
      return BUSY
    }
    try {
      gate.check?.(header)
      const { bytes, start } = reader.whole()
      this.#lifted = lift(header, bytes, start)
      if (call !== undefined && needsLoading(header, this.#lifted)) {
        throw this.#needsLoading(call)
      }
    } catch (error) {
      reader.cancel()
      throw error
    }
    this.#header = header
    reader.commit()
    if (this.ring.load() > SMALL) this.#shrinkLater()
    return DONE
  }

  #beginTake(gate: Gate): Attempt {
    const result = this.#reader.begin()
    if (result === CLOSED) throw this.#shutDown()
    if (result === NOT_NOW) {
      const over = gate.noMore()
      // It may have sent its last words before it went.
      if (over && this.ring.isEmpty) throw over
    }
    return result
  }

  #taking(gate: Gate): Try<Taken> {
    const reader = this.#reader
    let target: Buffer | undefined
    let copied = 0
    return () => {
      if (!target) {
        refuseIfClosed(gate)
        const result = this.#takeNow(BYTES_PER_TURN, gate)
        if (result === DONE) {
          takeTurn(this.#header.length)
          return { header: this.#header, lifted: this.#lifted }
        }
        if (result === LOADING) void reader.loading.then(() => this.#getters.poke())
        if (result !== BUSY || this.#beginTake(gate) !== DONE) return WAIT
        try {
          gate.check?.(reader.header)
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
      this.#header = header
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

  /** Is there something to get, or to learn? */
  isReady(gate = OPEN_TO_ALL): boolean {
    return !this.ring.isEmpty || !this.ring.isOpen || gate.noMore() !== undefined
  }

  /** Waits until there is, if there is a time for that. False when it came first. */
  poll(options: WaitOptions, gate = OPEN_TO_ALL): boolean | Promise<boolean> {
    checkLimits(this.name, options)
    refuseIfAborted(options, `a message of ${this.name}`)
    const { timeout = 0 } = options
    if (this.isReady(gate)) return true
    if (timeout <= 0) return false
    const isReady = (): boolean => {
      refuseIfClosed(gate)
      return this.isReady(gate)
    }
    return this.#getters.until(isReady, { ...options, what: `a message of ${this.name}` })
  }

  /** Waits until `isReady` says so, which is asked whenever something came or went. */
  wake(isReady: () => boolean, signal: AbortSignal): Promise<unknown> {
    return this.#getters.until(isReady, { signal, what: this.name })
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Nothing more is put; `drop`: nothing more is got either. Answers how many messages were dropped. */
  async shutDown(drop: boolean): Promise<number> {
    let count = 0
    const attempt = (): Attempt => this.ring.shutDown(drop, dropped => (count = dropped))
    this.#putters.finish()
    this.#getters.finish()
    while (block(this.ring, PUT, attempt, 0) !== DONE) {
      await new Promise(resolve => afterTurn(resolve))
    }
    this.tellAll()
    this.#lookLater()
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

  /** What came before may have needed much memory: gives it back when nothing large has come for a while. */
  #shrinkLater(): void {
    this.#large ||= this.#header.length > SMALL
    this.#lookLater()
  }

  #lookLater(): void {
    if (this.#idle || this.ring.load() <= SMALL) return
    this.#idle = true
    // The timer does not keep a channel that nobody has any more, and with it its memory.
    const weak = new WeakRef(this)
    const look = (): void => {
      const channel = weak.deref()
      if (channel) channel.#shrinkIfQuiet()
    }
    after(IDLE, look, { keepAlive: false })
  }

  /** One that is not empty is looked at again after the next take. */
  #shrinkIfQuiet(): void {
    this.#idle = false
    if (!this.#large) return this.ring.shrinkTo(SMALL)
    this.#large = false
    this.#lookLater()
  }

  #full(timeout: number): Error {
    return createError('QUEUE_FULL', { channel: this.name, timeout })
  }

  #busy(call: string): Error {
    return createError('CHANNEL_BUSY', { channel: this.name, call })
  }

  #empty(timeout: number): Error {
    return createError('QUEUE_EMPTY', { channel: this.name, timeout })
  }

  #needsLoading(call: string): Error {
    return createError('NEEDS_LOADING', { channel: this.name, call })
  }

  #shutDown(): Error {
    return createError('QUEUE_SHUT_DOWN', { channel: this.name })
  }
}

function refuseIfClosed(gate: Gate): void {
  const closed = gate.closed?.()
  if (closed) throw closed
}

function valueOf(header: Header, lifted: Lifted): unknown {
  const value = finish(header, lifted)
  return value instanceof Loading ? value.value : value
}
