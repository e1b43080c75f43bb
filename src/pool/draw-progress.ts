import type { MultiBar, SingleBar } from 'cli-progress'
import { now } from '../base/index.ts'
import type { ProgressListener } from '../future/index.ts'
import { type JobProgress, Teller } from './progress.ts'

const KNOWN = '{bar} {percentage}% · {value}/{total} · {rate}/s · {eta_formatted} left{failures}'
const UNKNOWN = '{value} done · {rate}/s{failures}'

type Library = typeof import('cli-progress')

/** The bars of all jobs that run at once, one below the other, and how many of them still move. */
let drawn: { readonly bars: MultiBar; moving: number } | undefined

/** `true` draws a bar on a terminal, and nothing elsewhere; a function is called now and then, and at the end. */
export function drawProgress(
  wanted: boolean | ProgressListener | undefined,
  total: number | undefined,
): JobProgress | undefined {
  if (!wanted) return undefined
  if (typeof wanted === 'function') return new Teller(wanted, total)
  return process.stderr.isTTY ? new Bar(total) : undefined
}

/** A bar on the terminal. The bar itself is a library's, loaded when one is drawn. */
class Bar implements JobProgress {
  readonly #teller: Teller
  readonly #began = now()
  #ended = false
  #bar: SingleBar | undefined
  #shown: readonly [done: number, payload: object] = [0, { rate: '–', failures: '' }]

  constructor(total: number | undefined) {
    this.#teller = new Teller((done, of, failed) => this.#draw(done, of, failed), total)
    void import('cli-progress').then(({ default: library }) => {
      if (this.#ended) return
      const format = total === undefined ? UNKNOWN : KNOWN
      drawn ??= { bars: barsOf(library), moving: 0 }
      drawn.moving++
      const [done, payload] = this.#shown
      this.#bar = drawn.bars.create(total ?? 0, done, payload, { format })
      letProgramEnd(drawn.bars)
    })
  }

  update(done: number, failed: number): void {
    this.#teller.update(done, failed)
  }

  end(total: number | undefined): void {
    this.#ended = true
    this.#teller.end(total)
    if (!this.#bar || !drawn || --drawn.moving > 0) return
    drawn.bars.stop()
    drawn = undefined
  }

  #draw(done: number, total: number | undefined, failed: number): void {
    const rate = (done / Math.max(1, now() - this.#began)) * 1000
    const payload = {
      rate: rate >= 10 ? Math.round(rate).toLocaleString('en') : rate.toPrecision(2),
      failures: failed > 0 ? ` · ${failed} failed` : '',
    }
    this.#shown = [done, payload]
    if (total !== undefined) this.#bar?.setTotal(total)
    this.#bar?.update(done, payload)
  }
}

function barsOf({ MultiBar, Presets }: Library): MultiBar {
  // The terminal's own settings stay as they are, so that whatever ends the program leaves nothing to mend.
  const bars = new MultiBar({ hideCursor: false, linewrap: true, etaBuffer: 50 }, Presets.shades_classic)
  bars.on('update-post', () => letProgramEnd(bars))
  return bars
}

/** Whether the program goes on is the job's matter: a stream that nobody reads on does not keep it. */
function letProgramEnd(bars: MultiBar): void {
  const timer = Reflect.get(bars, 'timer') as NodeJS.Timeout | null
  timer?.unref()
}
