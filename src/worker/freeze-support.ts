import { afterTurn, isMainThread } from '../base/index.ts'
import { isStartedAsProcess } from '../link/index.ts'
import { freeze, isMainInWorker } from './frozen.ts'
import { serveAsProcess, serveAsThread } from './serve.ts'

/**
 * For single-executable applications and programs that have manycore in their bundle, as the first statement of the
 * main script, outside of any `try` or async function: in a child process or thread that manycore started it does not
 * return, that serves as a worker instead of running the main program. Everywhere else it does nothing. Python:
 * `multiprocessing.freeze_support()`.
 * @example
 * import { freezeSupport, Process } from 'manycore'
 * freezeSupport()
 * await new Process({ target: () => 42 }).start().result()   // 42
 */
export function freezeSupport(): void {
  const turns = isMainInWorker()
  // A thread that the user started runs another script than the main one.
  freeze.called = turns || isMainThread()
  if (!turns) return
  freeze.turning = true
  // In a turn of its own: this one is about to end by an error.
  afterTurn(isStartedAsProcess() ? serveAsProcess : serveAsThread)
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
    freeze.turning = false
  })
  throw end
}
