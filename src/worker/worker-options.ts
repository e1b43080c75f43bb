import { createError, describe } from '../base/index.ts'
import type { ResourceLimits, Stdio } from '../link/index.ts'
import { START_METHODS, type StartMethod } from './identity.ts'

/** What `Process` and `Thread` have in common. */
export interface WorkerOptions<A extends readonly unknown[], R> {
  /** The function to run: any function, with what it closes over. Leave it out in a subclass with its own `run()`. */
  readonly target?: ((...args: A) => R) | undefined
  /** Its arguments: an array, checked against the target, or any other iterable. Default: none. */
  readonly args?: A | (Iterable<A[number]> & { readonly length?: never }) | undefined
  /**
   * Default: its class and number, `Process-1`, `Clock-2`, …, of a child's children `Process-1:1`, …, of those of a pool's
   * worker `Process-PoolWorker-1:1`, …; of a thread `Thread-1 (target)`, …
   */
  readonly name?: string | undefined
  /** A daemon does not keep the program alive and ends with it. Default: as the creator. */
  readonly daemon?: boolean | undefined
  /** Options of Node for it, instead of this program's. */
  readonly execArgv?: readonly string[] | undefined
  /**
   * A function that assigns to a captured variable, of which only the worker's copy would change, is refused instead of
   * warned about. Default: `MANYCORE_STRICT=1`.
   */
  readonly strict?: boolean | undefined
}

/** The options that only one of the two kinds has. */
export interface StartExtras {
  readonly execArgv?: readonly string[] | undefined
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly cwd?: string | URL | undefined
  readonly stdio?: Stdio | readonly [Stdio, Stdio, Stdio] | undefined
  readonly resourceLimits?: ResourceLimits | undefined
  readonly context?: StartMethod | undefined
}

export interface OptionRule {
  readonly expected: string
  readonly holds: (value: unknown) => boolean
}
type Rules = Readonly<Record<string, OptionRule>>

const STDIO: readonly unknown[] = ['inherit', 'ignore', 'pipe']
const LIMITS = ['maxOldGenerationSizeMb', 'maxYoungGenerationSizeMb', 'codeRangeSizeMb', 'stackSizeMb']
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const COMMON = {
  target: { expected: 'a function', holds: value => typeof value === 'function' },
  args: {
    expected: 'an iterable',
    holds: value => typeof (value as Iterable<unknown> | null)?.[Symbol.iterator] === 'function',
  },
  name: { expected: 'a string', holds: value => typeof value === 'string' },
  daemon: { expected: 'a boolean', holds: value => typeof value === 'boolean' },
  execArgv: {
    expected: 'an array of strings',
    holds: value => Array.isArray(value) && value.every(flag => typeof flag === 'string'),
  },
  strict: { expected: 'a boolean', holds: value => typeof value === 'boolean' },
} satisfies Rules

/** What may be given to one worker, and to pools for all of theirs. */
export const WORKER_RULES = {
  process: {
    ...COMMON,
    env: { expected: 'an object', holds: isObject },
    cwd: {
      expected: 'a path or a file: URL',
      holds: value => typeof value === 'string' || (value instanceof URL && value.protocol === 'file:'),
    },
    stdio: {
      expected: "'inherit', 'ignore' or 'pipe', or an array of three of them",
      holds: value =>
        STDIO.includes(value) ||
        (Array.isArray(value) && value.length === 3 && value.every(one => STDIO.includes(one))),
    },
    context: {
      expected: START_METHODS.map(method => `'${method}'`).join(' or '),
      holds: value => START_METHODS.includes(value as StartMethod),
    },
  },
  thread: {
    ...COMMON,
    resourceLimits: {
      expected: `an object of positive numbers (${LIMITS.join(', ')})`,
      holds: value =>
        isObject(value) &&
        Object.entries(value).every(
          ([limit, mib]) =>
            LIMITS.includes(limit) && (mib === undefined || (Number.isFinite(mib) && (mib as number) > 0)),
        ),
    },
  },
} satisfies { readonly [kind in 'process' | 'thread']: Rules }

/** Refuses options that don't exist and values that make no sense, where they are given. */
export function checkWorkerOptions(kind: 'process' | 'thread', where: string, options: object): void {
  if (!isObject(options)) {
    throw createError('WRONG_OPTION', {
      where,
      option: 'options',
      got: describe(options),
      expected: 'an object: { target, args, … }',
    })
  }
  const rules: Rules = WORKER_RULES[kind]
  for (const [option, value] of Object.entries(options)) {
    const rule = rules[option]
    if (!rule) throw createError('UNKNOWN_OPTION', { where, option, known: Object.keys(rules).join(', ') })
    if (value === undefined || rule.holds(value)) continue
    const got = describe(value)
    if (option === 'target') throw createError('NOT_A_FUNCTION', { where: `${where}'s target`, got })
    if (option === 'args') throw createError('NOT_ITERABLE', { where: `${where}'s args`, got })
    throw createError('WRONG_OPTION', { where, option, got, expected: rule.expected })
  }
}
