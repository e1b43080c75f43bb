import {
  after,
  checkFunction,
  checkLimits,
  createError,
  deferred,
  type Deferred,
  describe,
  listenToAbort,
  NO_LIMITS,
  type Timer,
  type WaitOptions,
} from '../base/index.ts'
import type { Executor, SubmitOptions } from './executor.ts'
import type { Future } from './future.ts'

/** What a group needs of an executor. */
type Submits = Pick<Executor, 'submitWith'>

/** The calls of one scope: `group` makes it, and waits for all of them. */
export class Group {
  readonly #executor: Submits
  /** Calls of which something waits or runs. */
  readonly #children = new Set<Future<unknown>>()
  readonly #controller = new AbortController()
  #failure: { readonly error: unknown } | undefined
  #left = false
  #emptied: Deferred<void> | undefined

  /** Made by `group`. @internal */
  constructor(executor: Submits) {
    this.#executor = executor
  }

  /** Fires when the group is cancelled or one of its calls fails: for what the body itself waits for. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Runs `fn(...args)` in some worker, as the executor's `submit`. Errors: as there; `GROUP_CLOSED`. */
  submit<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: A): Future<Awaited<R>> {
    return this.submitWith({}, fn, ...args)
  }

  /** As `submit`, with options for this call. */
  submitWith<A extends readonly unknown[], R>(
    options: SubmitOptions,
    fn: (...args: A) => R,
    ...args: A
  ): Future<Awaited<R>> {
    if (this.#left) throw createError('GROUP_CLOSED', { state: 'left' })
    if (this.signal.aborted) throw createError('GROUP_CLOSED', { state: 'cancelled' })
    const future = this.#executor.submitWith(options, fn, ...args)
    future.addDoneCallback(() => future.failure && this.fail(future.failure.error))
    if (future.over) return future
    this.#children.add(future)
    future.onOver(() => {
      this.#children.delete(future)
      if (this.#children.size === 0) this.#emptied?.resolve()
    })
    return future
  }

  /** Cancels what has not finished and takes no more. The group itself ends as its body does. */
  cancel(reason: unknown = 'its group was cancelled'): void {
    if (this.signal.aborted) return
    this.#controller.abort(reason)
    for (const child of [...this.#children]) child.cancel(reason)
  }

  /** `<Group open running=2>`. */
  toString(): string {
    const state = this.#left ? 'left' : this.signal.aborted ? 'cancelled' : 'open'
    return `<Group ${state} running=${this.#children.size}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** The first failure is the group's; it ends the others. @internal */
  fail(error: unknown): void {
    if (!this.#failure && !this.#left) this.#failure = { error }
    this.cancel('another task of its group failed')
  }

  /** Waits for all calls; throws the first failure. @internal */
  async leave(): Promise<void> {
    while (this.#children.size > 0) {
      this.#emptied = deferred()
      await this.#emptied.promise
    }
    this.#left = true
    if (this.#failure) throw this.#failure.error
  }
}

/**
 * A scope for calls that belong together: when it is left, all of them are over, finished or cancelled, and nothing of
 * them runs any more. If one fails, or the body throws, the others are cancelled, those that run too, and the group
 * rejects with that first error as soon as they have stopped. A call that you cancel yourself is no failure.
 * Beyond `concurrent.futures`; Python has it for coroutines (`asyncio.TaskGroup`).
 * @param executor who runs the calls; it stays open afterwards
 * @param body gets the group; what it returns is the result
 * @param options `timeout` in milliseconds for the whole scope; `signal`: both cancel everything
 * @returns what the body returned, when all calls are over
 * Errors: the first one of a call or of the body; `DEADLINE_PASSED`, `TASK_CANCELLED` by `signal`.
 * @example
 * import { group, ThreadPoolExecutor } from 'manycore'
 * const executor = new ThreadPoolExecutor({ maxWorkers: 2 })
 * const area = await group(executor, async scope => {
 *   const width = scope.submit(() => 6)
 *   const height = scope.submit(() => 7)
 *   return (await width) * (await height)
 * })
 * area   // 42
 * await executor.shutdown()
 */
export async function group<T>(
  executor: Submits,
  body: (group: Group) => T,
  options: WaitOptions = NO_LIMITS,
): Promise<Awaited<T>> {
  checkFunction('group', body)
  if (typeof (executor as Submits | null)?.submitWith !== 'function') {
    const [got, expected] = [describe(executor), 'an executor']
    throw createError('WRONG_OPTION', { where: 'group', option: 'executor', got, expected })
  }
  checkLimits('group', options)
  const scope = new Group(executor)
  const forget = limit(scope, options)
  try {
    const value = await runBody(scope, body)
    await scope.leave()
    // Else `leave` has thrown.
    return value as Awaited<T>
  } finally {
    forget()
  }
}

async function runBody<T>(scope: Group, body: (group: Group) => T): Promise<Awaited<T> | undefined> {
  try {
    return await body(scope)
  } catch (error) {
    scope.fail(error)
    return undefined
  }
}

/** Lets the time limit and the signal end the scope. */
function limit(scope: Group, { timeout, signal }: WaitOptions): () => void {
  let timer: Timer | undefined
  let forget: (() => void) | undefined
  const abort = (): void =>
    scope.fail(createError('TASK_CANCELLED', { task: 'the group', reason: signal?.reason }))
  if (signal?.aborted) abort()
  else if (signal) forget = listenToAbort(signal, abort)
  if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY)
    timer = after(timeout, () => scope.fail(createError('DEADLINE_PASSED', { what: 'the group', timeout })))
  return () => {
    timer?.cancel()
    forget?.()
  }
}
