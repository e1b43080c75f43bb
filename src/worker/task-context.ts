import { AsyncLocalStorage } from 'node:async_hooks'

/** What a task can know of itself while it runs. Beyond Python. */
export class TaskContext {
  #controller: AbortController | undefined
  #aborted: { readonly reason: unknown } | undefined

  /**
   * Fires when the task is cancelled or runs out of time: the moment to stop and clean up. A task that goes on
   * regardless is stopped with its worker a little later.
   */
  get signal(): AbortSignal {
    // Made when asked for: most tasks never do.
    this.#controller ??= new AbortController()
    if (this.#aborted && !this.#controller.signal.aborted) this.#controller.abort(this.#aborted.reason)
    return this.#controller.signal
  }

  /** Called by the worker's loop alone. */
  abort(reason: unknown): void {
    this.#aborted ??= { reason }
    this.#controller?.abort(reason)
  }
}

/*
 * Which task is running? Where one runs at a time two variables say it, which costs next to nothing per task;
 * where several run at once their asynchronous contexts tell them apart.
 */
let running = false
let only: TaskContext | undefined
let several: AsyncLocalStorage<TaskContext> | undefined

/** Called once by a worker that runs several tasks at once. */
export function separateTasks(): void {
  several ??= new AsyncLocalStorage()
}

/** Runs `fn` as a task. */
export function asTask(context: TaskContext | undefined, fn: Function, args: readonly unknown[]): unknown {
  if (several && context) return several.run(context, callWith, fn, args)
  running = true
  only = context
  return fn(...args)
}

function callWith(fn: Function, args: readonly unknown[]): unknown {
  return fn(...args)
}

/** The only task has ended. */
export function endTask(): void {
  running = false
  only = undefined
}

/**
 * The task that is running here, or `undefined` outside a task. Beyond Python.
 * @example
 * import { currentTask } from 'manycore'
 * currentTask()?.signal   // undefined here: this is no task
 */
export function currentTask(): TaskContext | undefined {
  if (several) return several.getStore()
  if (!running) return undefined
  only ??= new TaskContext()
  return only
}
