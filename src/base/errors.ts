import { type ErrorCode, type ERRORS, rowOf } from './error-table/index.ts'

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
  const entry = rowOf(code)
  const text = entry.text(fields)
  const message = WITH_OWN_REMEDY.has(code) ? text : `${text}\n  ${entry.fix}`
  const error = new entry.family(code, message, 'cause' in options ? { cause: options.cause } : undefined)
  for (const [key, value] of Object.entries(fields)) {
    Object.defineProperty(error, key, { value, enumerable: true, configurable: true, writable: true })
  }
  if (options.above) Error.captureStackTrace(error, options.above)
  return error as InstanceType<(typeof ERRORS)[C]['family']>
}
