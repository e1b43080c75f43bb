import { shareOwn } from '../capture/index.ts'
import { BaseWorker } from './base-worker.ts'
import { Process } from './process.ts'
import { runSelf } from './run-self.ts'
import { Thread } from './thread.ts'

/** Makes this room's classes known here, for objects of theirs that leave or arrive. */
export function shareOwnClasses(): void {
  // By names that stand here: a bundler may give a class another.
  for (const [name, shared] of Object.entries({ Process, Thread, BaseWorker, runSelf }))
    shareOwn(name, shared)
}

shareOwnClasses()
