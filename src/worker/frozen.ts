import { IN_BUNDLE } from '../base/index.ts'
import { isStartedAsProcess, isStartedAsThread } from '../link/index.ts'

/*
 * A single-executable application has no file that a child process could load: starting the executable again runs
 * the main program again. What the child is stands among its arguments, and `freezeSupport()`, called first thing by
 * the main program, turns it into a worker:
 *
 *   program: Process.start() ─► the executable again, with --manycore-slot=N
 *   child:   main program ─► freezeSupport() ─► worker, and nothing of the main program after it
 *
 * So it is with a program that has the library built into it, threads included, if it calls `freezeSupport()`: only then
 * does what runs its main script again become a worker, instead of doing all that the script does.
 */

interface Sea {
  isSea(): boolean
}

/** Stands in for a single-executable application: the main script is run again, as the executable would. */
const PRETEND = 'MANYCORE_SINGLE_EXECUTABLE'

/** Written by `freezeSupport()`: it was called, and this program is on its way from a main program to a worker. */
export const freeze: { called: boolean; turning: boolean } = { called: false, turning: false }

let sea: boolean | undefined

function isSea(): boolean {
  return (sea ??=
    (process.getBuiltinModule('node:sea' as 'node:os') as unknown as Sea | undefined)?.isSea() ?? false)
}

export function isSingleExecutable(): boolean {
  return isSea() || process.env[PRETEND] === '1'
}

/** Is the program its own worker? Then what runs it again, after the path of the executable. */
export function frozenCommand(): readonly string[] | undefined {
  if (isSea()) return []
  const runsAgain = isSingleExecutable() || (IN_BUNDLE && freeze.called)
  const [, script] = process.argv
  return runsAgain && script !== undefined ? [script] : undefined
}

/** Was this to become a worker, where the main program is running instead? */
export function isMainInWorker(): boolean {
  return freeze.turning || isStartedAsProcess() || (IN_BUNDLE && isStartedAsThread())
}
