import { type Deferred, deferred, quiet } from '../base/index.ts'
import { type Graph, takeBack } from '../codec/index.ts'
import type { Death, Progress } from '../link/index.ts'
import { ARGUMENTS_READ, FUNCTION_READ, NOTHING_READ, PACKED, THROWN } from '../wire/index.ts'
import type { Call } from './call.ts'
import { type CallSite, deathError, exitCodeOf, settle } from './outcome.ts'
import { INTERRUPTED } from './ending.ts'
import type { Worker, WorkerUser } from './worker.ts'

/**
 * The life of a `Process` or `Thread`, from its start on, as the program that started it sees it: one call, its
 * result, and how it ended.
 */
export class Life implements WorkerUser<Call> {
  readonly result: Deferred<unknown> = deferred()
  readonly gone: Deferred<void> = deferred()
  readonly #site: CallSite | undefined
  readonly #task: string
  readonly #daemon: boolean
  readonly #onThrown: (error: unknown) => void
  #worker!: Worker<Call>
  #holds = 0
  #interrupted = false
  #ready = false
  exitCode: number | null = null
  alive = true

  constructor(options: {
    readonly site: CallSite | undefined
    readonly task: string
    readonly daemon: boolean
    readonly onThrown: (error: unknown) => void
  }) {
    this.#site = options.site
    this.#task = options.task
    this.#daemon = options.daemon
    this.#onThrown = options.onThrown
    quiet(this.result.promise)
  }

  get worker(): Worker<Call> {
    return this.#worker
  }

  attach(worker: Worker<Call>): void {
    this.#worker = worker
    if (this.#daemon) worker.link.unref()
  }

  /** Sends the one call, and lets the worker end after it. */
  run(call: Call): void {
    this.#worker.link.together(() => {
      this.#worker.send([call])
      this.#worker.close()
    })
  }

  /** It could not even be told what to do. */
  abandon(error: unknown): void {
    this.result.reject(error)
    this.#worker.destroy()
  }

  /** While somebody waits for it, a daemon keeps the program alive too. */
  async hold<T>(waiting: Promise<T>): Promise<T> {
    if (this.#holds++ === 0 && this.#daemon) this.#worker.link.ref()
    try {
      return await waiting
    } finally {
      if (--this.#holds === 0 && this.#daemon) this.#worker.link.unref()
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#worker.destroy(signal)
  }

  interrupt(): void {
    this.#interrupted = true
    if (this.#worker.link.threadId !== 0) this.#worker.interrupt()
    else if (this.#ready) this.#worker.destroy('SIGINT')
    // Else it would not hear: a process that does not know yet what it is, a spare one, leaves SIGINT to the program.
  }

  ready(): void {
    this.#ready = true
    if (this.#interrupted) this.interrupt()
  }

  progressed(): void {}
  began(): void {}
  reported(): void {}
  timed(): void {}
  pulse(): void {}

  settled(_: Call, how: number, payload: unknown): void {
    settle(how, payload, this.#worker.name, this.#site, this.result.resolve, error => this.#fail(error))
  }

  returned(call: Call): void {
    this.run(call)
  }

  refused(call: Call, error: unknown): void {
    takeBackFrom(call, NOTHING_READ)
    this.abandon(error)
  }

  /** It ended by an error that no call threw. */
  initializerFailed(thrown: unknown): void {
    settle(THROWN, thrown, this.#worker.name, this.#site, this.result.resolve, error => this.#fail(error))
  }

  #fail(error: unknown): void {
    this.result.reject(error)
    this.#onThrown(error)
  }

  died(death: Death, begun: readonly Call[], waiting: readonly Call[], { item }: Progress): void {
    this.alive = false
    // What it never got: the other end of a pipe among that would wait for somebody who is on the way.
    for (const call of waiting) takeBackFrom(call, NOTHING_READ)
    for (const call of begun) takeBackFrom(call, item)
    const code = exitCodeOf(death)
    const dueToInterrupt = this.#interrupted && code === INTERRUPTED
    this.exitCode = dueToInterrupt ? -2 : (code ?? (death.error ? 1 : null))
    this.result.reject(deathError(death, this.#worker.name, this.#task))
    this.gone.resolve()
  }
}

/** Of a call that its worker will never get: what it had not come to read. */
function takeBackFrom({ fn, mode, payload }: Call, read: number): void {
  if (read < FUNCTION_READ) takeBack(fn.graph)
  if (read < ARGUMENTS_READ && mode & PACKED) takeBack(payload as Graph)
}
