import { ManycoreError } from './manycore-error.ts'

/*
 * One small class per family. They differ in the fields that a program may want to read; everything else
 * (code, text, remedy) comes from the table in `error-table`. Kept in one file because each is a few lines
 * and they are read as a list.
 */

/** A wrong call: not a function, a negative size, an unknown option. */
export class UsageError extends ManycoreError {}

/** A wait reached its time limit, or a task ran longer than its `timeout`. Python: `TimeoutError`. */
export class TimeoutError extends ManycoreError {
  /** The limit that was reached, in milliseconds. */
  declare readonly timeout: number
}

/** The work was cancelled: by `cancel()`, by an `AbortSignal`, or because its pool was terminated. Python: `CancelledError`. */
export class CancelledError extends ManycoreError {
  /** What the canceller gave as the reason: the signal's `reason`, or a short text. */
  declare readonly reason: unknown
}

/** Used after it was closed by this side. */
export class ClosedError extends ManycoreError {}

/** A worker ended while it had this task (or before it could say that it is ready). Beyond Python, where the task is lost. */
export class WorkerDiedError extends ManycoreError {
  /** The exit code, `-signal` when a signal ended it, `null` when unknown. */
  declare readonly exitCode: number | null
  /** The signal's name, or `null`. */
  declare readonly signal: NodeJS.Signals | null
  /** True when everything points at memory running out. */
  declare readonly outOfMemory: boolean
  /** The last lines that the worker wrote to stderr. */
  declare readonly stderr: string
  /** The worker's name, such as `PoolWorker-3`. */
  declare readonly worker: string
  /** What it was doing: the function's name, and the item where there is one. */
  declare readonly task: string | undefined
}

/** The pool can't work any more: its workers can't start, or its initializer fails. Python: `BrokenProcessPool`. */
export class BrokenPoolError extends ManycoreError {}

/** A future was to be settled that is settled. Python: `InvalidStateError`. */
export class InvalidStateError extends ManycoreError {}

/** A function can't travel. Says which variable, what it is, where it was declared and what to do. */
export class CaptureError extends ManycoreError {
  /** How the function reaches the thing that can't travel: `task → helper → socket`. */
  declare readonly path: string
  /** What kind of thing it is: `Socket (node:net)`, `Promise`, `lexical this`. */
  declare readonly kind: string
  /** `file:line:column` of the declaration, in the user's own source, where it is known. */
  declare readonly declaredAt: string | undefined
}

/** A value can't cross to another thread or process. */
export class CodecError extends ManycoreError {
  /** Where in the value: `args[0].connection`. */
  declare readonly path: string
}

/** Stands in for an error whose own class can't be restored here. */
export class RemoteError extends ManycoreError {
  /** The name of the class that it had over there. */
  declare readonly remoteName: string
  /** Its stack over there. */
  declare readonly remoteStack: string
}

/** The other side does not know the key. Python: `AuthenticationError`. */
export class AuthenticationError extends ManycoreError {}

/** Nothing is left and the other end is closed. Python: `EOFError`. */
export class EOFError extends ManycoreError {}

/** Python: `queue.Empty`. */
export class Empty extends ManycoreError {}

/** Python: `queue.Full`. Also a pool whose `maxPending` is reached. */
export class Full extends ManycoreError {}

/** Python: `queue.ShutDown`. */
export class ShutDown extends ManycoreError {}

/** The holder of a lock died with it. */
export class OwnerDiedError extends ManycoreError {}

/** A ring of waiters, each holding what the next one wants. */
export class DeadlockError extends ManycoreError {
  /** The locks and their holders, in order round the ring. */
  declare readonly cycle: readonly string[]
}

/** Python: `BrokenBarrierError`. */
export class BrokenBarrierError extends ManycoreError {}

/** There is no more memory to share, or what was shared is gone. Python: `MemoryError`, `OSError`. */
export class MemoryError extends ManycoreError {}

/** Thrown by a target to end its process or thread with a status. Python: `SystemExit`. */
export class SystemExit extends ManycoreError {
  /** The status asked for: nothing or a whole number is the exit code, anything else is printed and gives 1. */
  declare readonly status: unknown

  constructor(status?: unknown) {
    super('SYSTEM_EXIT', `exit requested with status ${String(status)}`)
    Object.defineProperty(this, 'status', { value: status, enumerable: true })
  }
}

/** A fault in manycore itself. */
export class InternalError extends ManycoreError {}
