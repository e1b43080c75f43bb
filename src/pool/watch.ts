import { after, machineClock, now, type Timer } from '../base/index.ts'
import type { Worker } from '../worker/index.ts'
import type { Task } from './task.ts'

/**
 * Watches the time limits of one worker's tasks with one timer, however many there are: a task's time runs from its
 * start, which the worker has written down.
 */
export class Watch {
  readonly #worker: Worker<Task>
  readonly #overdue: (task: Task) => void
  /** Timed tasks that are with the worker. */
  readonly #timed = new Set<Task>()
  /** Where several run at once, the worker reports when each began. */
  readonly #began = new Map<Task, number>()
  /** Overdue at the last look. Their results may be here unread, if it was us who were busy. */
  readonly #suspects = new Set<Task>()
  #timer: Timer | undefined
  /** When it goes off. */
  #due = 0

  constructor(worker: Worker<Task>, overdue: (task: Task) => void) {
    this.#worker = worker
    this.#overdue = overdue
  }

  add(task: Task): void {
    if (task.timeout === undefined) return
    this.#timed.add(task)
    this.#lookIn(task.timeout)
  }

  began(task: Task): void {
    if (!this.#timed.has(task)) return
    // The look that was planned when it was sent comes before its time is over.
    this.#began.set(task, machineClock())
  }

  remove(task: Task): void {
    if (!this.#timed.delete(task)) return
    this.#began.delete(task)
    this.#suspects.delete(task)
    if (this.#timed.size > 0) return
    this.#timer?.cancel()
    this.#timer = undefined
  }

  end(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#timed.clear()
    this.#began.clear()
    this.#suspects.clear()
  }

  /** Looks after so many milliseconds, unless it looks sooner anyway. */
  #lookIn(ms: number): void {
    const due = now() + ms
    if (this.#timer && this.#due <= due) return
    this.#timer?.cancel()
    this.#timer = after(ms, () => this.#look())
    this.#due = due
  }

  /** Is anything overdue? If not: when could it be? */
  #look(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    const time = machineClock()
    const current = this.#worker.current()
    let next = Number.POSITIVE_INFINITY
    for (const task of this.#timed) {
      const limit = task.timeout as number
      const began = this.#began.get(task) ?? (current?.call === task ? current.since : undefined)
      // Not begun: at the earliest it is overdue its full time from now.
      const left = began === undefined ? limit : began + limit - time
      if (left > 0) next = Math.min(next, left)
      else if (this.#suspects.delete(task)) {
        this.#timed.delete(task)
        this.#began.delete(task)
        this.#overdue(task)
      } else {
        // Messages are read between now and the next look.
        this.#suspects.add(task)
        next = 0
      }
    }
    if (this.#timed.size > 0 && next < Number.POSITIVE_INFINITY) this.#lookIn(Math.max(1, next))
  }
}
