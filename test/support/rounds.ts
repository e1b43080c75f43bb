/** Whether the tests do all that they can: `npm run stress` wants that; `npm test` has time for a part. */
export const thorough: boolean = process.env['MANYCORE_TESTS'] === 'thorough'

/** How often, how many, how large: in `npm test`, and in `npm run stress`. */
export function rounds(few: number, many: number): number {
  return thorough ? many : few
}

/**
 * Of combinations that `npm run stress` tries all, a part for `npm test`: the `row`-th of them is tried with every
 * `of`-th column only, another one in each row, so that each column comes with rows of every kind.
 */
export function everyFew<T>(columns: readonly T[], row: number, of: number): readonly T[] {
  return thorough ? columns : columns.filter((_, column) => (column + row) % of === 0)
}
