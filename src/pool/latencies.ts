import type { RecordableHistogram } from 'node:perf_hooks'

/** How long something takes, in milliseconds: of a sample, see `PoolStats.times`. */
export interface Percentiles {
  /** How many were measured. */
  readonly count: number
  /** The shortest. */
  readonly min: number
  /** The arithmetic mean. */
  readonly mean: number
  /** Half of them took no longer; exact to two figures, as the others are. */
  readonly p50: number
  /** Nine of ten took no longer. */
  readonly p90: number
  /** 99 of a hundred took no longer. */
  readonly p99: number
  /** The longest. */
  readonly max: number
}

/** Microseconds, so that a histogram has whole numbers; up to a day; two figures are what the eye takes in. */
const PER_MS = 1000
const LONGEST = 24 * 3_600_000 * PER_MS
const FIGURES = 2
/** So many are merely kept, until there are more or somebody asks: loading `node:perf_hooks` takes a moment. */
const KEPT = 64

/** Times, added up as they come. */
export class Latencies {
  #kept: number[] = []
  #histogram: RecordableHistogram | undefined

  add(ms: number): void {
    const time = Math.min(LONGEST, Math.max(1, Math.round(ms * PER_MS)))
    if (this.#histogram) this.#histogram.record(time)
    else if (this.#kept.push(time) >= KEPT) this.#made()
  }

  #made(): RecordableHistogram {
    if (this.#histogram) return this.#histogram
    const { createHistogram } = process.getBuiltinModule('node:perf_hooks')
    this.#histogram = createHistogram({ lowest: 1, highest: LONGEST, figures: FIGURES })
    for (const time of this.#kept.splice(0)) this.#histogram.record(time)
    return this.#histogram
  }

  get percentiles(): Percentiles | undefined {
    if (!this.#histogram && this.#kept.length === 0) return undefined
    const histogram = this.#made()
    const at = (percent: number): number => histogram.percentile(percent) / PER_MS
    return Object.freeze({
      count: histogram.count,
      min: histogram.min / PER_MS,
      mean: histogram.mean / PER_MS,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      max: histogram.max / PER_MS,
    })
  }
}
