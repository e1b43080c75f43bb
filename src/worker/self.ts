import type { BaseWorker } from './base-worker.ts'

/** The object that stands for the worker that this is, where it has one: `currentProcess`, `currentThread`. */
export const self: { process: BaseWorker | undefined; thread: BaseWorker | undefined } = {
  process: undefined,
  thread: undefined,
}
