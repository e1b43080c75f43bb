/** Where this program was when it loaded the library: as a rule, where it began. */
export const first = folder()

export function folder(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined // It has been removed.
  }
}

/** Goes there, in a worker that has begun where its program did. */
export function enter(path: string): void {
  process.chdir(path)
}
