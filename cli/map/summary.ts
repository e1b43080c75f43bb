import type { Outcome } from './outcome.ts'
import { formatCount, formatDuration, formatRate } from './units.ts'

const LISTED = 20
const LEAST_TASK_MS = 1000

/** What the summary says about the workers. */
export interface Crew {
  readonly workers: number
  /** Tasks that one worker runs at a time. */
  readonly concurrency: number
  /** `processes` or `threads`. */
  readonly kind: string
}

/** Adds up a run. Keeps the first failures only, so that a million of them fit. */
export class Summary {
  readonly #crew: () => Crew
  #done = 0
  #recorded = 0
  #isStopped = false
  #failed = 0
  #taskMs = 0
  readonly #failures: string[] = []

  /** `crew` is asked at the end: it may have chosen its own numbers. */
  constructor(crew: () => Crew) {
    this.#crew = crew
  }

  get failed(): number {
    return this.#failed
  }

  add(outcome: Outcome): void {
    switch (outcome.state) {
      case 'done':
        this.#done++
        if (outcome.recorded) this.#recorded++
        else this.#taskMs += outcome.ms
        break
      case 'failed':
        this.#failed++
        if (this.#failures.length < LISTED) this.#failures.push(failureLine(outcome))
        break
      case 'stopped':
        this.stopped()
    }
  }

  /** There may have been more to do: nobody has asked any more. */
  stopped(): void {
    this.#isStopped = true
  }

  /** The summary's lines; `wallMs` is the whole run as the user felt it, workers' start included. */
  text(wallMs: number): string {
    return [...this.#totals(wallMs), ...this.#failureList()].map(line => `${line}\n`).join('')
  }

  #totals(wallMs: number): string[] {
    const items = this.#done + this.#failed
    const { workers, kind } = this.#crew()
    const parts = [
      `${plural(items, 'item')} in ${formatDuration(wallMs)}`,
      `${formatRate(items / (wallMs / 1000))} a second`,
      `on ${formatCount(workers)} ${workers === 1 ? singular(kind) : kind}`,
    ]
    if (this.#failed > 0) parts.push(`${formatCount(this.#failed)} failed`)
    if (this.#recorded > 0) parts.push(`${formatCount(this.#recorded)} read from the journal`)
    if (this.#isStopped) parts.push('stopped before the end')
    const lines = [parts.join(', ')]
    const speedUp = this.#speedUp(wallMs)
    return speedUp === undefined ? lines : [...lines, speedUp]
  }

  /** With several tasks at a time in a worker, their times overlap: that is no measure of cores any more. */
  #speedUp(wallMs: number): string | undefined {
    // A short run is all start-up: a factor would say nothing about the work.
    if (this.#taskMs < LEAST_TASK_MS) return undefined
    const times = formatRate(this.#taskMs / wallMs)
    const total = formatDuration(this.#taskMs)
    if (this.#crew().concurrency > 1)
      return `${times} tasks under way at a time on average (${total} of tasks in all)`
    return `${times} times as fast as one core (${total} of tasks in all)`
  }

  #failureList(): string[] {
    const more = this.#failed - this.#failures.length
    if (this.#failed === 0) return []
    return ['Failed:', ...this.#failures, ...(more > 0 ? [`  and ${formatCount(more)} more`] : [])]
  }
}

/** One line each: the full text of an error is in the output of --json and in the journal. */
function failureLine({ input, failure }: Extract<Outcome, { state: 'failed' }>): string {
  const shown = input.length > 80 ? `${input.slice(0, 79)}…` : input
  const [firstLine = ''] = failure.message.split('\n')
  const code = failure.code ?? failure.name
  const what = firstLine.startsWith(code) ? firstLine : `${code}: ${firstLine}`
  return `  ${JSON.stringify(shown).slice(1, -1)}: ${what}`
}

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

function singular(kind: string): string {
  return kind === 'processes' ? 'process' : 'thread'
}
