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

function ignore(): void {}
