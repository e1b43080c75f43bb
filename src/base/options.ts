import { describe } from './describe.ts'
import { createError } from './errors.ts'

/**
 * Refuses what is no object of options, and options that there are not.
 * @param known the options that there are
 * @param example such an object, as its text
 */
export function checkKnown(where: string, options: unknown, known: readonly string[], example: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const expected = `an object of ${known.join(', ')}, such as ${example}`
    throw createError('WRONG_OPTION', { where, option: 'options', got: describe(options), expected })
  }
  for (const option of Object.keys(options))
    if (!known.includes(option))
      throw createError('UNKNOWN_OPTION', { where, option, known: known.join(', ') })
}

/** The same of one that has to be one of a few. */
export function checkOneOf(where: string, option: string, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return
  const expected = choices
    .map(choice => (typeof choice === 'string' ? `'${choice}'` : String(choice)))
    .join(' or ')
  throw createError('WRONG_OPTION', { where, option, got: describe(value), expected })
}
