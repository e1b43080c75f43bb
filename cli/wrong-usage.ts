/** The exit code for what can't be carried out. Nothing was run. */
export const WRONG_USAGE = 2

/** The command was called in a way that can't be carried out. Ends it with exit code `WRONG_USAGE`. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage'
}
