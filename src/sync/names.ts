const made = new Map<string, number>()

/** `Lock-3`: what errors call a thing that was given no name. The same wherever it arrives. */
export function nextName(kind: string): string {
  const number = (made.get(kind) ?? 0) + 1
  made.set(kind, number)
  return `${kind}-${number}`
}
