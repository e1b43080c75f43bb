import {
  BrokenBarrierError,
  BrokenPoolError,
  CancelledError,
  CaptureError,
  ClosedError,
  CodecError,
  Empty,
  EOFError,
  DeadlockError,
  Full,
  InternalError,
  InvalidStateError,
  MemoryError,
  OwnerDiedError,
  RemoteError,
  ShutDown,
  TimeoutError,
  UsageError,
  WorkerDiedError,
} from './error-classes.ts'
import { ManycoreError } from './manycore-error.ts'

/*
 * The table of errors: code → class, text, remedy. `docs/errors.md` is checked against it by a test.
 * A text says what happened to which thing; the remedy says what to do. Both together stay within three lines
 * unless they show a path or code.
 */

/** The fields of an error: they fill the text and become own properties of the error. */
export type Fields = Readonly<Record<string, unknown>>

/** One row of the table. */
export interface ErrorRow<F extends Fields = Fields> {
  readonly family: new (
    code: string,
    message: string,
    options?: { readonly cause?: unknown },
  ) => ManycoreError
  readonly text: (fields: F) => string
  readonly fix: string
}

function row<F extends Fields>(
  family: ErrorRow['family'],
  text: (fields: F) => string,
  fix: string,
): ErrorRow<F> {
  return { family, text, fix }
}

export const ERRORS = {
  // ── wrong calls ────────────────────────────────────────────────────────────────────────────────────────
  NOT_A_FUNCTION: row<{ where: string; got: string }>(
    UsageError,
    f => `${f.where} takes a function, but got ${f.got}`,
    'Pass the function itself, not its result: pool.map(work, items), not pool.map(work(), items).',
  ),
  NOT_ITERABLE: row<{ where: string; got: string }>(
    UsageError,
    f => `${f.where} takes an iterable or async iterable, but got ${f.got}`,
    'Pass an array, a Set, a generator, or any object with [Symbol.iterator] or [Symbol.asyncIterator].',
  ),
  WRONG_OPTION: row<{ where: string; option: string; got: string; expected: string }>(
    UsageError,
    f => `${f.where}: ${f.option} must be ${f.expected}, but got ${f.got}`,
    'Correct the option, or leave it out for its default.',
  ),
  UNKNOWN_OPTION: row<{ where: string; option: string; known: string }>(
    UsageError,
    f => `${f.where} has no option ${f.option}`,
    'See the API page for the options; the error names those that exist.',
  ),
  RUNTIME_LACKS: row<{ what: string; runtime: string; lacks: string }>(
    UsageError,
    f => `${f.what} can't be started: ${f.runtime} has no ${f.lacks}`,
    'Use threads (Thread, ThreadPool), or run the program with Node.',
  ),
  ALREADY_STARTED: row<{ worker: string }>(
    UsageError,
    f => `${f.worker} was started before`,
    'A Process or Thread starts once; make a new one for each run.',
  ),
  NOT_STARTED: row<{ worker: string; call: string }>(
    UsageError,
    f => `${f.worker} was not started, so ${f.call} has nothing to act on`,
    'Call start() first.',
  ),
  STILL_RUNNING: row<{ worker: string }>(
    UsageError,
    f => `${f.worker} is still running, so it can't be closed`,
    'Await join(), or call terminate() first.',
  ),
  NOT_MY_CHILD: row<{ worker: string; call: string }>(
    UsageError,
    f => `${f.call} of ${f.worker} was called where it was not started`,
    'Only the program that started a worker may control it.',
  ),
  JOIN_SELF: row<{ worker: string }>(
    UsageError,
    f => `${f.worker} can't join itself`,
    'Join it from the program that started it.',
  ),
  DAEMON_HAS_STARTED: row<{ worker: string; field: string }>(
    UsageError,
    f => `${f.field} of ${f.worker} can't change after start()`,
    'Set it before start(), or give it to the constructor.',
  ),
  STARTED_WHILE_LOADING: row<{ what: string; module: string }>(
    UsageError,
    f => `${f.what} was started while a worker was loading ${f.module}`,
    'A worker loads this module to find a function in it, so its top level runs there too. Start workers inside a function, or move the function that travels to a module of its own.',
  ),
  FREEZE_SUPPORT_MISSING: row<{ what: string }>(
    UsageError,
    f =>
      `${f.what} was started by a child of a single-executable application that runs the main program again`,
    'Call freezeSupport() as the first statement of the main script.',
  ),
  NOT_IN_SINGLE_EXECUTABLE: row<{ what: string }>(
    UsageError,
    f => `${f.what} can't start inside a single-executable application, which holds no file for it to load`,
    'Use Process or Pool there: they start the executable itself again.',
  ),
  CLASS_NAME_TAKEN: row<{ className: string }>(
    UsageError,
    f => `another class is registered as ${f.className}`,
    'Give one of them a name of its own: registerClass(Class, { name }).',
  ),
  CONTEXT_ALREADY_SET: row<{ method: string }>(
    UsageError,
    f => `the start method was set before, to '${f.method}'`,
    'Call setStartMethod() once, or give { force: true }.',
  ),
  POOL_STILL_OPEN: row<{ pool: string }>(
    UsageError,
    f => `${f.pool} is still open, so join() would wait for ever`,
    'Call close() or terminate() first.',
  ),
  UNKNOWN_TYPECODE: row<{ where: string; got: string }>(
    UsageError,
    f => `${f.where} knows no type ${f.got}`,
    "Use one of Python's typecodes (c u b B h H i I l L q Q f d), a name from 'int8' to 'float64', or a struct().",
  ),
  VALUE_DOES_NOT_FIT: row<{ what: string; type: string; got: string; expected: string }>(
    UsageError,
    f => `${f.what} can't hold ${f.got}: as ${f.type} it takes ${f.expected}`,
    'It was not stored. Bring the value into range first, or choose a wider type.',
  ),
  NO_SUCH_OPERATION: row<{ what: string; operation: string; type: string }>(
    UsageError,
    f => `${f.what} has no ${f.operation}: ${f.type} can't be worked on like that`,
    'Take the lock for it: value.getLock().',
  ),
  WITHOUT_LOCK: row<{ what: string }>(
    UsageError,
    f => `${f.what} was made without a lock`,
    'Leave out { lock: false }, or give a lock of your own: { lock }.',
  ),
  RESULT_NOT_READY: row<{ task: string }>(
    UsageError,
    f => `the result of ${f.task} is not there yet`,
    'Await it, or ask ready() first.',
  ),

  INVALID_STATE: row<{ call: string; state: string }>(
    InvalidStateError,
    f => `${f.call} of a future that is ${f.state}`,
    'A future is settled once, by the one who carries it out; ask done() first.',
  ),

  NOT_LOCKED: row<{ lock: string; call: string }>(
    UsageError,
    f => `${f.call} was called, but ${f.lock} is not held`,
    'Acquire it first and release it once: using guard = await lock.acquire(), or lock.run(fn).',
  ),
  NOT_OWNER: row<{ lock: string; call: string }>(
    UsageError,
    f => `${f.call} was called where ${f.lock} is not held: another thread or asynchronous task has it`,
    'Release it where it was acquired, or through its guard; lock.run(fn) does both.',
  ),
  RELEASED_TOO_OFTEN: row<{ semaphore: string; value: number; bound: number }>(
    UsageError,
    f => `${f.semaphore} would have ${f.value} units, more than the ${f.bound} it was made with`,
    'Release each unit once, or use a Semaphore, which may grow.',
  ),
  BLOCKS_EVENT_LOOP: row<{ call: string }>(
    UsageError,
    f => `${f.call} would block the event loop of the main thread`,
    'Await the asynchronous twin, call it in a worker, or give { blockMainThread: true }.',
  ),
  TOO_MANY_WAITING: row<{ what: string; most: number }>(
    UsageError,
    f => `${f.most} threads wait on ${f.what} already, which is as many as it can count`,
    'Let fewer threads wait on one condition; each may wait with any number of tasks.',
  ),

  // ── closed, broken, cancelled, late ────────────────────────────────────────────────────────────────────
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
  PROGRAM_EXITING: row<{ pool: string }>(
    ClosedError,
    f => `${f.pool} got work while the program exits, when nothing can run any more`,
    'Submit before the exit: an exit handler can only do what needs no waiting.',
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
    'Give { retries } if it may run again, or use concurrency 1 so that no task shares a worker.',
  ),
  WORKER_START_FAILED: row<{ worker: string; reason: string }>(
    WorkerDiedError,
    f => `${f.worker} could not start: ${f.reason}`,
    'See the cause; check execArgv, env, cwd and resourceLimits.',
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

  // ── things that can't travel ───────────────────────────────────────────────────────────────────────────
  CANNOT_CAPTURE: row<{
    path: string
    kind: string
    declaredAt: string | undefined
    what: string
    remedy: string
  }>(
    CaptureError,
    f =>
      `${f.what}\n  reached through: ${f.path}${f.declaredAt ? `\n  declared at ${f.declaredAt}` : ''}\n  ${f.remedy}`,
    'The error says what to change; the guide "What travels and how" has the table of all cases.',
  ),
  EXPORT_NOT_FOUND: row<{ module: string; exportName: string; exports: string }>(
    CaptureError,
    f => `${f.module} has no export ${f.exportName}; it has ${f.exports}`,
    'Check the spelling, or export the function from that module.',
  ),
  WOULD_RUN_MAIN: row<{ module: string }>(
    CaptureError,
    f => `importing ${f.module} in a worker would run your main script again`,
    'Move what the worker needs to a module that is not the main script.',
  ),
  MODULE_NOT_FOUND: row<{ module: string; reason: string }>(
    CaptureError,
    f => `the module ${f.module} could not be loaded: ${f.reason}`,
    'Check that it loads on its own: node --input-type=module -e "import(\'…\')".',
  ),
  CANNOT_CLONE: row<{ path: string; kind: string; remedy: string }>(
    CodecError,
    f => `${f.path} is ${f.kind}, which can't cross to another thread or process\n  ${f.remedy}`,
    'The error says what to do; or send plain data and make the rest on the other side.',
  ),
  CANNOT_READ: row<{ path: string; reason: string }>(
    CodecError,
    f => `${f.path} could not be read: ${f.reason}`,
    'See the cause: a getter, or the pack() of its class, threw.',
  ),
  CANNOT_SHARE_WITH_PROCESS: row<{ path: string; kind: string }>(
    CodecError,
    f => `${f.path} is ${f.kind}, whose memory only threads of one process share`,
    'Make it with new SharedArray(…), which processes share too; or send a copy: new Uint8Array(shared).slice().',
  ),
  CANNOT_SHARE_LIVE: row<{ path: string; what: string }>(
    CodecError,
    f => `${f.path} holds ${f.what}, but share() takes data alone`,
    'Capture it, or pass it as an argument, beside the shared value: it travels by itself.',
  ),
  // ── shared memory ──────────────────────────────────────────────────────────────────────────────────────
  MEMORY_FULL: row<{ size: number; reason: string }>(
    MemoryError,
    f => `no shared memory${f.size > 0 ? ` of ${f.size} bytes` : ''} could be had: ${f.reason}`,
    'Close what is not needed any more, or give the program (its container, /dev/shm) more memory.',
  ),
  MEMORY_GONE: row<{ what: string; reason: string }>(
    MemoryError,
    f => `${f.what} can't be reached: ${f.reason}`,
    'Keep the object, or the worker that made it, until it has arrived where it was sent.',
  ),
  MEMORY_CONFINED: row<{ path?: string; reason: string }>(
    MemoryError,
    f =>
      `${f.path ?? 'a shared object'} can't cross to another process: only threads share memory here (${f.reason})`,
    'Use threads (Thread, ThreadPool), or install koffi: npm install koffi.',
  ),
  MEMORY_NAME_EXISTS: row<{ name: string }>(
    MemoryError,
    f => `there is shared memory of the name '${f.name}' already`,
    'Leave out create to attach to it, choose another name, or unlink() the old one.',
  ),
  MEMORY_NAME_UNKNOWN: row<{ name: string }>(
    MemoryError,
    f => `there is no shared memory of the name '${f.name}'`,
    'Make it first with create: true; a name ends with unlink() or with the last program that uses it.',
  ),
  LIST_INDEX: row<{ index: unknown; length: number; call: string }>(
    UsageError,
    f => `${f.call}: there is no item ${String(f.index)} in a ShareableList of ${f.length}`,
    'Use whole numbers from 0 to length - 1, or from -1 down to -length, counted from the end.',
  ),
  LIST_VALUE: row<{ call: string; got: string; reason: string }>(
    UsageError,
    f => `${f.call}: ${f.got} can't be stored, because ${f.reason}`,
    'Store numbers, bigints of 64 bits, booleans, strings, bytes or null, within the room that the first value took.',
  ),
  LIST_DAMAGED: row<{ name: string; reason: string }>(
    MemoryError,
    f => `the shared memory '${f.name}' holds no ShareableList that can be read: ${f.reason}`,
    'Check the name; if the name is right, another program has overwritten it.',
  ),
  MEMORY_SEATS: row<{ most: number }>(
    MemoryError,
    f => `more than ${f.most} threads share memory`,
    'Let some of the workers end.',
  ),
  MEMORY_CLOSED: row<{ what: string; result: string }>(
    ClosedError,
    f => `${f.what} was closed, so ${f.result}`,
    'Close it when it is not needed any more; or attach to it again, where it has a name.',
  ),
  CANNOT_DECODE: row<{ path: string; reason: string }>(
    CodecError,
    f => `${f.path} could not be rebuilt on this side: ${f.reason}`,
    'Register its class on both sides, or send plain data.',
  ),
  REMOTE: row<{ remoteName: string; remoteMessage: string; remoteStack: string }>(
    RemoteError,
    f => f.remoteMessage,
    'The class of the original error is not known here; registerClass() it to get it back as it was.',
  ),

  // ── insight ────────────────────────────────────────────────────────────────────────────────────────────
  TRACE_NOT_WRITTEN: row<{ path: string; reason: string }>(
    UsageError,
    f => `the trace ${f.path} could not be written: ${f.reason}`,
    'Name a file in a folder that exists and may be written to.',
  ),

  // ── queues and pipes ───────────────────────────────────────────────────────────────────────────────────
  QUEUE_EMPTY: row<{ channel: string; timeout: number }>(
    Empty,
    f => `${f.channel} was empty${forSoLong(f.timeout)}`,
    'Nothing to mend if you asked without waiting; else wait longer, or see why nothing is put.',
  ),
  QUEUE_FULL: row<{ channel: string; timeout: number }>(
    Full,
    f => `${f.channel} was full${forSoLong(f.timeout)}`,
    'Wait longer, take more out, or make the queue larger.',
  ),
  QUEUE_SHUT_DOWN: row<{ channel: string }>(
    ShutDown,
    f => `${f.channel} was shut down`,
    'Nothing to mend: shutdown() tells those who put and get that the work is over.',
  ),
  CHANNEL_CLOSED: row<{ channel: string; call: string }>(
    ClosedError,
    f => `${f.call} of ${f.channel} was called after its close()`,
    'Close it after the last use in this thread; other threads and processes may go on using theirs.',
  ),
  CHANNEL_DAMAGED: row<{ channel: string; what: string }>(
    CodecError,
    f => `the shared memory of ${f.channel} was overwritten by somebody else: ${f.what} can't be right`,
    'Make a new one; look for native code that writes where it should not.',
  ),
  MESSAGE_TOO_LARGE: row<{ channel: string; size: number; largest: number }>(
    CodecError,
    f => `a message of ${f.size} bytes is more than ${f.channel} can hold (${f.largest})`,
    'Send it in parts, or put it in shared memory or a file and send where it is.',
  ),
  TASK_DONE_TOO_OFTEN: row<{ channel: string }>(
    UsageError,
    f => `taskDone() of ${f.channel} was called more often than items were put`,
    'Call it once for each item that get() gave.',
  ),
  NOT_COMPARABLE: row<{ channel: string; got: string }>(
    UsageError,
    f => `${f.channel} can't tell where ${f.got} belongs among the others`,
    'Put numbers, texts, or arrays that begin with them ([priority, item]), or give { compare: (a, b) => number }.',
  ),
  TASKS_ABANDONED: row<{ channel: string; count: number }>(
    OwnerDiedError,
    f => `${f.count} items of ${f.channel} were taken by threads that died before they said taskDone()`,
    'They count as done now; put them again if they have to be worked on.',
  ),
  END_OF_FILE: row<{ channel: string }>(
    EOFError,
    f => `${f.channel} has nothing more to give: its other end is closed`,
    'Nothing to mend: this is how a reader learns that the writer is done, or dead.',
  ),
  BROKEN_PIPE: row<{ channel: string }>(
    ClosedError,
    f => `nobody can read any more what is sent through ${f.channel}: its other end is closed`,
    'See why the reader left early; what was sent before may not have been read.',
  ),
  WRONG_DIRECTION: row<{ channel: string; call: string; direction: string }>(
    UsageError,
    f => `${f.call} of ${f.channel} was called, which only ${f.direction}`,
    'Pipe({ duplex: false }) gives [reader, writer]; with duplex, both ends do both.',
  ),
  MESSAGE_TOO_LONG: row<{ channel: string; size: number; most: number }>(
    UsageError,
    f => `${f.channel} received a message of ${f.size} bytes where at most ${f.most} were allowed`,
    'Allow more, or find out who sends more. The connection is closed for reading.',
  ),
  BUFFER_TOO_SHORT: row<{ channel: string; size: number; room: number; bytes: Uint8Array }>(
    UsageError,
    f => `a message of ${f.size} bytes from ${f.channel} does not fit into ${f.room} bytes`,
    'The message is in the field `bytes` of this error; give a larger buffer next time.',
  ),
  NOT_BYTES: row<{ channel: string }>(
    UsageError,
    f => `the next message of ${f.channel} is a value, not bytes`,
    'Take it with recv(); recvBytes() is for what sendBytes() sent.',
  ),
  NEEDS_LOADING: row<{ channel: string; call: string }>(
    UsageError,
    f =>
      `the next message of ${f.channel} holds a function of a module that is not loaded here, and ${f.call} can't wait for it`,
    'Take it with the asynchronous form, or import that module before.',
  ),

  // ── our own faults ─────────────────────────────────────────────────────────────────────────────────────
  INTERNAL: row<{ what: string }>(
    InternalError,
    f => `this is a fault in manycore: ${f.what}`,
    'Please report it with the program that shows it.',
  ),
} as const satisfies Record<string, ErrorRow<never>>

/** The code of an error of the table. */
export type ErrorCode = keyof typeof ERRORS
type FieldsOf<C extends ErrorCode> = Parameters<(typeof ERRORS)[C]['text']>[0]

/** A remote error keeps the text that it had; the others carry a remedy for the very case in their text. */
const WITH_OWN_REMEDY: ReadonlySet<ErrorCode> = new Set(['REMOTE', 'CANNOT_CAPTURE', 'CANNOT_CLONE'])

/**
 * Makes the error of a row: text and remedy as its message, the fields as its own properties.
 * The stack starts where `createError` was called from `above`, so that the user's line comes first.
 */
export function createError<C extends ErrorCode>(
  code: C,
  fields: FieldsOf<C>,
  options: { readonly cause?: unknown; readonly above?: (...args: never[]) => unknown } = {},
): InstanceType<(typeof ERRORS)[C]['family']> {
  const entry = ERRORS[code] as unknown as ErrorRow
  const text = entry.text(fields)
  const message = WITH_OWN_REMEDY.has(code) ? text : `${text}\n  ${entry.fix}`
  const error = new entry.family(code, message, 'cause' in options ? { cause: options.cause } : undefined)
  for (const [key, value] of Object.entries(fields)) {
    Object.defineProperty(error, key, { value, enumerable: true, configurable: true, writable: true })
  }
  if (options.above) Error.captureStackTrace(error, options.above)
  return error as InstanceType<(typeof ERRORS)[C]['family']>
}

/** A short name for a value in an error text: `a string ('abc')`, `an array of 3`, `undefined`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  switch (typeof value) {
    case 'string':
      return `the string '${value.length > 40 ? `${value.slice(0, 37)}…` : value}'`
    case 'function':
      return `the function ${value.name || '(anonymous)'}`
    case 'object': {
      if (Array.isArray(value)) return `an array of ${value.length}`
      const name = Object.getPrototypeOf(value)?.constructor?.name
      if (typeof name !== 'string' || name === 'Object') return 'an object'
      return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
    }
    case 'bigint':
      return `${value}n`
    default:
      // oxlint-disable-next-line typescript/no-base-to-string -- a number, boolean or symbol, never an object
      return String(value)
  }
}

function forSoLong(timeout: number): string {
  return timeout > 0 ? ` for ${timeout} ms` : ''
}

function reasonText(reason: unknown): string {
  if (reason instanceof Error) return reason.message
  return typeof reason === 'string' ? reason : describe(reason)
}

/** What a dying worker wrote, as far as it helps: the line that names the error, where there is one. */
function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.trim() !== '' && !/^Node\.js v\d/.test(line))
  const named = lines.findLastIndex(line => /^(Uncaught )?\w*(Error|Exception)\b|^FATAL ERROR/.test(line))
  const told = named >= 0 ? lines.slice(named, named + 2) : lines.slice(-3)
  return told.length > 0 ? `\n  its last words: ${told.map(line => line.trim()).join('\n  ')}` : ''
}

function deathText(death: {
  exitCode: number | null
  signal: NodeJS.Signals | null
  outOfMemory: boolean
}): string {
  const how = death.signal
    ? `killed by ${death.signal}`
    : death.exitCode === null
      ? 'it vanished'
      : `exit code ${death.exitCode}`
  return death.outOfMemory ? `${how}, most likely out of memory` : how
}
