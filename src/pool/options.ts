import { checkFunction, createError, describe, isSignal } from '../base/index.ts'
import type { ProgressListener, ShutdownOptions } from '../future/index.ts'
import type { ResourceLimits } from '../link/index.ts'
import { type OptionRule, type StartMethod, type Starter, WORKER_RULES } from '../worker/index.ts'

type Kind = Starter['kind']

/** Options of `new Pool` and `new ThreadPool`. */
export interface PoolOptions<I extends readonly unknown[] = readonly unknown[]> {
  /**
   * How many workers. `'auto'`: at most `cpuCount()`, fewer where those do as much. Default: `cpuCount()`; in a worker of
   * a pool, its share of that.
   */
  readonly processes?: number | 'auto' | undefined
  /** Runs in each worker before its first task. Default: none. */
  readonly initializer?: ((...args: I) => unknown) | undefined
  /** Its arguments. (Not checked against it by the compiler: a class can't infer them without showing them in its type.) */
  readonly initargs?: readonly unknown[] | undefined
  /** A worker is replaced after this many tasks. Default: never. */
  readonly maxTasksPerChild?: number | undefined
  /**
   * Workers that stand by, initialised and with what the pool has run lately loaded, to take the place of one that dies
   * or has had its number of tasks, without the time that a start takes. Default: 1 with `maxTasksPerChild`, else 0.
   */
  readonly spares?: number | undefined
  /** How many asynchronous tasks a worker runs at once. `'auto'`: as many as pay, by measurement. Default: 1. */
  readonly concurrency?: number | 'auto' | undefined
  /** More tasks than this may not wait; `apply` and `applyAsync` reject with `Full` then, `submit` throws it. Default: no limit. */
  readonly maxPending?: number | undefined
  /** A worker with nothing to do for this many milliseconds is let go; the next task starts one. Default: never. */
  readonly idleTimeout?: number | undefined
  /** How often a task that failed or died with its worker is run again, unless the call says otherwise. Default: 0. */
  readonly retries?: number | undefined
  /** Milliseconds that a task may run, unless the call says otherwise. Default: no limit. */
  readonly timeout?: number | undefined
  /**
   * A file for a trace of who ran what when, to be opened in ui.perfetto.dev or chrome://tracing. Pools may share one.
   * It is whole JSON at any time. Default: none.
   */
  readonly trace?: string | URL | undefined
  /** Puts the worker's name in front of each line that its tasks print. Default: false. */
  readonly labelOutput?: boolean | undefined
  /** For messages. Default: `Pool-1`, `ThreadPool-1`, … */
  readonly name?: string | undefined
  /** Processes only: their environment, instead of this program's. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Options of Node for the workers, instead of this program's. */
  readonly execArgv?: readonly string[] | undefined
  /** Threads only: limits of their memory, in MiB. Default: Node's. */
  readonly resourceLimits?: ResourceLimits | undefined
  /** How workers are started. Default: the program's start method. */
  readonly context?: StartMethod | undefined
  /**
   * A function that assigns to a captured variable, of which only the worker's copy would change, is refused instead of
   * warned about. Default: `MANYCORE_STRICT=1`.
   */
  readonly strict?: boolean | undefined
}

/** Options of one call. */
export interface CallOptions {
  /** Milliseconds that a task may run, from its start; then it is stopped, alone. Default: the pool's. */
  readonly timeout?: number | undefined
  /** Cancels what has not finished. */
  readonly signal?: AbortSignal | undefined
  /** How often a task that failed or died with its worker is run again. Default: the pool's. */
  readonly retries?: number | undefined
  /** Higher goes first. Default: 0. */
  readonly priority?: number | undefined
}

/** Options of `apply` and `applyAsync`. */
export interface ApplyOptions extends CallOptions {
  /** Objects of the arguments that are handed over instead of copied (threads). Such a task can't be run again: no retries. */
  readonly transfer?: readonly unknown[] | undefined
}

/** Options of `map` and its kin. */
export interface MapOptions extends CallOptions {
  /** Items per task. Default: chosen by measurement. */
  readonly chunksize?: number | undefined
  /**
   * `true` draws a bar on a terminal: done, rate, time left, failures. A function is told how many of how many (if
   * known) are done, and how many of them failed.
   */
  readonly progress?: boolean | ProgressListener | undefined
}

/** Options of `imap` and `imapUnordered`. */
export interface ImapOptions extends MapOptions {
  /**
   * How many items may be taken from the input beyond those that were handed out. Default: four per worker and task
   * that it runs at once, more only for items that take less than a few milliseconds.
   */
  readonly bufferSize?: number | undefined
}

/** Options of `new ThreadPoolExecutor` and `new ProcessPoolExecutor`. */
export interface ExecutorOptions<I extends readonly unknown[] = readonly unknown[]>
  extends Omit<PoolOptions<I>, 'processes'> {
  /** How many workers at most, as for pools; they are started as work needs them. Default: `cpuCount()`. */
  readonly maxWorkers?: number | 'auto' | undefined
  /** The first part of the names of workers: `prefix_0`, `prefix_1`, … Default: the executor's name. */
  readonly threadNamePrefix?: string | undefined
}

const SHARED_OPTIONS = [
  'initializer',
  'initargs',
  'maxTasksPerChild',
  'spares',
  'concurrency',
  'maxPending',
  'idleTimeout',
  'retries',
  'timeout',
  'name',
  'env',
  'execArgv',
  'resourceLimits',
  'context',
  'trace',
  'labelOutput',
  'strict',
] // prettier-ignore
/** What workers of this kind do not have. */
const NOT_FOR = { process: 'resourceLimits', thread: 'env' }
const optionsFor = (kind: Kind, own: readonly string[]): ReadonlySet<string> =>
  new Set([...own, ...SHARED_OPTIONS].filter(option => option !== NOT_FOR[kind]))
const forEach = (own: readonly string[]): Readonly<Record<Kind, ReadonlySet<string>>> => ({
  process: optionsFor('process', own),
  thread: optionsFor('thread', own),
})
const POOL_OPTIONS = forEach(['processes'])
const EXECUTOR_OPTIONS = forEach(['maxWorkers', 'threadNamePrefix'])
const SHUTDOWN_OPTIONS = new Set(['wait', 'cancelFutures'])
const COMMON_OPTIONS = ['timeout', 'signal', 'retries', 'priority']
const CALL_OPTIONS = {
  apply: new Set([...COMMON_OPTIONS, 'transfer']),
  map: new Set([...COMMON_OPTIONS, 'chunksize', 'progress']),
  imap: new Set([...COMMON_OPTIONS, 'chunksize', 'progress', 'bufferSize']),
}

const atLeast = (least: number): OptionRule => ({
  expected: `a whole number of at least ${least}`,
  holds: value => Number.isInteger(value) && (value as number) >= least,
})
const COUNT_OR_AUTO: OptionRule = {
  expected: "a whole number of at least 1, or 'auto'",
  holds: value => value === 'auto' || atLeast(1).holds(value),
}
const POSITIVE_TIME: OptionRule = {
  expected: 'a positive number of milliseconds',
  holds: value => typeof value === 'number' && value > 0,
}
const A_NUMBER: OptionRule = {
  expected: 'a number',
  holds: value => typeof value === 'number' && !Number.isNaN(value),
}
const A_SIGNAL: OptionRule = { expected: 'an AbortSignal', holds: isSignal }
const A_LIST: OptionRule = { expected: 'an array', holds: Array.isArray }
const THINGS_TO_TRANSFER: OptionRule = {
  expected: 'an array, with nothing in it twice',
  holds: value => Array.isArray(value) && new Set(value).size === value.length,
}
const AN_OBJECT: OptionRule = {
  expected: 'an object',
  holds: value => typeof value === 'object' && value !== null && !Array.isArray(value),
}
const A_BOOLEAN: OptionRule = { expected: 'true or false', holds: value => typeof value === 'boolean' }
const A_STRING: OptionRule = { expected: 'a string', holds: value => typeof value === 'string' }

const RULES: Readonly<Record<string, OptionRule>> = {
  processes: COUNT_OR_AUTO,
  maxWorkers: COUNT_OR_AUTO,
  concurrency: COUNT_OR_AUTO,
  maxTasksPerChild: atLeast(1),
  maxPending: atLeast(1),
  chunksize: atLeast(1),
  bufferSize: atLeast(1),
  retries: atLeast(0),
  spares: atLeast(0),
  timeout: POSITIVE_TIME,
  idleTimeout: POSITIVE_TIME,
  priority: A_NUMBER,
  signal: A_SIGNAL,
  transfer: THINGS_TO_TRANSFER,
  initargs: A_LIST,
  execArgv: WORKER_RULES.process.execArgv,
  env: WORKER_RULES.process.env,
  resourceLimits: WORKER_RULES.thread.resourceLimits,
  context: WORKER_RULES.process.context,
  name: A_STRING,
  threadNamePrefix: A_STRING,
  wait: A_BOOLEAN,
  cancelFutures: A_BOOLEAN,
  trace: {
    expected: 'a path or a file: URL',
    holds: value => typeof value === 'string' || (value instanceof URL && value.protocol === 'file:'),
  },
  labelOutput: A_BOOLEAN,
  strict: A_BOOLEAN,
}

/** Refuses options that don't exist and values that make no sense. */
function check(where: string, options: object, known: ReadonlySet<string>): void {
  for (const [option, value] of Object.entries(options)) {
    if (!known.has(option))
      throw createError('UNKNOWN_OPTION', { where, option, known: [...known].join(', ') })
    const rule = RULES[option]
    if (value === undefined || !rule || rule.holds(value)) continue
    throw createError('WRONG_OPTION', { where, option, got: describe(value), expected: rule.expected })
  }
}

/** `more`: what was given after the options. */
export function checkPoolOptions(
  kind: Kind,
  where: string,
  options: PoolOptions<never>,
  more: readonly unknown[],
): void {
  if (more.length > 0) {
    throw createError('WRONG_OPTION', {
      where,
      option: 'options',
      got: `${more.length + 1} arguments`,
      expected: 'the only argument: { processes, initializer, initargs, … }',
    })
  }
  if (!AN_OBJECT.holds(options)) {
    throw createError('WRONG_OPTION', {
      where,
      option: 'processes',
      got: describe(options),
      expected: 'a whole number of at least 1, or an object of options',
    })
  }
  check(where, options, POOL_OPTIONS[kind])
  checkInitializer(where, options)
}

export function checkExecutorOptions(kind: Kind, where: string, options: ExecutorOptions<never>): void {
  checkObject(where, options)
  check(where, options, EXECUTOR_OPTIONS[kind])
  checkInitializer(where, options)
}

export function checkShutdownOptions(where: string, options: ShutdownOptions): void {
  checkObject(where, options)
  check(where, options, SHUTDOWN_OPTIONS)
}

export function checkCallOptions(where: string, options: CallOptions, call: keyof typeof CALL_OPTIONS): void {
  checkObject(where, options)
  check(where, options, CALL_OPTIONS[call])
}

function checkObject(where: string, options: unknown): void {
  if (AN_OBJECT.holds(options)) return
  const { expected } = AN_OBJECT
  throw createError('WRONG_OPTION', { where, option: 'options', got: describe(options), expected })
}

function checkInitializer(where: string, { initializer }: { readonly initializer?: unknown }): void {
  if (initializer !== undefined) checkFunction(`${where}'s initializer`, initializer)
}
