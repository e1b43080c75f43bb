import { CALLS } from './error-table/calls.ts'
import { ENDINGS } from './error-table/endings.ts'
import type { ErrorRow } from './error-table/row.ts'
import { SHARING } from './error-table/sharing.ts'
import { TRAVEL } from './error-table/travel.ts'

/*
 * The table of errors: code → class, text, remedy. `docs/errors.md` is checked against it by a test.
 * A text says what happened to which thing; the remedy says what to do. Both together stay within three lines
 * unless they show a path or code.
 */

export const ERRORS = { ...CALLS, ...ENDINGS, ...TRAVEL, ...SHARING } as const

/** The code of an error of the table. */
export type ErrorCode = keyof typeof ERRORS
type FieldsOf<C extends ErrorCode> = Parameters<(typeof ERRORS)[C]['text']>[0]

/** A remote error keeps the text that it had; the others carry a remedy for the very case in their text. */
const WITH_OWN_REMEDY: ReadonlySet<ErrorCode> = new Set(['REMOTE', 'CANNOT_CAPTURE', 'CANNOT_CLONE'])

/**
 * Makes the error of a row: text and remedy as its message, the fields as its own properties.
 * The stack starts where `createError` was called from `above`, so that the user's line comes first.
 */
export function createError<C extends ErrorCode>(
  code: C,
  fields: FieldsOf<C>,
  options: { readonly cause?: unknown; readonly above?: (...args: never[]) => unknown } = {},
): InstanceType<(typeof ERRORS)[C]['family']> {
  const entry = ERRORS[code] as unknown as ErrorRow
  const text = entry.text(fields)
  const message = WITH_OWN_REMEDY.has(code) ? text : `${text}\n  ${entry.fix}`
  const error = new entry.family(code, message, 'cause' in options ? { cause: options.cause } : undefined)
  for (const [key, value] of Object.entries(fields)) {
    Object.defineProperty(error, key, { value, enumerable: true, configurable: true, writable: true })
  }
  if (options.above) Error.captureStackTrace(error, options.above)
  return error as InstanceType<(typeof ERRORS)[C]['family']>
}
