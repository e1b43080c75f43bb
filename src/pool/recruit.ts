import type { Portable } from '../capture/index.ts'
import { type Starter, startWorker, type Worker } from '../worker/index.ts'
import type { Member } from './member.ts'
import type { PoolOptions } from './options.ts'
import type { Task } from './task.ts'

/** A pool's initializer, ready to travel. */
export interface Initializer {
  readonly fn: Portable
  readonly args: unknown
  readonly packed: boolean
}

/** What a new worker of a pool has to know beside the pool's options. */
export interface Post {
  readonly name: string
  readonly concurrency: number
  /** How often it tells how busy it is, in milliseconds. */
  readonly pulse: number
  /** How many the pool has. */
  readonly siblings: number
  readonly initializer: Initializer | undefined
  /** It is there to stand by. */
  readonly standby: boolean
}

/** Starts a worker for a pool. Throws when it can't be started here and now. */
export function recruit(starter: Starter, options: PoolOptions, post: Post, member: Member): Worker<Task> {
  const { env, execArgv, resourceLimits, labelOutput = false, context } = options
  const { name, concurrency, pulse, siblings, initializer, standby } = post
  const worker = startWorker(
    starter,
    { env, execArgv, resourceLimits: starter.kind === 'thread' ? resourceLimits : undefined },
    {
      role: 'pool',
      name,
      daemon: true,
      concurrency,
      concurrencyVaries: options.concurrency === 'auto',
      pulse,
      labelOutput,
      siblings,
      standby,
      startMethod: context,
      initializer: initializer
        ? { fn: initializer.fn.graph, args: initializer.args, packed: initializer.packed }
        : null,
    },
    member,
  )
  worker.link.unref()
  return worker
}
