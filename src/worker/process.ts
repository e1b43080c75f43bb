import type { Readable, Writable } from 'node:stream'
import type { Stdio } from '../link/index.ts'
import type { StartMethod } from './identity.ts'
import { BaseWorker } from './base-worker.ts'
import { processStarter } from './start.ts'
import type { WorkerOptions } from './worker-options.ts'
import { linkOf } from './worker-state.ts'

/** Options of `new Process`. */
export interface ProcessOptions<A extends readonly unknown[], R> extends WorkerOptions<A, R> {
  /** Its environment, instead of this program's. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Its working directory. Default: this program's. */
  readonly cwd?: string | URL | undefined
  /** `'inherit'` (default; stdin is `'ignore'`), `'ignore'` or `'pipe'`: for all, or `[stdin, stdout, stderr]`. */
  readonly stdio?: Stdio | readonly [Stdio, Stdio, Stdio] | undefined
  /** How it is started. Default: the program's start method. */
  readonly context?: StartMethod | undefined
}

/**
 * One function in a process of its own. Python: `multiprocessing.Process`.
 * @example
 * import { Process } from 'manycore'
 * const child = new Process({ target: name => `hello ${name}`, args: ['bob'] }).start()
 * await child.result()   // 'hello bob'
 * await child.join()
 * child.exitCode         // 0
 */
export class Process<A extends readonly unknown[] = readonly unknown[], R = unknown> extends BaseWorker<
  A,
  R
> {
  constructor(options: ProcessOptions<A, R> = {}) {
    super(processStarter, options)
  }

  /** Its stdin, with `stdio: 'pipe'`; else `null`. Beyond Python. */
  get stdin(): Writable | null {
    return linkOf(this)?.stdin ?? null
  }

  /** Its stdout, with `stdio: 'pipe'`; else `null`. Beyond Python. */
  get stdout(): Readable | null {
    return linkOf(this)?.stdout ?? null
  }

  /** Its stderr, with `stdio: 'pipe'`; else `null`. Beyond Python. */
  get stderr(): Readable | null {
    return linkOf(this)?.stderr ?? null
  }
}
