import type { Insight } from './insight.ts'
import type { Percentiles } from './latencies.ts'
import type { Member } from './member.ts'
import type { Plan } from './plan.ts'
import type { Task } from './task.ts'

/** How a pool is doing. A frozen record of one moment. */
export interface PoolStats {
  /** `closed`: takes no more work. `broken`: its workers can't work. */
  readonly state: 'open' | 'closed' | 'terminated' | 'broken'
  /** How many there are, and what each is at. */
  readonly workers: {
    /** Those that serve, will serve when they have started, or finish what they have. */
    readonly total: number
    readonly starting: number
    readonly idle: number
    readonly busy: number
    /** Those that only stand by; not part of `total`. */
    readonly spare: number
    /** Names and numbers, in the order they were started. */
    readonly list: readonly {
      readonly name: string
      readonly pid: number
      readonly threadId: number
      /** Tasks that it has, begun or next in its line. */
      readonly load: number
      /**
       * How busy its event loop was lately, from 0 to 1; 1 while it computes without pause. `undefined` while that is
       * not known yet.
       */
      readonly utilisation: number | undefined
    }[]
  }
  /** Tasks that are not begun: in the pool's line, or next in a worker's own. */
  readonly waiting: number
  /** Tasks that workers are busy with. */
  readonly running: number
  /** Tasks that ended well, since the pool was made. A chunk counts as one task, whatever its items came to. */
  readonly succeeded: number
  /** Tasks that threw, ran out of time or died with their worker, and were not run again. */
  readonly failed: number
  /** Tasks that were cancelled, or dropped when the pool was terminated. */
  readonly cancelled: number
  /** Workers that ended by themselves or were killed. */
  readonly deaths: number
  /** How many asynchronous tasks a worker runs at once. */
  readonly concurrency: number
  /** With `'auto'`: what the pool has chosen, and why. */
  readonly tuning:
    | { readonly workers: number; readonly concurrency: number; readonly why: string }
    | undefined
  /** How long a task takes, measured over the last ones, in milliseconds; `undefined` before the first. */
  readonly taskTime: number | undefined
  /** Tasks that ended a second, over the last two seconds; `undefined` before the first. A chunk counts as one task. */
  readonly throughput: number | undefined
  /**
   * Where tasks spend their time, in milliseconds, since the pool was made: of all tasks while there are few, of some
   * hundreds a second while there are more. A chunk counts as one task. `undefined` before the first is done.
   */
  readonly times: {
    /** From its submission to its begin in a worker. */
    readonly wait: Percentiles | undefined
    /** From its begin to its end, in the worker. */
    readonly run: Percentiles | undefined
    /** From its submission to its result. */
    readonly roundTrip: Percentiles | undefined
  }
}

interface Counts {
  readonly concurrency: number
  readonly insight: Insight
  readonly tuning: PoolStats['tuning']
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly deaths: number
}

/** The record, from those who know. */
export function statsOf(
  state: PoolStats['state'],
  members: Iterable<Member>,
  plan: Plan<Task>,
  { insight, ...counts }: Counts,
): PoolStats {
  const list = []
  const count = { total: 0, starting: 0, idle: 0, busy: 0, spare: 0 }
  let running = 0
  for (const { plan: seen, worker, gauge } of members) {
    const role = seen.state === 'starting' ? 'starting' : seen.load > 0 ? 'busy' : 'idle'
    count[seen.state === 'spare' ? 'spare' : role]++
    if (!seen.standby) count.total++
    running += Math.min(seen.load, counts.concurrency)
    if (!worker) continue
    const { pid, threadId } = worker.link
    const utilisation = gauge.utilisation(seen.load > 0)
    list.push(Object.freeze({ name: worker.name, pid, threadId, load: seen.load, utilisation }))
  }
  const { waiting, taskTime } = plan
  const { wait, run, roundTrip, rate } = insight
  const times = { wait: wait.percentiles, run: run.percentiles, roundTrip: roundTrip.percentiles }
  return Object.freeze({
    state,
    workers: Object.freeze({ ...count, list: Object.freeze(list) }),
    waiting,
    running,
    ...counts,
    taskTime,
    throughput: rate.perSecond,
    times: Object.freeze(times),
  })
}
