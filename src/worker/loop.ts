import { afterTurn, machineClock, now } from '../base/index.ts'
import { type Graph, pack, unpack } from '../codec/index.ts'
import type { ProgramLink } from '../link/index.ts'
import {
  ARGUMENTS_READ,
  BEGAN,
  type Boot,
  CALLS,
  CANCEL,
  CHUNK,
  CHUNK_OUTCOME,
  type ChunkOutcome,
  CLOSE,
  CONCURRENCY,
  DEFINE,
  FLUSH_FIRST,
  FORGET,
  FUNCTION_READ,
  INTERRUPT,
  PACKED,
  PREPARE,
  PROGRESS,
  REPORT_BEGIN,
  SOLE,
  STAR,
  STRIDE,
  TIMED,
  type ToWorker,
} from '../wire/index.ts'
import { isThenable, patienceFor, runChunk } from './chunk.ts'
import { type Definition, Definitions, load } from './definitions.ts'
import { Linger } from './linger.ts'
import { Pulse } from './pulse.ts'
import { Results } from './results.ts'
import { asTask, currentTask, endTask, serveTasks, TaskContext } from './task-context.ts'

/**
 * Results wait for company at most this long, and only behind calls that were quicker than a message: the next call
 * may block this thread for ever, or end it, and what is done should not be lost with it. In milliseconds.
 */
const FLUSH_EVERY = 0.25
const QUICK = 0.05
/** A function that has taken this long lately may do so again. In milliseconds. */
const LONG = 1
/** How fast a function's longest time is forgotten, at each call. */
const FADE = 0.99
/** Synchronous calls run in slices of this length, so that messages are heard between them. In milliseconds. */
const SLICE = 10

/** Calls of one message, taken one by one; or functions to forget, which waits behind the calls before it. */
type Batch =
  | { readonly kind: 'calls'; readonly first: number; readonly flat: readonly unknown[]; at: number }
  | { readonly kind: 'forget'; readonly functions: readonly number[] }

export interface LoopEvents {
  /** The last call is done and the program has asked to close. */
  closed(): void
  interrupted(): void
  /** A call threw. */
  thrown?(thrown: unknown): void
}

/**
 * The worker's side of the road: takes calls in order, runs them, sends what comes of them.
 *
 *     message ─► #batches ─► begin (marked, unless taken back) ─► run ─► #results ─► message
 */
export class WorkerLoop {
  readonly #link: ProgramLink
  readonly #events: LoopEvents
  #concurrency: number
  /** Several may run at once, now or later: their contexts are kept apart. */
  readonly #shared: boolean
  readonly #pulse: Pulse | undefined
  readonly #definitions: Definitions
  /** It has one call only, and says how far it has come with it. */
  readonly #single: boolean
  readonly #results: Results
  readonly #linger: Linger
  readonly #batches: Batch[] = []
  /** Asynchronous calls under way. */
  readonly #active = new Map<number, TaskContext | undefined>()
  /** Calls that were cancelled, before they began or while they run. */
  readonly #cancelled = new Set<number>()
  #sliceStart = 0
  #lastBegin = 0
  #pumping = false
  /** Letting the event loop turn. */
  #paused = false
  #closing = false

  constructor(
    link: ProgramLink,
    {
      role,
      concurrency,
      concurrencyVaries,
      pulse,
    }: Pick<Boot, 'role' | 'concurrency' | 'concurrencyVaries' | 'pulse'>,
    events: LoopEvents,
  ) {
    this.#link = link
    this.#events = events
    this.#single = role === 'single'
    this.#definitions = new Definitions(() => this.#reads(FUNCTION_READ))
    this.#concurrency = concurrency
    this.#shared = concurrency > 1 || concurrencyVaries
    this.#linger = new Linger(link)
    this.#pulse = pulse > 0 ? new Pulse(link, pulse, () => this.#active.size > 0, this.#linger) : undefined
    this.#results = new Results(link)
    serveTasks((call, value) => this.#report(call, value), this.#shared)
  }

  /** Every message but BOOT. */
  handle(message: ToWorker): void {
    switch (message[0]) {
      case DEFINE:
        return this.#definitions.define(message[1], message[2] as readonly Graph[])
      case FORGET:
        this.#batches.push({ kind: 'forget', functions: message[1] })
        return this.#start()
      case CALLS:
        this.#linger.heard(message[2].length / STRIDE)
        this.#pulse?.stir()
        this.#batches.push({ kind: 'calls', first: message[1], flat: message[2], at: 0 })
        return this.#start()
      case CANCEL:
        return this.#cancel(message[1], message[2])
      case CLOSE:
        this.#closing = true
        return this.#start()
      case INTERRUPT:
        return this.#events.interrupted()
      case PREPARE:
        for (const fn of message[1]) this.#definitions.rehearse(this.#definitions.get(fn))
        return
      case CONCURRENCY:
        this.#concurrency = message[1]
        return this.#start()
    }
  }

  /** Sends the results that are there, at the end of the process too. */
  flush(): void {
    this.#results.flush()
  }

  #start(): void {
    this.#sliceStart = now()
    this.#pump()
  }

  /** Runs calls until none is left, or as many asynchronous ones are under way as may be. */
  #pump(): void {
    if (this.#pumping || this.#paused) return
    this.#pumping = true
    while (this.#active.size < this.#concurrency && !this.#paused) {
      const batch = this.#batches[0]
      if (!batch) break
      if (batch.kind === 'forget') {
        this.#definitions.forget(batch.functions)
        this.#batches.shift()
      } else if (batch.at >= batch.flat.length) this.#batches.shift()
      else this.#takeNext(batch)
    }
    this.#pumping = false
    if (this.#active.size > 0 || this.#batches.length > 0) return this.#results.flushSoon()
    this.#results.flush()
    if (this.#closing) this.#events.closed()
    else this.#linger.rest()
  }

  #takeNext(batch: Batch & { kind: 'calls' }): void {
    const definition = this.#definitions.get(batch.flat[batch.at] as number)
    const mode = batch.flat[batch.at + 1] as number
    const time = now()
    const slow = time - this.#lastBegin > QUICK || this.#results.waited(time) > FLUSH_EVERY
    const risky = definition.longest > LONG || (mode & FLUSH_FIRST) !== 0
    if (this.#results.any && (slow || risky)) this.#results.flush()
    // A large result leaves before the next call blocks its way, or takes it down with the worker.
    if (!this.#link.clear) return this.#pauseUntil(resume => this.#link.onceClear(resume))
    this.#lastBegin = time
    if (time - this.#sliceStart > SLICE) return this.#pauseUntil(resume => afterTurn(resume))
    const number = (batch.first + batch.at / STRIDE) | 0
    const payload = batch.flat[batch.at + 2]
    batch.at += STRIDE
    this.#begin(number, definition, mode, payload, time)
  }

  #pauseUntil(wake: (resume: () => void) => void): void {
    this.#paused = true
    wake(() => {
      this.#paused = false
      this.#start()
    })
  }

  #begin(number: number, definition: Definition, mode: number, payload: unknown, time: number): void {
    const since = machineClock()
    const taken = !this.#link.begin(number, since)
    if (this.#cancelled.delete(number) || taken) return this.#results.returned(number)
    if (mode & TIMED) this.#results.began(number, since)
    if (mode & REPORT_BEGIN) this.#link.send([BEGAN, [number]])
    const loading = this.#definitions.prepare(definition)
    if (!loading) return this.#run(number, definition, mode, payload, time)
    this.#active.set(number, undefined)
    void loading.then(() => this.#run(number, definition, mode, payload, now()))
  }

  #run(number: number, definition: Definition, mode: number, payload: unknown, time: number): void {
    try {
      if (definition.failure) throw definition.failure.thrown
      if (mode & SOLE) return this.#call(number, definition, mode, [payload], time)
      if (!(mode & PACKED)) return this.#call(number, definition, mode, payload as unknown[], time)
      const loading = load(payload as Graph)
      if (!loading) return this.#call(number, definition, mode, this.#unpack(payload as Graph), time)
      this.#active.set(number, undefined)
      const go = (): void => this.#call(number, definition, mode, this.#unpack(payload as Graph), now())
      loading.then(go).catch((thrown: unknown) => this.#settle(number, () => this.#fail(number, thrown, 0)))
    } catch (thrown) {
      const busy = now() - time
      noteTime(definition, busy)
      if (this.#active.has(number)) return this.#settle(number, () => this.#fail(number, thrown, busy))
      endTask()
      this.#fail(number, thrown, busy)
    }
  }

  #unpack(payload: Graph): unknown[] {
    this.#reads(ARGUMENTS_READ)
    return unpack(payload) as unknown[]
  }

  /** Should it die, the program knows what it never got. A pool's worker has no time for that. */
  #reads(what: number): void {
    if (this.#single) this.#link.beginItem(what)
  }

  #call(
    number: number,
    definition: Definition,
    mode: number,
    payload: readonly unknown[],
    time: number,
  ): void {
    // Cancelled while its modules were being loaded: nobody has heard of that yet.
    if (this.#cancelled.has(number)) return this.#settle(number, () => this.#results.returned(number))
    const fn = definition.fn as Function
    const context = this.#shared ? new TaskContext(number) : undefined
    const value =
      mode & CHUNK
        ? asTask(number, context, this.#runChunk, [number, fn, mode, payload])
        : asTask(number, context, fn, payload)
    const succeed = (result: unknown): void => {
      const busy = now() - time
      noteTime(definition, busy)
      if (mode & CHUNK) this.#results.ended(number, CHUNK_OUTCOME, result as ChunkOutcome, busy)
      else this.#results.value(number, result, busy)
    }
    if (!isThenable(value)) {
      endTask()
      succeed(value)
      // It was asynchronous only because its arguments were.
      if (this.#active.delete(number)) this.#start()
      return
    }
    this.#active.set(number, context)
    this.#link.waits?.()
    // A thenable of the user's own may throw, answer twice or at once; a promise does not.
    void Promise.resolve(value).then(
      result => this.#settle(number, () => succeed(result)),
      thrown => this.#settle(number, () => this.#fail(number, thrown, now() - time)),
    )
  }

  readonly #runChunk = (number: number, fn: Function, mode: number, items: readonly unknown[]): unknown =>
    runChunk({
      fn,
      items,
      star: (mode & STAR) !== 0,
      longEnough: patienceFor(mode),
      can: this.#link.can,
      beginItem: item => this.#link.beginItem(item),
      stopped: () => this.#cancelled.has(number),
    })

  /** What a task tells of its progress; what can't travel is thrown into the task. */
  #report(number: number, value: unknown): void {
    const graph = pack(value, { path: 'progress', can: this.#link.can })
    this.#link.send([PROGRESS, number, graph !== undefined, graph ?? value])
  }

  #fail(number: number, thrown: unknown, busy: number): void {
    this.#results.thrown(number, thrown, busy)
    this.#events.thrown?.(thrown)
  }

  /** An asynchronous call is over. */
  #settle(number: number, report: () => void): void {
    this.#active.delete(number)
    this.#cancelled.delete(number)
    endTask()
    report()
    this.#pump()
  }

  #cancel(number: number, reason: unknown): void {
    if (!this.#active.has(number)) {
      // Not begun yet: it won't be. Of one that is over no note is taken: nobody would take it away again.
      if (this.#isWaiting(number)) this.#cancelled.add(number)
      return
    }
    this.#cancelled.add(number)
    const context = this.#active.get(number) ?? currentTask()
    context?.abort(reason)
  }

  #isWaiting(number: number): boolean {
    return this.#batches.some(
      batch =>
        batch.kind === 'calls' &&
        ((number - batch.first) | 0) * STRIDE >= batch.at &&
        ((number - batch.first) | 0) * STRIDE < batch.flat.length,
    )
  }
}

/** Up at once, down slowly: who took long once may do so again. */
function noteTime(definition: Definition, busy: number): void {
  definition.longest = Math.max(busy, definition.longest * FADE)
}
