/** The command was called in a way that can't be carried out. Ends it with exit code 2. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage'
}
