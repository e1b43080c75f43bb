import { describe } from 'node:test'
import {
  Pool,
  Process,
  ProcessPoolExecutor,
  setStartMethod,
  Thread,
  ThreadPool,
  ThreadPoolExecutor,
} from 'manycore'
import { noNativeCode } from './tools.ts'

// Tests look for what is left behind, and a spare process is meant to be. Programs of their own have spares.
setStartMethod('spawn', { force: true })

/** Where the work of a test runs, and the classes that run it there. */
export interface Kind {
  readonly name: 'threads' | 'processes'
  /** `Thread` or `Process`. Typed as the latter; what only one of them has is a matter for `pick`. */
  readonly Worker: typeof Process
  /** `ThreadPool` or `Pool`. */
  readonly Pool: typeof Pool
  /** `ThreadPoolExecutor` or `ProcessPoolExecutor`. */
  readonly Executor: typeof ProcessPoolExecutor
  /** Why arrays and segments can't be shared with workers of this kind here, or `false`. For `skip`. */
  readonly confined: string | false
  /** The one of the two that belongs to this kind: `kind.pick('thread', 'process')`. */
  pick<T, P>(threads: T, processes: P): T | P
}

const KINDS: readonly Kind[] = [
  // The two share one base and their members, so one type serves for both.
  {
    name: 'threads',
    Worker: Thread as unknown as typeof Process,
    Pool: ThreadPool,
    Executor: ThreadPoolExecutor,
    confined: false,
    pick: threads => threads,
  },
  {
    name: 'processes',
    Worker: Process,
    Pool,
    Executor: ProcessPoolExecutor,
    confined: noNativeCode(),
    pick: (_, processes) => processes,
  },
]

/**
 * Declares the same tests twice, in a suite `threads` and a suite `processes`. The conformance table reads
 * these two names to tell on which kinds a numbered test ran.
 * @example eachKind(kind => { test('C85 a size of 0 is refused', { timeout: 5000 }, () => { … new kind.Pool(0) … }) })
 */
export function eachKind(body: (kind: Kind) => void): void {
  for (const kind of KINDS) describe(kind.name, () => body(kind))
}
