import { createError, ManycoreError } from '../../base/index.ts'
import { collectSoon } from '../crowd.ts'

const TOO_MANY = 'too many files are open'
const EMFILE = 24
const ENFILE = 23

/** The error for memory that no file could be opened for. */
export function noFile(error: unknown, size = 0): Error {
  if (error instanceof ManycoreError) return error
  const { code } = error as NodeJS.ErrnoException
  const reason = tooMany(error) ?? `the system refuses (${code})`
  return createError('MEMORY_FULL', { size, reason }, { cause: error })
}

/** The same by the C library's number. */
export function noFileBy(errno: number): Error {
  if (errno !== EMFILE && errno !== ENFILE) {
    return createError('MEMORY_FULL', { size: 0, reason: `the system refuses (${errno})` })
  }
  collectSoon()
  return createError('MEMORY_FULL', { size: 0, reason: TOO_MANY })
}

/** Says so when there are too many open files. Some of them may be of what was dropped. */
export function tooMany(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'EMFILE' && code !== 'ENFILE') return undefined
  collectSoon()
  return TOO_MANY
}
