import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { Target } from '../target.ts'
import { WrongUsage } from '../wrong-usage.ts'
import { addressOf } from './address.ts'
import { roundMs } from './format.ts'
import { readRecords } from './journal-reader.ts'
import type { Done, Failed } from './outcome.ts'

/*
 * The journal: what a run has finished, so that a later run can go on from there.
 *
 *     {"manycore":"journal","version":1,"target":"3f9c…","function":"file:///…/work.js#describe"}
 *     {"target":"3f9c…","input":"a.txt","ms":1.52,"value":…}
 *     {"target":"3f9c…","input":"b.txt","error":{"name":"Error","code":"ENOENT","message":"…"}}
 *
 * - Append-only, one line for each finished item, in the order they finish.
 * - A line is written before its result is printed: whatever was seen is recorded. Written lines outlive the command,
 *   however it ends. `fsync` follows at most once a second and at the end: a power failure costs the last second.
 * - An input that comes several times is recorded as often; each time takes one record.
 * - Failed items are run again by the next run, which adds a second line for them; the later line counts.
 */

const SYNC_EVERY_MS = 1000

/** An open journal: asks for what an earlier run has done, and records what this one does. */
export class Journal {
  readonly #file: FileHandle
  readonly #path: string
  readonly #hash: string
  readonly #done: Map<string, Place[]>
  #waiting: string[] = []
  #writing: Promise<void> | undefined
  #syncedAt = performance.now()
  #failure: unknown

  private constructor(file: FileHandle, path: string, hash: string, done: Map<string, Place[]>) {
    this.#file = file
    this.#path = path
    this.#hash = hash
    this.#done = done
  }

  /**
   * Opens a journal, or begins it. A line torn by a kill is cut off, and its item run again.
   *
   * @throws WrongUsage when the file is no journal, is damaged, or belongs to another function.
   */
  static async open(path: string, target: Target): Promise<Journal> {
    const name = `${addressOf(target.module)}#${target.name}`
    const hash = createHash('sha256').update(name).digest('hex').slice(0, 16)
    const header = `${JSON.stringify({ manycore: 'journal', version: 1, target: hash, function: name })}\n`
    const file = await openOrCreate(path)
    try {
      // A pipe or a device gives nothing back of what was written, or never ends.
      if (!(await file.stat()).isFile()) throw new WrongUsage(`the journal ${path} is no ordinary file`)
      const { done, end } = await readRecords(file, { path, name, hash, header })
      await file.truncate(end)
      if (end === 0) await file.appendFile(header)
      return new Journal(file, path, hash, done)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** How many finished items an earlier run left that this one has not taken yet. */
  get left(): number {
    let count = 0
    for (const places of this.#done.values()) count += places.length
    return count
  }

  /** What an earlier run recorded for this input, once for each time it was recorded. */
  async take(input: string): Promise<Done | undefined> {
    const places = this.#done.get(input)
    const place = places?.shift()
    if (!places || !place) return undefined
    if (places.length === 0) this.#done.delete(input)
    const line = Buffer.alloc(place.length)
    await this.#file.read(line, 0, place.length, place.start)
    const record = JSON.parse(line.toString()) as { value?: unknown; ms: number }
    return {
      state: 'done',
      input,
      json: 'value' in record ? JSON.stringify(record.value) : undefined,
      ms: record.ms,
      recorded: true,
    }
  }

  /** Resolves when the outcome is in the file; rejects when it can't be written, and then so does all that follows. */
  async record(outcome: Done | Failed): Promise<void> {
    if (this.#failure) throw this.#failure
    this.#waiting.push(this.#line(outcome))
    // What comes while a write is under way goes into the next one together.
    const before = this.#writing
    if (before) await before
    await (this.#writing ??= this.#write())
    if (this.#failure) throw this.#failure
  }

  /** Writes the last lines through to the disk and closes the file. */
  async close(): Promise<void> {
    while (this.#writing) await this.#writing
    await this.#file.datasync().catch(() => {})
    await this.#file.close()
  }

  #line(outcome: Done | Failed): string {
    const head = `{"target":"${this.#hash}","input":${JSON.stringify(outcome.input)}`
    if (outcome.state === 'failed') return `${head},"error":${JSON.stringify(outcome.failure)}}\n`
    const value = outcome.json === undefined ? '' : `,"value":${outcome.json}`
    return `${head},"ms":${roundMs(outcome.ms)}${value}}\n`
  }

  async #write(): Promise<void> {
    const lines = this.#waiting.join('')
    this.#waiting = []
    try {
      if (lines !== '') await this.#file.appendFile(lines)
      if (performance.now() - this.#syncedAt > SYNC_EVERY_MS) {
        await this.#file.datasync()
        this.#syncedAt = performance.now()
      }
    } catch (cause) {
      const remedy = 'What it holds stays: make room, and run the same command again.'
      this.#failure = new Error(
        `the journal ${this.#path} can't be written: ${(cause as Error).message}\n  ${remedy}`,
        { cause },
      )
    } finally {
      this.#writing = undefined
    }
  }
}

/** Where a record stands in the file, in bytes. */
export interface Place {
  readonly start: number
  readonly length: number
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a+')
  } catch (error) {
    throw new WrongUsage(`can't open the journal ${path}: ${(error as Error).message}`, { cause: error })
  }
}
