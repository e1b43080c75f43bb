import { isStartedAsWorker, ProcessProgramLink } from '../link/index.ts'

/*
 * A single-executable application has no file that a child process could load: starting the executable again runs
 * the main program again. What the child is stands among its arguments, and `freezeSupport()`, called first thing by
 * the main program, turns it into a worker:
 *
 *   program: Process.start() ─► the executable again, with --manycore-slot=N
 *   child:   main program ─► freezeSupport() ─► worker, and nothing of the main program after it
 */

interface Sea {
  isSea(): boolean
}

/** Stands in for a single-executable application: the main script is run again, as the executable would. */
const PRETEND = 'MANYCORE_SINGLE_EXECUTABLE'

let turning = false

/** Is this a single-executable application? Then how it is started again, after the path of the executable. */
export function frozenCommand(): readonly string[] | undefined {
  const sea = process.getBuiltinModule('node:sea' as 'node:os') as unknown as Sea | undefined
  if (sea?.isSea()) return []
  return process.env[PRETEND] === '1' ? [process.argv[1] as string] : undefined
}

/** Is this a child that was to become a worker, where the main program is running instead? */
export function isMainInChild(): boolean {
  return turning || isStartedAsWorker()
}

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
  turning = true
  void import('./run-worker.ts').then(({ runWorker }) => runWorker(new ProcessProgramLink()))
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
    turning = false
  })
  throw end
}
