import type { BaseWorker } from './base-worker.ts'
import { becomeSelf } from './worker-state.ts'

/** What a worker runs for an object of a subclass with its own `run()`: the object has travelled as the argument. */
export function runSelf(worker: BaseWorker): unknown {
  becomeSelf(worker)
  return worker.run()
}
