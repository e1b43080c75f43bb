import { isatty } from 'node:tty'
import { cpuCount } from 'manycore'
import { divertStdout } from '../divert-stdout.ts'
import { findTarget, type Target } from '../target.ts'
import { unlessEnded } from '../unless-ended.ts'
import { formatJson, formatText } from './format.ts'
import { checkSource, countInputs, type Item, readInputs } from './inputs.ts'
import { Journal } from './journal.ts'
import { type Failure, failureOf, type Outcome } from './outcome.ts'
import { Progress } from './progress.ts'
import type { MapRequest } from './request.ts'
import { runAhead } from './run-ahead.ts'
import { checkFiles } from './same-file.ts'
import { listenForStop, type StopRequest } from './signals.ts'
import { Summary } from './summary.ts'
import { TextSink } from './text-sink.ts'
import { Window } from './window.ts'
import { Workers } from './workers.ts'

/*
 *     inputs ─► runAhead ─► settle: journal? pool? ─► outcome ─► stdout, summary, progress
 *
 * What is held in memory are the items in the window of `runAhead`, however many there are in all.
 */

const STDOUT = 1
const FAILED = 1

/** Runs `manycore map` and gives its exit code. */
export async function map(request: MapRequest): Promise<number> {
  divertStdout()
  const { target } = await findTarget(request.reference)
  await checkSource(request.source)
  checkFiles(request, target.module)
  const journal = request.journal === undefined ? undefined : await Journal.open(request.journal, target)
  const stop = listenForStop()
  try {
    const run = new MapRun(request, target, journal, stop)
    const ended = `the command was ended from within before the run was over, perhaps by ${target.module}`
    return await unlessEnded({ exitCode: FAILED, ended }, () => run.toEnd())
  } finally {
    stop.dispose()
  }
}

class MapRun {
  readonly #request: MapRequest
  readonly #journal: Journal | undefined
  readonly #stop: StopRequest
  readonly #window: Window
  readonly #workers: Workers
  readonly #progress: Progress | undefined
  readonly #output: TextSink
  readonly #summary: Summary

  constructor(request: MapRequest, target: Target, journal: Journal | undefined, stop: StopRequest) {
    this.#request = request
    this.#journal = journal
    this.#stop = stop
    const workers = request.workers ?? cpuCount()
    const concurrency = request.concurrency ?? 1
    this.#workers = new Workers(request, target, workers, concurrency)
    this.#window = new Window(() => this.#workers.numbers.workers * this.#workers.numbers.concurrency)
    this.#summary = new Summary(() => ({
      ...this.#workers.numbers,
      kind: request.threads ? 'threads' : 'processes',
    }))
    const progress = request.progress && process.stderr.isTTY ? new Progress() : undefined
    this.#progress = progress
    const share = progress && isatty(STDOUT) ? progress : undefined
    this.#output = new TextSink(STDOUT, stop.signal, share && (write => share.stepAside(write)))
  }

  async toEnd(): Promise<number> {
    this.#stop.signal.addEventListener('abort', () => this.#onStop(), { once: true })
    if (this.#progress) void this.#countItems(this.#progress)
    let fatal: Failure | undefined
    try {
      await this.#runAll()
      if (this.#stop.signal.aborted) this.#summary.stopped()
      else await this.#workers.close()
    } catch (error) {
      fatal = failureOf(error)
    }
    await this.#workers.terminate()
    await this.#journal?.close()
    const isFlushed = await this.#output.flush()
    if (this.#output.failure) fatal ??= failureOf(this.#output.failure)
    this.#progress?.stop()
    return this.#report(fatal, isFlushed)
  }

  async #runAll(): Promise<void> {
    const { unordered = false, json = false, source } = this.#request
    const format = json ? formatJson : formatText
    const items = readInputs(source, this.#stop.signal, text => this.#note(text))
    const outcomes = runAhead(items, item => this.#settle(item), {
      limit: () => this.#window.size,
      ordered: !unordered,
      signal: this.#stop.signal,
    })
    for await (const outcome of outcomes) {
      this.#summary.add(outcome)
      this.#progress?.add(outcome)
      const line = format(outcome)
      this.#window.add(outcome)
      if (line !== undefined) await this.#output.write(line)
      if (this.#output.failure) throw this.#output.failure
    }
  }

  /** What came of one item. Rejects only when the run can't go on. */
  async #settle({ input, error }: Item): Promise<Outcome> {
    if (error !== undefined) return { state: 'failed', input, failure: failureOf(error) }
    const recorded = await this.#journal?.take(input)
    if (recorded) return recorded
    const outcome = await this.#workers.run(input)
    if (outcome.state !== 'stopped') await this.#journal?.record(outcome)
    return outcome
  }

  async #countItems(progress: Progress): Promise<void> {
    const total = await countInputs(this.#request.source, this.#stop.signal).catch(() => undefined)
    if (total !== undefined) progress.setTotal(total)
  }

  #onStop(): void {
    this.#progress?.stop()
    if (process.stderr.isTTY) this.#note('stopping; Ctrl-C again ends it at once')
    void this.#workers.terminate()
  }

  #report(failure: Failure | undefined, isFlushed: boolean): number {
    const hasFailed = this.#summary.failed > 0
    // The reader has seen enough (`| head`): there is nobody to tell.
    if (failure?.code === 'EPIPE') return hasFailed ? FAILED : 0
    process.stderr.write(this.#summary.text(performance.now()))
    if (failure) this.#note(failure.message)
    if (!isFlushed) this.#stop.dieBySignal()
    return this.#stop.exitCode ?? (hasFailed || failure ? FAILED : 0)
  }

  #note(text: string): void {
    this.#progress?.clear()
    process.stderr.write(`manycore: ${text}\n`)
  }
}
