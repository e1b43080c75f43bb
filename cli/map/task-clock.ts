import { openSync, readSync } from 'node:fs'

/*
 * How long a task took, as one core alone would have needed.
 *
 * Wall time alone would flatter: on a machine with more runnable threads than cores each task takes longer by the
 * time it stands in the queue for a core, and the sum over all workers would count that waiting as work done.
 * CPU time alone would do wrong to tasks that wait for a disk or the network, which one core alone would wait for too.
 * So: wall time, less the time that this thread was ready to run and the system ran others. Linux counts that per
 * thread in nanoseconds (`schedstat`, second number). Elsewhere the queue can't be seen and wall time is what there is.
 */

let schedstat: number | undefined
const text = Buffer.alloc(96)
try {
  // `thread-self` is settled when it is opened: every worker thread loads this module and opens its own.
  schedstat = openSync('/proc/thread-self/schedstat', 'r')
} catch {}

/** Milliseconds that this thread has waited for a core since it started; always 0 where the system doesn't tell. */
export function waitedForCore(): number {
  if (schedstat === undefined) return 0
  const length = readSync(schedstat, text, 0, text.length, 0)
  return Number(text.toString('latin1', 0, length).split(' ')[1]) / 1e6
}

/** Starts a clock; calling what it returns gives the milliseconds since, without the time in the queue for a core. */
export function startTaskClock(): () => number {
  const start = performance.now()
  const waited = waitedForCore()
  return () => Math.max(0, performance.now() - start - (waitedForCore() - waited))
}
