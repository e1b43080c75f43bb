import { clearLine, cursorTo } from 'node:readline'
import cliProgress, { type Options, type Params, type SingleBar } from 'cli-progress'
import type { Outcome } from './outcome.ts'
import { formatCount, formatDuration, formatRate } from './units.ts'

const REFRESH_MS = 100
const SAVE_CURSOR = '\x1B7'

/**
 * A progress bar on a terminal: done of total, rate, time left, failures; a plain count while the total is not known.
 *
 *     ━━━━━━━━━━━━━━━━━━──────────── 12,345/23,456 · 1,023/s · 11 s left · 2 failed
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #bar: SingleBar
  readonly #startedAt = performance.now()
  #total: number | undefined
  #done = 0
  #failed = 0
  readonly #timer: NodeJS.Timeout
  #isDrawn = true

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream
    this.#bar = new cliProgress.SingleBar({
      stream,
      format: (options, params) => this.#line(options, params),
      barsize: 28,
      barCompleteChar: '━',
      barIncompleteChar: '─',
      // The terminal's own settings stay as they are: a kill leaves nothing to mend.
      hideCursor: false,
      linewrap: true,
      clearOnComplete: true,
      // A line of results may have been written where the bar was.
      forceRedraw: true,
      // Ctrl-C is the command's own matter.
      gracefulExit: false,
    })
    this.#bar.start(0, 0)
    // Counting is cheap, drawing is not: the bar looks at the counters ten times a second.
    this.#timer = setInterval(() => this.#bar.update(this.#done), REFRESH_MS)
  }

  /** Sets how many items there will be, once that is known. */
  setTotal(total: number): void {
    this.#total = total
    this.#bar.setTotal(total)
  }

  /** Counts one item. */
  add(outcome: Outcome): void {
    this.#done++
    if (outcome.state === 'failed') this.#failed++
  }

  /** Takes the bar off the line, until it is drawn again. */
  clear(): void {
    if (!this.#isDrawn) return
    cursorTo(this.#stream, 0)
    clearLine(this.#stream, 0)
  }

  /** Takes the bar off the line while something else is written to the same terminal. */
  async stepAside(write: () => Promise<void>): Promise<void> {
    this.clear()
    await write()
    if (this.#isDrawn) this.#bar.render()
  }

  /** Takes the bar away for good. */
  stop(): void {
    clearInterval(this.#timer)
    // cli-progress ends by going back to where the cursor was when it began; results have scrolled past since.
    if (this.#isDrawn) this.#stream.write(SAVE_CURSOR)
    this.#isDrawn = false
    this.#bar.stop()
  }

  #line(options: Options, params: Params): string {
    const seconds = (performance.now() - this.#startedAt) / 1000
    const parts = [`${formatRate(this.#done / seconds)}/s`]
    if (this.#failed > 0) parts.push(`${formatCount(this.#failed)} failed`)
    if (this.#total === undefined) return [`${formatCount(this.#done)} done`, ...parts].join(' · ')

    // While cli-progress has nothing to go by, eta is a word and compares false.
    if (params.eta > 0 && this.#done < this.#total)
      parts.splice(1, 0, `${formatDuration(params.eta * 1000)} left`)
    const bar = cliProgress.Format.BarFormat(params.progress, options)
    return [`${bar} ${formatCount(this.#done)}/${formatCount(this.#total)}`, ...parts].join(' · ')
  }
}
