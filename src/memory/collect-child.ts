import { loadKoffi } from './platform/libc.ts'
import { undisturbed } from './undisturbed.ts'

/** Don't wait for it. */
const WNOHANG = 1

let waitpid: ((pid: number, status: number, options: number) => number) | null | undefined

/**
 * Has the system forget a child process of this one that has ended, and of which Node does not know any more. Without
 * native code it stays a zombie.
 * @returns whether that is over: its first thread may have ended before the others
 */
export function collectChild(pid: number): boolean {
  if (waitpid === undefined) waitpid = load()
  return waitpid?.(pid, 0, WNOHANG) !== 0
}

function load(): typeof waitpid {
  try {
    return undisturbed(() =>
      loadKoffi().load(null).func('int waitpid(int pid, intptr_t status, int options)'),
    )
  } catch {
    return null
  }
}
