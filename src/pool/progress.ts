import { every, now, type Timer } from '../base/index.ts'

/** What a job tells of how far it is. */
export interface Progress {
  update(done: number, failed: number): void
  end(): void
}

/** How often the caller is told, in milliseconds: the eye sees no more. */
const TELL_EVERY = 100

/** Is told now and then, and at the end: how many are done, of how many (if known), and how many of them failed. */
export type ProgressListener = (done: number, total: number | undefined, failed: number) => void

/** `true` draws a bar on a terminal, and nothing elsewhere; a function is called now and then, and at the end. */
export function drawProgress(
  wanted: boolean | ProgressListener | undefined,
  total: number | undefined,
): Progress | undefined {
  if (!wanted) return undefined
  if (typeof wanted === 'function') return new Teller(wanted, total)
  return process.stderr.isTTY ? new Bar(total) : undefined
}

/** Counting is cheap, telling is not: the counters are looked at ten times a second. */
class Teller implements Progress {
  readonly #tell: ProgressListener
  readonly #total: number | undefined
  readonly #timer: Timer
  #done = 0
  #failed = 0
  #told = -1

  constructor(tell: ProgressListener, total: number | undefined) {
    this.#tell = tell
    this.#total = total
    this.#timer = every(TELL_EVERY, () => this.#say(), { keepAlive: false })
  }

  update(done: number, failed: number): void {
    this.#done = done
    this.#failed = failed
  }

  end(): void {
    this.#timer.cancel()
    this.#say()
  }

  #say(): void {
    if (this.#told === this.#done) return
    this.#told = this.#done
    this.#tell(this.#done, this.#total, this.#failed)
  }
}

const KNOWN = '{bar} {percentage}% · {value}/{total} · {rate}/s · {eta_formatted} left{failures}'
const UNKNOWN = '{value} done · {rate}/s{failures}'

/** A bar on the terminal. The bar itself is a library's, loaded when one is drawn. */
class Bar implements Progress {
  readonly #teller: Teller
  readonly #began = now()
  #ended = false
  #bar: { update(done: number, payload: object): void; stop(): void } | undefined
  #shown: readonly [done: number, payload: object] = [0, { rate: '–', failures: '' }]

  constructor(total: number | undefined) {
    this.#teller = new Teller((done, _, failed) => this.#draw(done, failed), total)
    void import('cli-progress').then(({ default: { SingleBar, Presets } }) => {
      if (this.#ended) return
      const format = total === undefined ? UNKNOWN : KNOWN
      const bar = new SingleBar({ format, hideCursor: true, etaBuffer: 50 }, Presets.shades_classic)
      bar.start(total ?? 0, ...this.#shown)
      this.#bar = bar
    })
  }

  update(done: number, failed: number): void {
    this.#teller.update(done, failed)
  }

  end(): void {
    this.#ended = true
    this.#teller.end()
    this.#bar?.stop()
  }

  #draw(done: number, failed: number): void {
    const rate = (done / Math.max(1, now() - this.#began)) * 1000
    const payload = {
      rate: rate >= 10 ? Math.round(rate).toLocaleString('en') : rate.toPrecision(2),
      failures: failed > 0 ? ` · ${failed} failed` : '',
    }
    this.#shown = [done, payload]
    this.#bar?.update(done, payload)
  }
}
