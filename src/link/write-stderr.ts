/**
 * Writes to stderr where a failure to write is no reason to fail: it may be closed, or its reader gone. (`console`
 * does the same; a bare `write` would end the program by an 'error' event.)
 */
export function writeStderr(text: string | Uint8Array): void {
  const { stderr } = process
  stderr.once('error', ignore)
  stderr.write(text, () => stderr.off('error', ignore))
}

function ignore(): void {}
