import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, createError, reasonText, type Timer, wallClock } from '../base/index.ts'

/** How long events may wait for company, in milliseconds, and how many may. */
const WRITE_EVERY = 100
const MOST_WAITING = 2000
const HEAD = '['
const TAIL = '\n]\n'

/** Files that pools of this program write or have written, by path: several pools may share one. */
const files = new Map<string, TraceFile>()
let exitWatched = false

/** An event of the Trace Event Format, as Perfetto and Chrome read it. Times in microseconds. */
export type TraceEvent = Readonly<Record<string, unknown>>

/**
 * A file of trace events, written as they come. Each write puts the closing bracket behind what it adds, and the next
 * one takes its place: so the file is whole JSON whenever the program ends, however it ends.
 */
export class TraceFile {
  readonly #path: string
  /** While somebody uses it. */
  #file: number | undefined
  /** What the times of its events count from: since 1970, in milliseconds. */
  readonly #epoch = wallClock()
  #users = 0
  #lanes = 0
  #waiting: string[] = []
  /** Where the closing bracket is. */
  #end = 0
  #separator = '\n'
  #timer: Timer | undefined
  #failed = false

  /** The file: made anew at its first use by this program, gone on with at the next. Errors: `TRACE_NOT_WRITTEN`. */
  static at(given: string | URL): TraceFile {
    const path = resolve(given instanceof URL ? fileURLToPath(given) : given)
    const file = files.get(path) ?? new TraceFile(path)
    file.#open()
    files.set(path, file)
    return file
  }

  private constructor(path: string) {
    this.#path = path
    if (exitWatched) return
    exitWatched = true
    process.on('exit', flushAll)
  }

  #open(): void {
    try {
      if (this.#file === undefined) {
        // Taken away since: then it is made anew.
        if (this.#end > 0 && !existsSync(this.#path)) this.#end = 0
        this.#file = openSync(this.#path, this.#end === 0 ? 'w' : 'r+')
        if (this.#end === 0) {
          this.#separator = '\n'
          this.#write(HEAD)
        }
      }
    } catch (cause) {
      throw notWritten(this.#path, cause)
    }
    this.#users++
  }

  /** A number for a group of lanes: a pool. */
  nextGroup(): number {
    return ++this.#lanes
  }

  /** A moment, since 1970 in milliseconds, as the file counts it. */
  at(wall: number): number {
    return Math.round((wall - this.#epoch) * 1000)
  }

  add(event: TraceEvent): void {
    this.#waiting.push(JSON.stringify(event))
    if (this.#waiting.length >= MOST_WAITING) return this.flush()
    this.#timer ??= after(WRITE_EVERY, () => this.flush(), { keepAlive: false })
  }

  flush(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#waiting.length === 0 || this.#failed || this.#file === undefined) return
    const text = this.#separator + this.#waiting.join(',\n')
    this.#waiting = []
    this.#separator = ',\n'
    try {
      this.#write(text)
    } catch (cause) {
      // The work goes on: a trace is not worth its failure.
      this.#failed = true
      process.emitWarning(notWritten(this.#path, cause).message, 'ManycoreWarning')
    }
  }

  /** One user less; the last one closes it. */
  leave(): void {
    this.flush()
    if (--this.#users > 0 || this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
  }

  #write(text: string): void {
    const bytes = Buffer.from(text + TAIL)
    const file = this.#file as number
    for (let done = 0; done < bytes.length; )
      done += writeSync(file, bytes, done, bytes.length - done, this.#end + done)
    this.#end += bytes.length - TAIL.length
  }
}

function flushAll(): void {
  for (const file of files.values()) file.flush()
}

function notWritten(path: string, cause: unknown): Error {
  return createError('TRACE_NOT_WRITTEN', { path, reason: reasonText(cause) }, { cause })
}
