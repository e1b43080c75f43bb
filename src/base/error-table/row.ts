import type { ManycoreError } from '../manycore-error.ts'

/** The fields of an error: they fill the text and become own properties of the error. */
export type Fields = Readonly<Record<string, unknown>>

/** One row of the table. */
export interface ErrorRow<F extends Fields = Fields> {
  readonly family: new (
    code: string,
    message: string,
    options?: { readonly cause?: unknown },
  ) => ManycoreError
  readonly text: (fields: F) => string
  readonly fix: string
}

/** Writes one. */
export function row<F extends Fields>(
  family: ErrorRow['family'],
  text: (fields: F) => string,
  fix: string,
): ErrorRow<F> {
  return { family, text, fix }
}
