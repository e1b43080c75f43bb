import type { ChildProcess } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { basename } from 'node:path'

/**
 * Why the system did not start this process. Node tells it a turn later, where nobody waits for it, and names the
 * executable where it is the folder that is missing; so it is looked up here.
 */
export function whyNotStarted(child: ChildProcess, cwd: string | URL | undefined): string {
  // Node makes no streams then.
  if (!child.stdio) return 'no file descriptors are left for it: close files, or allow more (ulimit -n)'
  const { spawnfile } = child
  const byName = basename(spawnfile) === spawnfile
  const fault = (cwd === undefined ? undefined : faultOf(cwd)) ?? (byName ? undefined : faultOf(spawnfile))
  if (fault !== undefined) return fault
  const full = 'there is no room for another process: end some, or allow more (ulimit -u)'
  return byName ? `there is no ${spawnfile} in the PATH, or ${full}` : full
}

/** What keeps this from being run, or entered. */
function faultOf(path: string | URL): string | undefined {
  try {
    accessSync(path, constants.X_OK)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
