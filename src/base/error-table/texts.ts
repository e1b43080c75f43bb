/*
 * Parts of texts that several rows use.
 */

export function forSoLong(timeout: number): string {
  return timeout > 0 ? ` for ${timeout} ms` : ''
}

/** What a dying worker wrote, as far as it helps: the line that names the error, where there is one. */
export function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.trim() !== '' && !/^Node\.js v\d/.test(line))
  const named = lines.findLastIndex(line => /^(Uncaught )?\w*(Error|Exception)\b|^FATAL ERROR/.test(line))
  const told = named >= 0 ? lines.slice(named, named + 2) : lines.slice(-3)
  return told.length > 0 ? `\n  its last words: ${told.map(line => line.trim()).join('\n  ')}` : ''
}

export function deathText(death: {
  exitCode: number | null
  signal: NodeJS.Signals | null
  outOfMemory: boolean
}): string {
  const how = death.signal
    ? `killed by ${death.signal}`
    : death.exitCode === null
      ? 'it vanished'
      : `exit code ${death.exitCode}`
  return death.outOfMemory ? `${how}, most likely out of memory` : how
}
