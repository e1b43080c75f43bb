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

/** Refuses what is no function. */
export function checkFunction(where: string, fn: unknown): asserts fn is Function {
  if (typeof fn !== 'function') throw createError('NOT_A_FUNCTION', { where, got: describe(fn) })
}

/** Refuses what can't be read item by item, here and now. */
export function checkIterable(where: string, items: unknown): void {
  const isIterable = typeof (items as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === 'function'
  if (!isIterable) throw createError('NOT_ITERABLE', { where, got: describe(items) })
}
