import { afterTurn } from '../base/index.ts'
import { isStartedAsWorker, ProcessProgramLink } from '../link/index.ts'
import { turning } from './frozen.ts'
import { runWorker } from './run-worker.ts'

/**
 * For single-executable applications, as the first statement of the main script, outside of any `try` or async
 * function: in a child process that manycore started it does not return, the child serves as a worker instead of
 * running the main program. Everywhere else it does nothing. Python: `multiprocessing.freeze_support()`.
 * @example
 * import { freezeSupport, Process } from 'manycore'
 * freezeSupport()
 * await new Process({ target: () => 42 }).start().result()   // 42
 */
export function freezeSupport(): void {
  if (!isStartedAsWorker()) return
  turning.now = true
  // In a turn of its own: this one is about to end by an error.
  afterTurn(() => runWorker(new ProcessProgramLink()))
  leaveMain()
}

/** The only way out of a running script that leaves its process alive is an error that nobody hears of. */
function leaveMain(): never {
  const end = new Error(
    'a worker does not run the main program; is freezeSupport() inside a try or an async function?',
  )
  process.setUncaughtExceptionCaptureCallback(thrown => {
    process.setUncaughtExceptionCaptureCallback(null)
    if (thrown !== end) throw thrown
    turning.now = false
  })
  throw end
}
