import { isMainThread } from '../base/index.ts'

/*
 * What workers write reaches this program's stdout and stderr, which may be closed, or have lost their reader. A
 * stream that fails without anybody listening ends the program, and a worker's words are no reason for that.
 */

let shields = 0

/** Until the returned function is called, a failing stdout or stderr does not end the program. */
export function shieldOutput(): () => void {
  if (shields++ === 0) for (const stream of [process.stdout, process.stderr]) stream.on('error', ignore)
  return () => {
    if (--shields === 0) for (const stream of [process.stdout, process.stderr]) stream.off('error', ignore)
  }
}

/** Writes to stderr, or doesn't where it can't. */
export function writeStderr(text: string | Uint8Array): void {
  const { stderr } = process
  stderr.once('error', ignore)
  // After a failure the event is still to come.
  stderr.write(text, error => error ?? stderr.off('error', ignore))
}

/**
 * What a process has met on the stdout that it shares with this program comes of it as if the program had printed: who
 * listens there hears of it, and without anybody it ends the program. A thread has no stdout to lose.
 */
export function loseStdout(error: unknown): void {
  if (isMainThread()) process.stdout.destroy(error as Error)
}

function ignore(): void {}
