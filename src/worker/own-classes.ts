import { shareOwn } from '../capture/index.ts'
import { BaseWorker } from './base-worker.ts'
import { Process } from './process.ts'
import { runSelf } from './run-self.ts'
import { Thread } from './thread.ts'

/** Makes this room's classes known here, for objects of theirs that leave or arrive. */
export function shareOwnClasses(): void {
  for (const shared of [Process, Thread, BaseWorker, runSelf]) shareOwn(shared.name, shared)
}

shareOwnClasses()
