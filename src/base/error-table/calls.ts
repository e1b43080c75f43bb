import { InvalidStateError, UsageError } from '../error-classes.ts'
import { type ErrorRow, row } from './row.ts'

/** Wrong calls, and files that cannot be written. */
export const CALLS = {
  // ── wrong calls ─────────────────────────────────────────────────────────────────────────────────────────────
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
    f => `${f.where} has no option ${f.option}: there are ${f.known}`,
    'Check the spelling; the API page tells what each of them does.',
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
    f => `${f.call} of ${f.worker} was called where it was not made`,
    'Only where a worker was made can it be started and controlled.',
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
    f => `${f.what} was started where the main program runs again, in what was to be a worker`,
    'Call freezeSupport() as the first statement of the main script.',
  ),
  NOT_IN_SINGLE_EXECUTABLE: row<{ what: string }>(
    UsageError,
    f => `${f.what} can't start inside a single-executable application, which holds no file for it to load`,
    'Use Process or Pool there: they start the executable itself again.',
  ),
  LIBRARY_IN_BUNDLE: row<{ what: string; file: string }>(
    UsageError,
    f =>
      `${f.what} can't start: manycore is built into this program, without what its worker would run: ${f.file}`,
    "Leave manycore out of the bundle (external: ['manycore']) and have it installed where the program runs; or call freezeSupport() as the first statement of the main script.",
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
  UNKNOWN_FIELD: row<{ what: string; field: string; known: string }>(
    UsageError,
    f => `${f.what} has no field ${f.field}: its fields are ${f.known}`,
    'Check the spelling. A record has the fields that its struct() names, and no other properties.',
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

  // ── insight ─────────────────────────────────────────────────────────────────────────────────────────────────
  TRACE_NOT_WRITTEN: row<{ path: string; reason: string }>(
    UsageError,
    f => `the trace ${f.path} could not be written: ${f.reason}`,
    'Name a file in a folder that exists and may be written to.',
  ),
} as const satisfies Record<string, ErrorRow<never>>
