import { allowBlocking, startAsMainThread, startEarly } from '../base/index.ts'
import { guardLoading } from '../capture/index.ts'
import { ProcessProgramLink, ThreadProgramLink } from '../link/index.ts'
import { undisturbedAtFirst } from '../memory/index.ts'
import { runWorker } from './run-worker.ts'

/*
 * What workers run. They load nothing of the user's until they are told to.
 */

export { rehearseCall } from './rehearse.ts'

export function startThread(): void {
  startEarly()
  allowBlocking()
  guardLoading(undisturbedAtFirst)
  runWorker(new ThreadProgramLink())
}

export function startProcess(): void {
  startAsMainThread()
  startEarly()
  allowBlocking()
  runWorker(new ProcessProgramLink())
}
