import { isStartedAsWorker } from '../link/index.ts'

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

/** This program is on its way from a main program to a worker. */
export const turning: { now: boolean } = { now: false }

let isSea: boolean | undefined

/** Is this a single-executable application? Then how it is started again, after the path of the executable. */
export function frozenCommand(): readonly string[] | undefined {
  isSea ??=
    (process.getBuiltinModule('node:sea' as 'node:os') as unknown as Sea | undefined)?.isSea() ?? false
  if (isSea) return []
  return process.env[PRETEND] === '1' ? [process.argv[1] as string] : undefined
}

/** Is this a child that was to become a worker, where the main program is running instead? */
export function isMainInChild(): boolean {
  return turning.now || isStartedAsWorker()
}
