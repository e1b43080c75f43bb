import { isMainThread } from '../base/index.ts'
import { loggedNames, NAMES_FROM, type NameUse } from './names-log.ts'
import { platform } from './platform/pick.ts'
import { isThere } from './routes.ts'

/*
 * Names that only workers used which have ended: a name is taken away by who uses it last, and one that was killed, or a
 * thread that was terminated, could not.
 */

/** Threads of this process that have ended. */
const ended = new Set<number>()
/** What was looked after already. */
const done = new Set<string>()
let watching = false

/** Where the log of names begins in the tree's file, for the watchdog. */
export function namesFrom(): number {
  return NAMES_FROM
}

/** A worker that this thread started has ended: a thread with its number, or a process. */
export function workerEnded(thread = 0): void {
  const uses = loggedNames()
  if (uses.length === 0) return
  if (thread !== 0) ended.add(thread)
  sweepDead(uses, ({ pid, thread: at }) => (pid === process.pid ? ended.has(at) : !isThere(pid)))
}

/** To be called by who starts workers. At the end of a process its threads are as good as ended. */
export function sweepAtExit(): void {
  if (watching) return
  watching = true
  process.on('exit', () => {
    const uses = loggedNames()
    if (uses.length === 0 || !isMainThread()) return
    platform().names?.leave(true)
    sweepDead(uses, ({ pid }) => pid === process.pid || !isThere(pid))
  })
}

function sweepDead(uses: readonly NameUse[], isGone: (use: NameUse) => boolean): void {
  const dead = new Set<string>()
  const living = new Set<string>()
  for (const use of uses) {
    const key = `${use.pid} ${use.thread} ${use.name}`
    if (!isGone(use)) living.add(use.name)
    else if (!done.has(key)) {
      done.add(key)
      dead.add(use.name)
    }
  }
  // Closed by one that lives, it may still be opened again.
  for (const name of living) dead.delete(name)
  if (dead.size > 0) platform().names?.sweep(dead)
}
