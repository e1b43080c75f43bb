import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

/** How long something takes, in milliseconds: of a sample, see `PoolStats.times`. */
export interface Percentiles {
  /** How many were measured. */
  readonly count: number
  readonly min: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** Microseconds, so that a histogram has whole numbers; up to a day; two figures are what the eye takes in. */
const PER_MS = 1000
const LONGEST = 24 * 3_600_000 * PER_MS
const FIGURES = 2

/** Times, added up as they come. */
export class Latencies {
  /** Made at the first time: a pool that does nothing has none. */
  #histogram: RecordableHistogram | undefined

  add(ms: number): void {
    this.#histogram ??= createHistogram({ lowest: 1, highest: LONGEST, figures: FIGURES })
    this.#histogram.record(Math.min(LONGEST, Math.max(1, Math.round(ms * PER_MS))))
  }

  get percentiles(): Percentiles | undefined {
    const histogram = this.#histogram
    if (!histogram) return undefined
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
