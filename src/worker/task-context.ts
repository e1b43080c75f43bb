import { AsyncLocalStorage } from 'node:async_hooks'
import { abortGuarded } from './guarded-abort.ts'

/** Sends what a call reports of its progress. */
export type Reporter = (call: number, value: unknown) => void

/** What a task can know of itself while it runs, and tell of itself. Beyond Python. */
export class TaskContext {
  readonly #call: number
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

  /** Made by the worker's loop alone. @internal */
  constructor(call: number) {
    this.#call = call
  }

  /**
   * Tells who waits for the task how far it is: its future's `onProgress` gets the value, before the result. Each
   * value is sent, so report at a pace that somebody can follow. After the task has ended, and in a `Process` or `Thread`,
   * whom nobody can listen to, it does nothing.
   * @param value anything that may be a result
   * Errors: `CANNOT_CLONE`, `CANNOT_READ`.
   * @example
   * import { currentTask, ThreadPoolExecutor } from 'manycore'
   * const executor = new ThreadPoolExecutor({ maxWorkers: 1 })
   * const steps = []
   * const future = executor.submit(() => {
   *   for (let step = 1; step <= 3; step++) currentTask().progress(step)
   * })
   * future.onProgress(step => steps.push(step))
   * await future
   * steps   // [1, 2, 3]
   * await executor.shutdown()
   */
  progress(value: unknown): void {
    report?.(this.#call, value)
  }

  /** Called by the worker's loop alone. @internal */
  abort(reason: unknown): void {
    this.#aborted ??= { reason }
    const controller = this.#controller
    if (!controller) return
    // Its listeners are the task's code, and may ask whose.
    if (several) several.run(this, abortGuarded, controller, reason)
    else abortGuarded(controller, reason)
  }
}

/*
 * Which task is running? Where one runs at a time two variables say it, which costs next to nothing per task;
 * where several run at once their asynchronous contexts tell them apart.
 */
let running: number | undefined
let only: TaskContext | undefined
let several: AsyncLocalStorage<TaskContext> | undefined
let report: Reporter | undefined

/** Called once, by a worker's loop: where progress goes, and whether it runs several tasks at once. */
export function serveTasks(reporter: Reporter, atOnce: boolean): void {
  report = reporter
  if (atOnce) several ??= new AsyncLocalStorage()
}

/** Runs `fn` as a task: the call of this number. */
export function asTask(
  call: number,
  context: TaskContext | undefined,
  fn: Function,
  args: readonly unknown[],
): unknown {
  if (several && context) return several.run(context, callWith, fn, args)
  running = call
  only = context
  return fn(...args)
}

function callWith(fn: Function, args: readonly unknown[]): unknown {
  return fn(...args)
}

/** The only task has ended. */
export function endTask(): void {
  running = undefined
  only = undefined
}

/**
 * The task that is running here, or `undefined` outside a task. Beyond Python. Take it once, at the start of the task:
 * where a worker runs one task at a time, code that an ended task has left behind gets the task that runs by then.
 * @example
 * import { currentTask } from 'manycore'
 * currentTask()?.signal   // undefined here: this is no task
 */
export function currentTask(): TaskContext | undefined {
  if (several) return several.getStore()
  if (running === undefined) return undefined
  only ??= new TaskContext(running)
  return only
}
