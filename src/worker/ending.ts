import { inspect } from 'node:util'
import { SystemExit } from '../base/index.ts'
import { packThrown } from '../codec/index.ts'
import { type ProgramLink, writeStderr } from '../link/index.ts'
import { type Boot, FAILED } from '../wire/index.ts'
import { childrenEnded } from './worker-state.ts'

/*
 * How a `Process` or `Thread` ends that does not simply come to its end, from its own side. Python's rules: an error
 * is printed with the worker's name and the exit code is 1; `SystemExit` says its own; in both cases its non-daemon
 * children are waited for, and nothing else.
 */

/** The exit code that stands for "interrupted" where a thread can't die of a signal. */
export const INTERRUPTED = 130

/** Its target threw. */
export function endByError(boot: Boot, link: ProgramLink, thrown: unknown): void {
  process.exitCode = thrown instanceof SystemExit ? exitStatus(thrown.status) : 1
  if (!(thrown instanceof SystemExit)) report(boot, thrown)
  void childrenEnded().then(() => exitOnceClear(link))
}

/** Ends it when all that it has said has left: of something large a part may still wait for the program. */
export function exitOnceClear(link: ProgramLink): void {
  if (link.clear) process.exit()
  else link.onceClear(() => process.exit())
}

/**
 * Errors that no call of the target's own threw: in a timer, an event, a promise that nobody looks after.
 * @returns what ends it
 */
export function watchStrayErrors(boot: Boot, link: ProgramLink): () => void {
  const watch = (thrown: unknown): void => {
    // The user's own listeners decide then, as they do without us.
    if (process.listenerCount('uncaughtException') > 1) return
    link.send([FAILED, packThrown(thrown, link.can)])
    endByError(boot, link, thrown)
  }
  process.on('uncaughtException', watch)
  return () => void process.off('uncaughtException', watch)
}

function report(boot: Boot, thrown: unknown): void {
  if (boot.quiet) return
  const who = boot.kind === 'process' ? `${boot.name} (pid ${process.pid})` : boot.name
  writeStderr(`${who} ended by an error\n${text(thrown)}\n`)
}

function text(thrown: unknown): string {
  try {
    return inspect(thrown)
  } catch {
    return 'which can not be shown' // Its own inspection throws.
  }
}

/** Python's `sys.exit`: nothing and `false` 0, `true` 1, an integer modulo 256, anything else is printed and gives 1. */
function exitStatus(status: unknown): number {
  if (status === undefined || status === null) return 0
  if (typeof status === 'boolean') return Number(status)
  if (Number.isInteger(status)) return (status as number) & 255
  writeStderr(`${typeof status === 'string' ? status : text(status)}\n`)
  return 1
}
