import {
  BrokenPoolError,
  CancelledError,
  CaptureError,
  ClosedError,
  CodecError,
  Full,
  InternalError,
  RemoteError,
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
  RESULT_NOT_READY: row<{ task: string }>(
    UsageError,
    f => `the result of ${f.task} is not there yet`,
    'Await it, or ask ready() first.',
  ),

  // ── closed, broken, cancelled, late ────────────────────────────────────────────────────────────────────
  POOL_CLOSED: row<{ pool: string; state: string }>(
    ClosedError,
    f => `${f.pool} is ${f.state} and takes no more work`,
    'Submit before close(), or make a new pool.',
  ),
  WORKER_CLOSED: row<{ worker: string }>(
    ClosedError,
    f => `${f.worker} is closed`,
    'Nothing but its name can be asked after close().',
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
    'Use a Thread or ThreadPool, or send a copy: new Uint8Array(shared).slice().',
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
