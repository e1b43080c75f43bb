import { createError, type ManycoreError } from '../base/index.ts'
import type { Death } from '../link/index.ts'
import { deathError } from '../worker/index.ts'
import { copyOf } from './failures.ts'
import type { Member } from './member.ts'
import type { Task } from './task.ts'

const TERMINATED = 'the pool was terminated'

/** Whether a pool runs anything any more, and what the tasks that it does not run to their end are told. */
export class Verdicts {
  readonly #pool: string
  /** Why it can't work. */
  broken: ManycoreError | undefined
  terminated = false
  #dropped: ManycoreError | undefined

  constructor(pool: string) {
    this.#pool = pool
  }

  /** Nothing is run any more. */
  get over(): boolean {
    return this.terminated || this.broken !== undefined
  }

  /** What nobody has begun is not run any more. */
  get dropping(): boolean {
    return this.#dropped !== undefined
  }

  /** From now on what nobody has begun is dropped. One error for all: a million may wait. */
  drop(reason: string): ManycoreError {
    this.#dropped ??= createError('TASK_CANCELLED', { task: `what ${this.#pool} had not begun`, reason })
    return this.#dropped
  }

  ofDropped(): ManycoreError {
    return this.broken ? copyOf(this.broken) : this.drop(TERMINATED)
  }

  /** A job is told when the pool is terminated. */
  ofTerminated(): ManycoreError {
    return createError('TASK_CANCELLED', { task: 'the job', reason: TERMINATED })
  }

  /** More was to come of it. */
  ofClosed(): ManycoreError {
    return createError('POOL_CLOSED', { pool: this.#pool, state: 'closed' })
  }

  /** It came too late. */
  ofOver(task: Task): ManycoreError {
    return this.broken ? copyOf(this.broken) : this.ofCancelled(task, TERMINATED)
  }

  ofCancelled({ title }: Pick<Task, 'title'>, reason: unknown): ManycoreError {
    return createError('TASK_CANCELLED', { task: title, reason })
  }

  /** Workers die before they can work: so many did, and the last one by `cause`. */
  ofHopeless(count: number, cause: unknown): ManycoreError {
    return createError('WORKERS_KEEP_DYING', { pool: this.#pool, count }, { cause })
  }

  /** It was under way when its worker died. */
  ofDeath(member: Member, task: Task, death: Death): unknown {
    if (this.over) return this.ofOver(task)
    if (member.because) return this.ofStopped(member, task, member.because)
    return deathError(death, member.name, task.title)
  }

  /** It came back from a worker that did not begin it, and can't be sent again. */
  ofBrought(member: Member, task: Task): ManycoreError {
    return this.ofStopped(member, task, 'what it took along by transfer was there already')
  }

  /** It did nothing wrong: its worker had to be stopped because of something else. */
  ofStopped(member: Member, task: Task, because: string): ManycoreError {
    return createError('WORKER_STOPPED', { worker: member.name, task: task.title, because })
  }
}
