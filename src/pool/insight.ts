import {
  CHANNELS,
  machineClock,
  type PoolEvent,
  type TaskEvent,
  now,
  wallClock,
  type WorkerEvent,
} from '../base/index.ts'
import type { Death, Progress } from '../link/index.ts'
import { REPORT_BEGIN, TIMED } from '../wire/index.ts'
import type { Worker } from '../worker/index.ts'
import { Latencies } from './latencies.ts'
import type { Member } from './member.ts'
import type { Ending, Noted } from './noted.ts'
import { Rate } from './rate.ts'
import type { Task } from './task.ts'
import { Tracer } from './tracer.ts'

/** So many tasks a millisecond may be in the sample: taking times costs as much as a small task. */
const SAMPLES_PER_MS = 0.25
/** So many more after a pause. */
const MOST_CREDIT = 64
/** One of so many tasks at least is in the sample. */
const RAREST = 1024

/**
 * Who looks at a pool's tasks: its own statistics, a trace, and whoever listens on the channels. A task that somebody
 * looks at is noted, with what is known of it; any other passes by at the cost of counting it.
 *
 *     submitted ─► noted? ─► sent ─► begun ─► over ─► histograms, trace, channels
 */
export class Insight {
  readonly #pool: string
  readonly #kind: 'process' | 'thread'
  readonly #tracer: Tracer | undefined
  readonly wait: Latencies = new Latencies()
  readonly run: Latencies = new Latencies()
  readonly roundTrip: Latencies = new Latencies()
  readonly rate: Rate = new Rate()
  /** Every task is noted: it is traced, or somebody listens. */
  #all = false
  /** Somebody wants to hear when tasks begin. */
  #begins = false
  /** The sample: so many tasks until the next, so many from one to the next, when the last was, how many may be. */
  #countdown = 1
  #stride = 1
  #lastSample = 0
  #credit = MOST_CREDIT
  #nextId = 1

  constructor(pool: string, kind: 'process' | 'thread', trace: string | URL | undefined) {
    this.#pool = pool
    this.#kind = kind
    this.#tracer = trace === undefined ? undefined : new Tracer(trace, pool, kind)
  }

  // ── the pool ───────────────────────────────────────────────────────────────────────────────────────────

  opened(workers: number): void {
    this.#tellPool(CHANNELS.poolOpened, workers)
  }

  closed(): void {
    this.#tellPool(CHANNELS.poolClosed, 0)
    this.#tracer?.end()
  }

  #tellPool(channel: (typeof CHANNELS)['poolOpened'], workers: number): void {
    if (!channel.hasSubscribers) return
    channel.publish({
      pool: this.#pool,
      kind: this.#kind,
      workers,
      at: wallClock(),
    } satisfies PoolEvent)
  }

  // ── tasks ──────────────────────────────────────────────────────────────────────────────────────────────

  /** A batch of submissions begins: does anybody look? */
  look(): void {
    this.#begins = CHANNELS.taskBegun.hasSubscribers
    this.#all = this.#tracer !== undefined || this.#begins || hasListeners()
    if (this.#countdown > 1 && now() - this.#lastSample >= 1 / SAMPLES_PER_MS) this.#countdown = 1
  }

  submitted(task: Task): void {
    if (--this.#countdown > 0 && !this.#all) return
    const submitted = now()
    if (this.#countdown <= 0) this.#chooseNext(submitted)
    const id = this.#nextId++
    task.noted = {
      id,
      submitted,
      submittedAt: wallClock(),
      worker: undefined,
      workerId: 0,
      sentAt: 0,
      beganAt: undefined,
      took: undefined,
    }
    task.mode |= this.#begins ? TIMED | REPORT_BEGIN : TIMED
    this.#tellTask(CHANNELS.taskSubmitted, task, task.noted)
  }

  /** The next of the sample: so that there are some hundreds a second, however many tasks come. */
  #chooseNext(time: number): void {
    const earned = (time - this.#lastSample) * SAMPLES_PER_MS
    this.#credit = Math.min(MOST_CREDIT, this.#credit + earned - 1)
    this.#stride = this.#credit >= 0 ? Math.max(1, this.#stride / 2) : Math.min(RAREST, this.#stride * 2)
    this.#credit = Math.max(this.#credit, -1)
    this.#lastSample = time
    this.#countdown = this.#stride
  }

  sent(noted: Noted, member: Member): void {
    noted.worker = member.name
    noted.workerId = member.plan.id
    noted.sentAt = wallClock()
    noted.beganAt = undefined
    noted.took = undefined
  }

  /** Heard while it runs. */
  begun(task: Task): void {
    if (task.noted) this.#tellTask(CHANNELS.taskBegun, task, task.noted)
  }

  /** It is over before its worker has told when it began. */
  endedEarly(task: Task, worker: Worker<Task> | undefined): void {
    const { noted } = task
    if (!noted || noted.beganAt !== undefined || !worker?.hasBegun(task)) return
    const current = worker.current()
    this.#beganBy(noted, current?.call === task ? current.since : undefined)
  }

  /** It has begun at `since` on the machine's clock, or nobody knows when: then when it was sent. */
  #beganBy(noted: Noted, since: number | undefined): void {
    noted.beganAt = since === undefined ? noted.sentAt : wallClock() - (machineClock() - since)
  }

  /** It had begun, or may have, when its worker died. */
  diedWith({ noted }: Task, { since }: Pick<Progress, 'since'>): void {
    if (noted && noted.beganAt === undefined) this.#beganBy(noted, since > 0 ? since : undefined)
  }

  /** One try of several is over. */
  tried(task: Task, noted: Noted): void {
    this.#trace(task, noted, 'failed')
    noted.beganAt = undefined
    noted.took = undefined
  }

  over(task: Task, ending: Ending, error?: unknown): void {
    const { noted } = task
    if (!noted) return
    task.noted = undefined
    const roundTrip = now() - noted.submitted
    const { took, beganAt } = noted
    // Clocks of two processes may differ a little.
    const wait =
      beganAt === undefined
        ? undefined
        : Math.max(0, Math.min(beganAt - noted.submittedAt, roundTrip - (took ?? 0)))
    if (took !== undefined && wait !== undefined) {
      this.wait.add(wait)
      this.run.add(took)
      this.roundTrip.add(roundTrip)
    }
    this.#trace(task, noted, ending)
    this.#tellTask(CHANNEL_OF[ending], task, noted, { wait, run: took, roundTrip, error })
  }

  /** What no worker has begun leaves no trace. */
  #trace(task: Task, noted: Noted, ending: Ending): void {
    const { beganAt } = noted
    if (!this.#tracer || beganAt === undefined) return
    this.#tracer.over(
      task.fn.name || '(anonymous)',
      () => task.title,
      { ...noted, beganAt },
      ending,
      wallClock(),
    )
  }

  #tellTask(
    channel: (typeof CHANNELS)['taskDone'],
    task: Task,
    noted: Noted,
    more?: Pick<TaskEvent, 'wait' | 'run' | 'roundTrip' | 'error'>,
  ): void {
    if (!channel.hasSubscribers) return
    const { id, worker } = noted
    const known = { pool: this.#pool, task: id, name: task.fn.name, worker, at: wallClock() }
    channel.publish({ ...known, ...more } satisfies TaskEvent)
  }

  /** Tasks are over: so many. `inLine`: so many are in the pool's line. */
  finished(count: number, inLine: number): void {
    this.rate.add(count)
    this.#tracer?.waiting(inLine, wallClock())
  }

  // ── workers ────────────────────────────────────────────────────────────────────────────────────────────

  workerStarted(member: Member): void {
    this.#tracer?.workerStarted(member.plan.id, member.name, wallClock())
    this.#tellWorker(CHANNELS.workerStarted, member)
  }

  workerReady(member: Member): void {
    this.#tracer?.workerReady(member.plan.id, wallClock())
    this.#tellWorker(CHANNELS.workerReady, member)
  }

  workerDied(member: Member, { code, signal }: Death, expected: boolean): void {
    const how = expected ? 'ended' : `died: ${signal ?? `exit code ${code}`}`
    this.#tracer?.workerDied(member.plan.id, wallClock(), how)
    this.#tellWorker(CHANNELS.workerDied, member, { exitCode: code, signal, expected })
  }

  /** Nothing more comes of it. */
  forget(member: Member): void {
    this.#tracer?.forget(member.plan.id)
  }

  #tellWorker(
    channel: (typeof CHANNELS)['workerDied'],
    member: Member,
    more?: Pick<WorkerEvent, 'exitCode' | 'signal' | 'expected'>,
  ): void {
    if (!channel.hasSubscribers) return
    const { pid = 0, threadId = 0 } = member.worker?.link ?? {}
    const known = { pool: this.#pool, worker: member.name, pid, threadId, at: wallClock() }
    channel.publish({ ...known, ...more } satisfies WorkerEvent)
  }
}

const CHANNEL_OF = {
  done: CHANNELS.taskDone,
  failed: CHANNELS.taskFailed,
  cancelled: CHANNELS.taskCancelled,
} as const

function hasListeners(): boolean {
  const { taskSubmitted, taskDone, taskFailed, taskCancelled } = CHANNELS
  return (
    taskSubmitted.hasSubscribers ||
    taskDone.hasSubscribers ||
    taskFailed.hasSubscribers ||
    taskCancelled.hasSubscribers
  )
}
