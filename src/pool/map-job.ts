import { createError, describe, listenToAbort } from '../base/index.ts'
import { packAs, type Portable } from '../capture/index.ts'
import { type Abilities, type Graph, takeBack, takeBackUnsent } from '../codec/index.ts'
import type { Future, FutureOwner, ProgressListener } from '../future/index.ts'
import { asNumbers, type CallSite } from '../worker/index.ts'
import { WHOLE } from '../wire/index.ts'
import { ChunkSizes, LARGEST_OF_STREAM } from './chunk-sizes.ts'
import { ChunkTask, ItemTask } from './chunk-task.ts'
import type { Crew } from './crew.ts'
import type { Source } from './crew-words.ts'
import { isCancel } from './failures.ts'
import { report } from './future-task.ts'
import type { Imap, Step } from './imap.ts'
import type { Inputs } from './inputs.ts'
import { drawProgress } from './draw-progress.ts'
import type { JobProgress } from './progress.ts'
import type { Task, TaskLimits } from './task.ts'

/** Chunks of a job that are under way, per worker: one that runs and one that waits next to it. */
const CHUNKS_AHEAD = 2

export interface JobOptions {
  readonly fn: Portable
  readonly inputs: Inputs
  /** Each item is an array of arguments. */
  readonly star: boolean
  /** A stream's input is worked off whether somebody reads or not. */
  readonly eager: boolean
  readonly can: Abilities
  /** As the pool's option says. */
  readonly strict: boolean | undefined
  /** For messages: `map(square)`. */
  readonly title: string
  readonly limits: TaskLimits
  readonly chunksize: number | undefined
  readonly signal: AbortSignal | undefined
  readonly progress: boolean | ProgressListener | undefined
  readonly site: CallSite
  readonly bufferSize: number | undefined
  /** One of the two: everything at the end, or one by one. */
  readonly results?: Future<unknown[]>
  readonly stream?: Imap<unknown>
}

/**
 * One `map` or `imap`: cuts its input into tasks as workers get to it, so that an endless input is fine, and puts
 * the results back in order.
 *
 *     inputs ─► take ─► chunk (size from measurement) ─► crew ─► values ─► list or stream
 */
export class MapJob implements Source, FutureOwner {
  readonly star: boolean
  readonly site: CallSite
  readonly #crew: Crew
  readonly #options: JobOptions
  readonly #list: unknown[]
  readonly #underWay = new Set<Task>()
  readonly #progress: JobProgress | undefined
  /** Items taken from the input, and those whose result is there. */
  #taken = 0
  #done = 0
  #failed = 0
  #inputOver = false
  #inputError: { readonly error: unknown } | undefined
  /** Why nothing more is done: cancelled, or the pool is over. It is what the caller is told. */
  #stopError: { readonly error: unknown } | undefined
  /** Items of an asynchronous input that wait for company. */
  #gathered: unknown[] = []
  /** The failure that stands first in the input. */
  #firstFailure: { readonly item: number; readonly error: unknown } | undefined
  /** Don't wait for a reader: the pool's end is waited for, or it was asked for. */
  #hurried: boolean
  /** Tasks that were cancelled while a worker had them, and that it has not let go of. */
  #lingering = 0
  #ended = false
  #feeding = false
  readonly #sizes = new ChunkSizes()
  #forget: (() => void) | undefined

  constructor(crew: Crew, options: JobOptions) {
    this.#crew = crew
    this.#options = options
    this.star = options.star
    // Made to measure: results come out of order, and a list that grows by leaps becomes a slow dictionary.
    this.#list = new Array(options.results ? (options.inputs.total ?? 0) : 0)
    this.site = options.site
    this.#progress = drawProgress(options.progress, options.inputs.expected)
    this.#hurried = options.eager
    crew.enter(this)
    // From the call to the end the program has something to wait for; with a stream, unless eager, while it is read.
    if (this.#holdsProgram) crew.expect(1)
    options.results?.attach(this)
    const { signal } = options
    if (signal && !signal.aborted) this.#forget = listenToAbort(signal, () => this.#cancel(signal.reason))
  }

  /** Once, directly after it was made. */
  start(): void {
    if (this.#options.signal?.aborted) this.#cancel(this.#options.signal.reason)
    else this.feed()
  }

  get title(): string {
    return this.#options.title
  }

  running(): boolean {
    return this.#done > 0 || [...this.#underWay].some(task => this.#crew.isRunning(task))
  }

  cancel(reason: unknown): void {
    if (!this.#ended) this.#cancel(reason)
  }

  get #holdsProgram(): boolean {
    return this.#options.results !== undefined || this.#options.eager
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.cancel('nobody reads its results any more')
  }

  poolOver(error: unknown): void {
    this.#giveUp(error)
  }

  hurry(): void {
    const { bufferSize, inputs } = this.#options
    if (bufferSize !== undefined && inputs.expected === undefined) return this.#takeNoMore()
    this.#hurried = true
    this.feed()
  }

  /** It may be endless, and was to be read only so far ahead of its reader: what was taken of it is done. */
  #takeNoMore(): void {
    if (this.#inputOver) return
    this.#inputFailed(this.#crew.verdicts.ofClosed())
    this.#options.inputs.stop()
    this.#sendGathered()
    this.#endWhenDone()
  }

  /** Its stream has readers that wait, or none any more. */
  awaited(change: 1 | -1): void {
    this.#crew.expect(change)
  }

  // ── in ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes items from the input and sends them, as many as may be under way. */
  feed(): void {
    if (this.#feeding || this.#inputOver) return
    if (this.#options.inputs.next) void this.#feedAsync()
    else this.#feedSync()
  }

  #feedSync(): void {
    this.#feeding = true
    try {
      while (!this.#inputOver && this.#hasRoom()) {
        const items = this.#options.inputs.take?.(this.#chunkSize()) ?? []
        // The input itself may have cancelled the job.
        if (this.#stopError) break
        if (items.length === 0) this.#inputOver = true
        else this.#submit(items)
      }
    } catch (error) {
      this.#inputFailed(error)
    }
    this.#feeding = false
    this.#endWhenDone()
  }

  async #feedAsync(): Promise<void> {
    this.#feeding = true
    const inputs = this.#options.inputs as Required<Inputs>
    try {
      while (!this.#inputOver && this.#hasRoom()) {
        const step = await inputs.next()
        // Cancelled or closed meanwhile: what came is dropped, as what would have come.
        if (this.#stopError || this.#inputError) return
        if (step.done) this.#inputOver = true
        else this.#gathered.push(step.value)
        this.#sendGathered()
      }
    } catch (error) {
      this.#inputFailed(error)
      this.#sendGathered()
    } finally {
      this.#feeding = false
    }
    this.#endWhenDone()
  }

  /** What is there is sent as soon as the workers could use it; only while they are busy it gathers. */
  #sendGathered(): void {
    const gathered = this.#gathered
    if (gathered.length === 0) return
    const { workerCount, concurrency } = this.#crew
    // Who wants chunks of a certain size waits for them. Of workers on demand there may be none.
    const own = this.#options.chunksize !== undefined
    const idle = !own && this.#underWay.size < Math.max(1, workerCount) * concurrency
    if (!idle && !this.#inputOver && gathered.length < this.#chunkSize()) return
    this.#gathered = []
    this.#submit(gathered)
  }

  /** May another chunk be taken from the input now? */
  #hasRoom(): boolean {
    if (this.#stopError || this.#crew.over) return false
    const { workerCount, concurrency, plan } = this.#crew
    const each = Math.max(2 * concurrency, this.#oneByOne ? 2 * plan.depth : CHUNKS_AHEAD)
    if (this.#underWay.size >= Math.max(1, workerCount) * each) return false
    const { stream } = this.#options
    if (!stream || this.#hurried) return true
    // A reader that is slower than the workers holds them up: results don't pile up.
    const unread = this.#taken - this.#done + stream.unread
    const more = this.#options.inputs.next ? this.#gathered.length + 1 : this.#chunkSize()
    return unread + more <= this.#lookAhead
  }

  /** How many items may be taken beyond those that the reader of a stream has. */
  get #lookAhead(): number {
    const { workerCount, concurrency, plan } = this.#crew
    const each = Math.max(
      4 * concurrency * Math.max(1, this.#sizes.largest, this.#options.chunksize ?? 1),
      Math.min(2 * plan.depth, LARGEST_OF_STREAM),
    )
    return this.#options.bufferSize ?? Math.max(1, workerCount) * each
  }

  /** Items that have to be told apart, each with its own time and its own second try, travel alone. */
  get #oneByOne(): boolean {
    const { timeout, retries } = this.#options.limits
    return timeout !== undefined || retries > 0 || this.#options.chunksize === 1
  }

  #chunkSize(): number {
    if (this.#oneByOne) return 1
    const { chunksize, inputs, stream } = this.#options
    // Two chunks at least, so that one can be worked on while the other is read.
    const streamed = stream && !this.#hurried ? Math.max(1, Math.floor(this.#lookAhead / 2)) : undefined
    if (chunksize !== undefined) return Math.min(chunksize, streamed ?? chunksize)
    const workers = Math.max(1, this.#crew.workerCount)
    return this.#sizes.next({ taken: this.#taken, expected: inputs.expected, workers, streamed })
  }

  #submit(items: readonly unknown[]): void {
    const first = this.#taken
    this.#taken += items.length
    this.#sizes.take(items.length)
    this.#send(first, items)
  }

  #send(first: number, items: readonly unknown[]): void {
    const { fn, limits, chunksize } = this.#options
    const alone = this.#oneByOne || (items.length === 1 && chunksize === undefined && this.#sizes.goesAlone())
    let task: Task
    try {
      if (this.star) items.forEach((item, place) => checkArguments(item, first + place))
      if (alone) {
        const args = this.star ? (items[0] as unknown[]) : items
        task = new ItemTask(this, fn, first, args, this.#pack(args, `items[${first}]`), limits)
      } else {
        const numbers = asNumbers(items)
        task = new ChunkTask(
          this,
          fn,
          first,
          items,
          numbers ? undefined : this.#pack(items, 'items', true),
          numbers ?? items,
          chunksize === undefined ? this.#sizes.patience(items.length) : WHOLE,
          limits,
        )
      }
    } catch (error) {
      return this.#refused(first, items, error)
    }
    this.#underWay.add(task)
    this.#crew.submit(task)
  }

  #pack(value: unknown, path: string, fresh = false): Graph | undefined {
    const { can, strict } = this.#options
    return packAs(strict, value, { path, can, fresh })
  }

  /** Why an item can't travel, with the path from the item itself. */
  #reasonFor(item: unknown, path: string): unknown {
    try {
      takeBack(this.#pack(item, path))
      return undefined
    } catch (error) {
      return error
    }
  }

  /** Something in the chunk can't travel: the item that can't is told so, the others go on. */
  #refused(first: number, items: readonly unknown[], error: unknown): void {
    if (items.length === 1) {
      const path = `items[${first}]`
      return this.#itemDone(first, { error: this.#reasonFor(items[0], path) ?? error })
    }
    items.forEach((item, place) => this.#send(first + place, [item]))
  }

  #inputFailed(error: unknown): void {
    this.#inputOver = true
    this.#inputError ??= { error }
  }

  // ── beside ─────────────────────────────────────────────────────────────────────────────────────────────

  /** What one of its items reports of its progress. */
  reported(packed: boolean, payload: unknown): void {
    if (this.#options.results) report(this.#options.results, packed, payload)
  }

  /** A task of it is cancelled but still runs, or no longer does. */
  lingering(change: 1 | -1): void {
    this.#lingering += change
    if (this.#ended && this.#lingering === 0) this.#options.results?.letGo()
  }

  // ── out ────────────────────────────────────────────────────────────────────────────────────────────────

  measured(itemTime: number): void {
    this.#sizes.measure(itemTime)
  }

  itemDone(task: ItemTask, step: Step<unknown>): void {
    this.#underWay.delete(task)
    this.#itemDone(task.first, step)
    this.#goOn()
  }

  chunkDone(
    task: ChunkTask,
    values: ArrayLike<unknown>,
    errors: ReadonlyMap<number, unknown>,
    next: number,
  ): void {
    this.#underWay.delete(task)
    if (next < task.items.length) this.#send(task.first + next, task.items.slice(next))
    if (errors.size === 0 && this.#options.results) this.#takeAll(task.first, values)
    else {
      for (let place = 0; place < next; place++) {
        const step: Step<unknown> = errors.has(place)
          ? { error: errors.get(place) }
          : { value: values[place] }
        this.#itemDone(task.first + place, step)
      }
    }
    this.#goOn()
  }

  /** It could not be put together over there, so nothing of it has run: each item shows for itself. */
  chunkUnread(task: ChunkTask): void {
    this.#underWay.delete(task)
    task.items.forEach((item, place) => this.#send(task.first + place, [item]))
    this.#goOn()
  }

  /** Only the first `begun` of its items are lost. */
  chunkFailed(task: ChunkTask, error: unknown, begun: number): void {
    this.#underWay.delete(task)
    if (begun < task.items.length) this.#send(task.first + begun, task.items.slice(begun))
    for (let place = 0; place < begun; place++) this.#itemDone(task.first + place, { error })
    this.#goOn()
  }

  /** The usual case, without a step per item. */
  #takeAll(first: number, values: ArrayLike<unknown>): void {
    const list = this.#list
    for (let place = 0; place < values.length; place++) list[first + place] = values[place]
    this.#done += values.length
    this.#progress?.update(this.#done, this.#failed)
  }

  #itemDone(item: number, step: Step<unknown>): void {
    this.#done++
    if ('error' in step) this.#failed++
    if ('error' in step && !(this.#firstFailure && this.#firstFailure.item < item)) {
      this.#firstFailure = { item, error: step.error }
    }
    this.#progress?.update(this.#done, this.#failed)
    if (this.#options.stream) this.#options.stream.put(item, step)
    else if ('value' in step) this.#list[item] = step.value
  }

  #goOn(): void {
    if (!this.#stopError) this.#sendGathered()
    this.feed()
    this.#endWhenDone()
  }

  #endWhenDone(): void {
    if (this.#ended || !this.#inputOver || this.#gathered.length > 0 || this.#done < this.#taken) return
    this.#ended = true
    this.#progress?.end(this.#stopError ? undefined : this.#taken)
    const { results, stream, fn } = this.#options
    if (fn.carries) takeBackUnsent(fn.graph)
    this.#forget?.()
    if (stream) stream.end(this.#taken, this.#stopError ?? this.#inputError)
    else if (results && !results.done()) this.#settle(results)
    if (this.#holdsProgram) this.#crew.expect(-1)
    this.#crew.leave(this)
  }

  #settle(results: Future<unknown[]>): void {
    const failure = this.#stopError ?? this.#firstFailure ?? this.#inputError
    if (!failure) return results.setResult(this.#list)
    const cancelled = failure === this.#stopError && isCancel(failure.error)
    results.abandon(failure.error, { cancelled, lingers: this.#lingering > 0 })
  }

  #cancel(reason: unknown): void {
    this.#giveUp(this.#crew.verdicts.ofCancelled({ title: this.title }, reason))
    for (const task of [...this.#underWay])
      this.#crew.cancel(task, this.#crew.verdicts.ofCancelled(task, reason))
    this.#endWhenDone()
  }

  /** Takes and sends nothing more. What is under way is waited for. */
  #giveUp(error: unknown): void {
    if (this.#ended || this.#stopError) return
    this.#stopError = { error }
    this.#gathered = []
    if (!this.#inputOver) this.#options.inputs.stop()
    this.#inputOver = true
    this.#endWhenDone()
  }
}

function checkArguments(item: unknown, place: number): void {
  if (typeof (item as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === 'function') return
  throw createError('WRONG_OPTION', {
    where: 'starmap',
    option: `items[${place}]`,
    got: describe(item),
    expected: 'an array of arguments',
  })
}
