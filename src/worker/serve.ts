import { allowBlocking } from '../base/index.ts'
import { guardLoading } from '../capture/index.ts'
import { ProcessProgramLink, ThreadProgramLink } from '../link/index.ts'
import { undisturbedAtFirst } from '../memory/index.ts'
import { runWorker } from './run-worker.ts'

/* From here on this thread, or this process, is a worker. */

export function serveAsThread(): void {
  allowBlocking()
  guardLoading(undisturbedAtFirst)
  runWorker(new ThreadProgramLink())
}

export function serveAsProcess(): void {
  allowBlocking()
  runWorker(new ProcessProgramLink())
}
