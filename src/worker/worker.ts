import { createError, machineClock, now } from '../base/index.ts'
import type { Portable } from '../capture/index.ts'
import type { Graph } from '../codec/index.ts'
import { type Death, loseStdout, type Progress, type WorkerLink } from '../link/index.ts'
import {
  BEGAN,
  BOOT,
  type Boot,
  CALLS,
  CANCEL,
  CHUNK,
  CHUNK_OUTCOME,
  type ChunkOutcome,
  CLOSE,
  CONCURRENCY,
  DEFINE,
  ENDING,
  FAILED,
  FORGET,
  INTERRUPT,
  isLater,
  OUTPUT_LOST,
  PACKED,
  PREPARE,
  PROGRESS,
  PULSE,
  READY,
  REHEARSED,
  RESULTS,
  RETURNED,
  SOLE,
  STRIDE,
  THROWN,
  type ToProgram,
  VALUE,
  VALUE_PACKED,
} from '../wire/index.ts'
import type { Call } from './call.ts'
import { InFlight } from './in-flight.ts'
import { unpackFor } from './outcome.ts'
import { SentFunctions } from './sent-functions.ts'

/** So far the numbers of calls may run ahead of what was taken back last. They go round, and half a round is "before". */
const FAR = 2 ** 29
/** A message that takes longer than this to write takes the worker long to read. In milliseconds. */
const MUCH = 0.5
/** Calls that take long to write go in messages of about so many milliseconds: the worker begins before it has all. */
const PART = 4
/** A call has just begun if it was less than so many milliseconds ago. */
const JUST = 4
/** So many go first, while nobody knows how long they take. */
const FEW = 16

/** Who uses a worker hears this from it. Each call given to `send` comes back exactly once: settled, returned, refused, or in `died`. */
export interface WorkerUser<C extends Call> {
  ready(): void
  /** A call is over. `how` is VALUE … CHUNK_OUTCOME of the wire. */
  settled(call: C, how: number, payload: unknown): void
  /** It was not begun, and will not be here. */
  returned(call: C): void
  /** It could not be sent: something in it can't be cloned. */
  refused(call: C, error: unknown): void
  /** After the calls of one message: how long the worker was busy with how many. */
  progressed(busy: number, calls: number): void
  /** A call with REPORT_BEGIN has started. */
  began(call: C): void
  /** What it reports of its progress, plain or as packed graph. */
  reported(call: C, packed: boolean, payload: unknown): void
  /** With the result of a call with TIMED, just before it: when it began on the machine's clock, and how long it took. */
  timed(call: C, since: number, took: number): void
  /** How long its event loop was idle and active since it last told, in milliseconds. */
  pulse(idle: number, active: number): void
  /** It is ending by itself; `died` follows. */
  leaving?(): void
  /** Its initializer failed. */
  initializerFailed(thrown: unknown): void
  /** It is gone; `begun` were being run, `waiting` were not. */
  died(death: Death, begun: C[], waiting: C[], progress: Progress): void
}

/**
 * The life of one worker, from the program's side: start, talk, stop. Knows calls and functions; knows nothing of
 * queues, other workers, or what a call is for.
 */
export class Worker<C extends Call> {
  readonly link: WorkerLink
  readonly name: string
  readonly #user: WorkerUser<C>
  readonly #inFlight: InFlight<C>
  readonly #functions = new SentFunctions()
  readonly #role: Boot['role']
  #alive = true
  #isReady = false
  /** Calls before this one are not to be begun, as the worker sees it. */
  #taken = 0
  /** The first call of the last message that was much. */
  #much: number | undefined
  /** How many calls go in a message, by what the last ones took. */
  #most = FEW
  /** What was asked to come back last, by `takeBack`. */
  #taking: { readonly upTo: number; readonly over: Promise<void> } | undefined

  constructor(link: WorkerLink, boot: Boot, user: WorkerUser<C>, firstCall = 0) {
    this.#inFlight = new InFlight(firstCall)
    this.link = link
    this.name = boot.name
    this.#role = boot.role
    this.#user = user
    link.listen({
      message: message => this.#onMessage(message),
      leaving: () => this.#alive && user.leaving?.(),
      ended: death => this.#onEnded(death),
    })
    link.send([BOOT, boot])
  }

  /** Sends calls, in one message if they are small. What can't be cloned is refused alone. */
  send(calls: readonly C[]): void {
    for (let at = 0; at < calls.length; ) {
      const part = at === 0 && calls.length <= this.#most ? calls : calls.slice(at, at + this.#most)
      at += part.length
      this.#sendPart(part)
    }
  }

  #sendPart(calls: readonly C[]): void {
    const first = this.#inFlight.next
    const flat: unknown[] = []
    let transfer: unknown[] | undefined
    for (const call of calls) {
      const { mode, payload } = call
      if ((mode & (PACKED | CHUNK)) === 0 && (payload as unknown[]).length === 1) {
        flat.push(this.#functions.numberOf(call.fn), mode | SOLE, (payload as unknown[])[0])
      } else flat.push(this.#functions.numberOf(call.fn), mode, payload)
      if (call.transfer) transfer = transfer ? [...transfer, ...call.transfer] : [...call.transfer]
    }
    const began = now()
    try {
      this.#define()
      this.link.send([CALLS, first, flat], transfer)
    } catch (error) {
      // One of them can't be cloned. Alone, each shows for itself.
      if (calls.length > 1) for (const call of calls) this.#sendPart([call])
      else this.#user.refused(calls[0] as C, error)
      return
    }
    const took = now() - began
    if (took > MUCH) this.#much = first
    // Step by step: one message that was quick for once says little.
    this.#most = Math.max(1, Math.floor(Math.min(this.#most * 4, (calls.length * PART) / took)))
    for (const call of calls) this.#inFlight.add(call)
    const overflow = this.#functions.takeOverflow()
    if (overflow) this.link.send([FORGET, overflow])
    if (((first - this.#taken) | 0) > FAR) this.#followCalls()
  }

  /** Has it get functions ready that others have run: it may have to take over. */
  prepare(functions: readonly Portable[]): void {
    if (!this.#alive || functions.length === 0) return
    const numbers = functions.map(fn => this.#functions.numberOf(fn))
    this.#define()
    this.link.send([PREPARE, numbers])
  }

  #define(): void {
    this.#functions.define((from, graphs) => this.link.send([DEFINE, from, graphs]))
  }

  /** How many asynchronous calls it runs at once, from now on. */
  setConcurrency(calls: number): void {
    if (this.#alive) this.link.send([CONCURRENCY, calls])
  }

  /** Asks a task to stop: its `AbortSignal` fires. */
  cancel(call: C, reason: unknown): void {
    const number = this.#inFlight.numberOf(call)
    if (number !== undefined && this.#alive) this.link.send([CANCEL, number, reason])
  }

  /** Takes back what it has not begun; those calls come as `returned`. */
  takeBack(): Promise<void> {
    const upTo = this.#inFlight.next
    // All of it has been asked for: whoever cancels a thousand tasks at once asks a thousand times.
    if (this.#taking?.upTo === upTo) return this.#taking.over
    this.#taken = upTo
    this.#taking = { upTo, over: this.#takeBackTo(upTo) }
    return this.#taking.over
  }

  async #takeBackTo(upTo: number): Promise<void> {
    const begun = await this.link.takeBack(upTo)
    // A list, for others may be sent meanwhile.
    for (const [number, call] of [...this.#inFlight.after(begun)])
      if (isLater(upTo, number) && this.#inFlight.take(number)) this.#user.returned(call)
  }

  /** Takes back what has long been begun: else what was taken back last would seem to lie ahead some day. */
  #followCalls(): void {
    const { call } = this.link.progress()
    if (!isLater(call, this.#taken)) return
    this.#taken = call
    void this.link.takeBack(call)
  }

  /** The call that it is busy with, and since when. */
  current(): { readonly call: C; readonly since: number } | undefined {
    const { call: number, since } = this.link.progress()
    const call = this.#inFlight.get(number)
    return call && { call, since }
  }

  /** As far as one can see. */
  get hasMuchToRead(): boolean {
    return this.link.isFull === true || (this.#much !== undefined && !this.#hasBegun(this.#much))
  }

  /** It is in no call, or has only just begun one. */
  get isBetweenCalls(): boolean {
    const current = this.current()
    return current === undefined || machineClock() - current.since < JUST
  }

  /** Has it begun this call, as far as it has written down? */
  hasBegun(call: C): boolean {
    const number = this.#inFlight.numberOf(call)
    return number !== undefined && this.#hasBegun(number)
  }

  #hasBegun(number: number): boolean {
    return !isLater(number, this.link.progress().call)
  }

  /** What it has, and has not begun, as far as it has written down. */
  *notBegun(): Generator<C> {
    const { call: begun } = this.link.progress()
    for (const [, call] of this.#inFlight.after(begun)) yield call
  }

  /** Finish what is there, then end. */
  close(): void {
    if (this.#alive) this.link.send([CLOSE])
  }

  interrupt(): void {
    if (this.#alive) this.link.send([INTERRUPT])
  }

  /** Ends it at once. */
  destroy(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.#alive) this.link.kill(signal)
  }

  #onMessage(message: ToProgram): void {
    switch (message[0]) {
      case READY:
        if (this.#isReady) return this.#distrust('it was ready twice')
        this.#isReady = true
        return this.#user.ready()
      case RESULTS:
        if (message[4]) this.#onTimes(message[4])
        return this.#onResults(message[1], message[2], message[3])
      case BEGAN:
        for (const number of message[1]) {
          const call = this.#inFlight.get(number)
          if (call) this.#user.began(call)
        }
        return
      case PROGRESS: {
        const call = this.#inFlight.get(message[1])
        if (call) this.#user.reported(call, message[2], message[3])
        return
      }
      case FAILED:
        if (this.#isReady && this.#role === 'pool')
          return this.#distrust('it was ready, and then could not start')
        return this.#user.initializerFailed(message[1])
      case ENDING:
        this.link.expectEnd?.(message[1])
        return this.#user.leaving?.()
      case PULSE:
        return this.#user.pulse(message[1], message[2])
      case OUTPUT_LOST:
        return unpackFor(message[1] as Graph, loseStdout, loseStdout)
      case REHEARSED:
        return
      default:
        throw createError('INTERNAL', {
          what: `unknown message ${String(message satisfies never)} from ${this.name}`,
        })
    }
  }

  /** Each for itself could be said by a worker, but not by this one now: something else in it writes to the road. */
  #distrust(why: string): void {
    this.link.distrust(new Error(why))
  }

  #onTimes(times: readonly number[]): void {
    for (let at = 0; at < times.length; at += STRIDE) {
      const call = this.#inFlight.get(times[at] as number)
      if (call) this.#user.timed(call, times[at + 1] as number, times[at + 2] as number)
    }
  }

  #onResults(results: readonly unknown[], busy: number, calls: number): void {
    for (let at = 0; at < results.length; at += STRIDE) {
      const number = results[at] as number
      const call = this.#inFlight.get(number)
      // A call that was taken back may be reported as returned afterwards: it is no longer ours.
      if (!call) continue
      const how = results[at + 1] as number
      if (!fits(call, how, results[at + 2])) return this.#distrust('a call ended as no such call does')
      this.#inFlight.take(number)
      if (how === RETURNED) this.#user.returned(call)
      else this.#user.settled(call, how, results[at + 2])
    }
    this.#user.progressed(busy, calls)
  }

  #onEnded(death: Death): void {
    this.#alive = false
    const progress = this.link.progress()
    const begun: C[] = []
    const waiting: C[] = []
    for (const [number, call] of this.#inFlight) (isLater(number, progress.call) ? waiting : begun).push(call)
    this.#inFlight.clear()
    this.#user.died(death, begun, waiting, progress)
  }
}

/** Can a call like this have ended like that? */
function fits({ mode, items }: Call, how: number, payload: unknown): boolean {
  if (how === THROWN || how === RETURNED) return true
  if ((mode & CHUNK) === 0) return how === VALUE || how === VALUE_PACKED
  return how === CHUNK_OUTCOME && (payload as ChunkOutcome)[3] <= (items as readonly unknown[]).length
}
