import { every, type Timer } from '../base/index.ts'

/** What a job tells of how far it is. */
export interface Progress {
  update(done: number): void
  end(): void
}

/** How often the caller is told, in milliseconds: the eye sees no more. */
const TELL_EVERY = 100

type Listener = (done: number, total: number | undefined) => void

/** `true` draws a bar on a terminal, and nothing elsewhere; a function is called now and then, and at the end. */
export function drawProgress(
  wanted: boolean | Listener | undefined,
  total: number | undefined,
): Progress | undefined {
  if (!wanted) return undefined
  if (typeof wanted === 'function') return new Teller(wanted, total)
  return process.stderr.isTTY ? new Bar(total) : undefined
}

class Teller implements Progress {
  readonly #tell: Listener
  readonly #total: number | undefined
  readonly #timer: Timer
  #done = 0
  #told = -1

  constructor(tell: Listener, total: number | undefined) {
    this.#tell = tell
    this.#total = total
    this.#timer = every(TELL_EVERY, () => this.#say(), { keepAlive: false })
  }

  update(done: number): void {
    this.#done = done
  }

  end(): void {
    this.#timer.cancel()
    this.#say()
  }

  #say(): void {
    if (this.#told === this.#done) return
    this.#told = this.#done
    this.#tell(this.#done, this.#total)
  }
}

/** The bar itself is a library's, loaded when one is drawn. */
class Bar implements Progress {
  #done = 0
  #ended = false
  #bar: { update(done: number): void; stop(): void } | undefined

  constructor(total: number | undefined) {
    void import('cli-progress').then(({ default: { SingleBar, Presets } }) => {
      if (this.#ended) return
      const bar = new SingleBar(
        { format: '{bar} {percentage}% | {value}/{total} | {eta_formatted}', hideCursor: true },
        Presets.shades_classic,
      )
      bar.start(total ?? 0, this.#done)
      this.#bar = bar
    })
  }

  update(done: number): void {
    this.#done = done
    this.#bar?.update(done)
  }

  end(): void {
    this.#ended = true
    this.#bar?.update(this.#done)
    this.#bar?.stop()
  }
}
