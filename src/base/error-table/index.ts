import { CALLS } from './calls.ts'
import { ENDINGS } from './endings.ts'
import type { ErrorRow } from './row.ts'
import { SHARING } from './sharing.ts'
import { TRAVEL } from './travel.ts'

/*
 * The table of errors: code → class, text, remedy. `docs/errors.md` is checked against it by a test.
 * A text says what happened to which thing; the remedy says what to do. Both together stay within three lines
 * unless they show a path or code.
 */

export const ERRORS = { ...CALLS, ...ENDINGS, ...TRAVEL, ...SHARING } as const

/** The code of an error of the table. */
export type ErrorCode = keyof typeof ERRORS

export function rowOf(code: ErrorCode): ErrorRow {
  return ERRORS[code] as unknown as ErrorRow
}
