import {
  BrokenBarrierError,
  BrokenPoolError,
  CancelledError,
  ClosedError,
  DeadlockError,
  Full,
  OwnerDiedError,
  TimeoutError,
  WorkerDiedError,
} from '../error-classes.ts'
import { type ErrorRow, row } from './row.ts'
import { reasonText } from '../reason-text.ts'
import { deathText, lastWords } from './texts.ts'

/** What closed, broke, was cancelled or came too late. */
export const ENDINGS = {
  // ── closed, broken, cancelled, late ─────────────────────────────────────────────────────────────────────────
  POOL_CLOSED: row<{ pool: string; state: string }>(
    ClosedError,
    f => `${f.pool} is ${f.state} and takes no more work`,
    'Submit before close() or shutdown(), or make a new one.',
  ),
  WORKER_CLOSED: row<{ worker: string }>(
    ClosedError,
    f => `${f.worker} is closed`,
    'Nothing but its name can be asked after close().',
  ),
  SHARED_CLOSED: row<{ what: string }>(
    ClosedError,
    f => `${f.what} was closed`,
    'Close it when every worker is done with it; share the value again if it is needed again.',
  ),
  TASK_TIMEOUT: row<{ task: string; timeout: number; worker: string }>(
    TimeoutError,
    f => `${f.task} ran longer than its timeout of ${f.timeout} ms and was stopped in ${f.worker}`,
    'Give it more time with { timeout }, or make the work smaller.',
  ),
  WAIT_TIMEOUT: row<{ what: string; timeout: number }>(
    TimeoutError,
    f => `${f.what} was not there within ${f.timeout} ms`,
    'Wait longer, or again: the work goes on.',
  ),
  LOCK_TIMEOUT: row<{ lock: string; timeout: number }>(
    TimeoutError,
    f => `${f.lock} was not free within ${f.timeout} ms`,
    'Wait longer, or hold it for a shorter time.',
  ),
  OWNER_DIED: row<{ lock: string }>(
    OwnerDiedError,
    f => `the thread that held ${f.lock} died with it, so what it guards may be half changed`,
    "Put that in order and call markConsistent(), or leave out onOwnerDeath: 'throw' and look at guard.abandoned.",
  ),
  DEADLOCK: row<{ lock: string; cycle: readonly string[] }>(
    DeadlockError,
    f => `waiting for ${f.lock} would never end:\n  ${f.cycle.join('\n  ')}`,
    'Acquire locks in the same order everywhere.',
  ),
  BARRIER_BROKEN: row<{ barrier: string; because: string }>(
    BrokenBarrierError,
    f => `${f.barrier} is broken: ${f.because}`,
    'Mend the cause, then reset() it.',
  ),
  TASK_CANCELLED: row<{ task: string; reason: unknown }>(
    CancelledError,
    f => `${f.task} was cancelled: ${reasonText(f.reason)}`,
    'Nothing to mend if you cancelled it.',
  ),
  WAIT_ABORTED: row<{ what: string; reason: unknown }>(
    CancelledError,
    f => `waiting for ${f.what} was aborted: ${reasonText(f.reason)}`,
    'Nothing to mend if you aborted it.',
  ),
  FUTURES_UNFINISHED: row<{ unfinished: number; total: number; timeout: number }>(
    TimeoutError,
    f => `${f.unfinished} (of ${f.total}) futures unfinished after ${f.timeout} ms`,
    'Wait longer, or again: the work goes on.',
  ),
  DEADLINE_PASSED: row<{ what: string; timeout: number }>(
    TimeoutError,
    f => `${f.what} was not done within ${f.timeout} ms; what was left of it was cancelled`,
    'Give it more time with { timeout }, or make the work smaller.',
  ),
  GROUP_CLOSED: row<{ state: string }>(
    ClosedError,
    f => `the group is ${f.state} and takes no more work`,
    'Submit from its body, before one of its tasks fails; or to the executor itself.',
  ),
  PROGRAM_EXITING: row<{ what: string }>(
    ClosedError,
    f => `${f.what} while the program exits, when nothing can run any more`,
    'Do it before the exit: an exit handler can only do what needs no waiting.',
  ),
  TOO_MANY_PENDING: row<{ pool: string; maxPending: number }>(
    Full,
    f => `${f.pool} has ${f.maxPending} tasks waiting, its maxPending`,
    'Await some results before submitting more, use imap() which reads its input as it goes, or raise maxPending.',
  ),
  WORKER_DIED: row<{
    worker: string
    exitCode: number | null
    signal: NodeJS.Signals | null
    outOfMemory: boolean
    stderr: string
    task: string | undefined
  }>(
    WorkerDiedError,
    f => `${f.worker} died${f.task ? ` while it ran ${f.task}` : ''}: ${deathText(f)}${lastWords(f.stderr)}`,
    'The other tasks go on in other workers. Give { retries } if the task may run again.',
  ),
  WORKER_STOPPED: row<{ worker: string; task: string; because: string }>(
    WorkerDiedError,
    f => `${f.task} was stopped with ${f.worker}, because ${f.because}`,
    'Give { retries } if it may run again. With concurrency 1 no task shares a worker, and with a { timeout } for the one that was stopped the results of those before it are sent first.',
  ),
  WORKER_START_FAILED: row<{ worker: string; reason: string }>(
    WorkerDiedError,
    f => `${f.worker} could not start: ${f.reason}`,
    'See the cause; check execArgv, env, cwd and resourceLimits. /dev/shm or the folder of TMPDIR has to be writable.',
  ),
  LIBRARY_REPLACED: row<{ worker: string }>(
    WorkerDiedError,
    f => `${f.worker} loaded another build of manycore than the program that started it`,
    'The installed files were replaced while the program ran. Start the program anew.',
  ),
  INITIALIZER_FAILED: row<{ pool: string; initializer: string; reason: string }>(
    BrokenPoolError,
    f => `the initializer ${f.initializer} of ${f.pool} failed: ${f.reason}`,
    'Mend the initializer; every worker has to run it before its first task.',
  ),
  WORKERS_KEEP_DYING: row<{ pool: string; count: number }>(
    BrokenPoolError,
    f => `${f.count} workers of ${f.pool} died one after another before finishing any task`,
    'See the cause: something kills each worker at its start.',
  ),
} as const satisfies Record<string, ErrorRow<never>>
