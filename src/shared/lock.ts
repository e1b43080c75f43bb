import { checkKnown, createError, describe } from '../base/index.ts'
import { Lock, RLock } from '../sync/index.ts'

/** What protects a value: `true` (a new `RLock`, the default), `false` (nothing), or a lock that is there already. */
export type LockOption = boolean | Lock | RLock

/** What `new Value` and `new SharedArray` take. */
export interface SharingOptions<L extends LockOption = LockOption> {
  /** What protects it: `true` (a new `RLock`, default), a `Lock` or `RLock` to share with others, `false` (nothing). */
  readonly lock?: L
}

/** The lock that an option stands for. Throws `WRONG_OPTION`, `UNKNOWN_OPTION`. */
export function lockFor(options: SharingOptions = {}, where: string): Lock | RLock | undefined {
  checkKnown(where, options, ['lock'], '{ lock: false }')
  const { lock = true } = options
  if (lock === true) return new RLock()
  if (lock === false) return undefined
  if (lock instanceof Lock || lock instanceof RLock) return lock
  const expected = 'true, false, a Lock or an RLock'
  throw createError('WRONG_OPTION', { where, option: 'lock', got: describe(lock), expected })
}
