import { LONG } from '../wire/index.ts'

/** How long a chunk should take at least, in milliseconds: the way there and back is a small part of it. */
const SHORT_CHUNK = 4
/** And at most, where much is left to do: each takes both sides some tenths of a millisecond, caches and all. */
const LONG_CHUNK = 32
/** A chunk is at most so large a part of what is left to a worker: for the last of them the others wait. */
const PARTS = 8
/** A stream's chunks stay small enough for its reader to be only a little behind. In items. */
export const LARGEST_OF_STREAM = 256
/** Of items that travel alone, each so many-th is measured: what was slow at first may be quick by now. */
const MEASURED = 8
/** A chunk grows by at most this factor: measurements of a few items are not trusted for thousands. */
const GROWTH = 4
/** The clock does not see less. In milliseconds. */
const SHORTEST = 1e-6

/** What the next chunk is cut from, and for how many. */
export interface Cut {
  /** Items taken from the input so far. */
  readonly taken: number
  /** How many there should be in all, where that is known. */
  readonly expected: number | undefined
  readonly workers: number
  /** Of a stream that somebody reads: no more at once than this. */
  readonly streamed: number | undefined
}

/** How many items of a job travel together: as many as take a while, by how long items took lately. Pure. */
export class ChunkSizes {
  /** Milliseconds per item; `undefined` before the first is done. */
  #itemTime: number | undefined
  /** Items that have travelled alone since one was measured. */
  #unmeasured = 0
  #largest = 0

  /** Items took so long, in milliseconds each. Longer is believed at once, shorter by halves. */
  measure(itemTime: number): void {
    const before = this.#itemTime
    this.#itemTime = before === undefined || itemTime > before ? itemTime : (before + itemTime) / 2
  }

  /** The largest chunk that was taken. */
  get largest(): number {
    return this.#largest
  }

  /** A chunk of so many was taken. */
  take(items: number): void {
    this.#largest = Math.max(this.#largest, items)
  }

  /** How many the next one is to have. */
  next({ taken, expected = 0, workers, streamed }: Cut): number {
    if (this.#itemTime === undefined) return 1
    const itemTime = Math.max(this.#itemTime, SHORTEST)
    // Of an input without a length as much may be left as there has been.
    const known = expected > taken
    const ahead = known ? expected - taken : taken
    const isStream = streamed !== undefined
    const time = Math.min(LONG_CHUNK, Math.max(SHORT_CHUNK, (ahead * itemTime) / workers / PARTS))
    const wanted = Math.round((isStream ? SHORT_CHUNK : time) / itemTime)
    // Towards the end chunks become small, so that the workers finish together.
    const left = known ? Math.ceil(ahead / (2 * workers)) : wanted
    const grown = Math.max(1, this.#largest) * GROWTH
    const most = isStream ? Math.min(LARGEST_OF_STREAM, streamed) : wanted
    return Math.max(1, Math.min(wanted, left, grown, most))
  }

  /** A single item is to travel: alone, or else as a chunk, which is measured? */
  goesAlone(): boolean {
    const alone = this.#itemTime !== undefined && ++this.#unmeasured < MEASURED
    if (!alone) this.#unmeasured = 0
    return alone
  }

  /** After how long a chunk gives its rest back, as a bit of its call. */
  patience(items: number): number {
    return items * (this.#itemTime ?? 0) > 2 * SHORT_CHUNK ? LONG : 0
  }
}
