import { createError, describe } from '../base/index.ts'
import type { NumberView } from '../memory/index.ts'
import type { Scalar } from './typecodes.ts'

/*
 * Texts in arrays of characters: up to the first zero, as in C.
 */

export function readText(view: NumberView, scalar: Scalar): string {
  let text = ''
  for (const code of view) {
    if (!code) break
    text += scalar.decode(code)
  }
  return text
}

/** Nothing is stored unless all of it fits; what remains of the array becomes zero. Throws `VALUE_DOES_NOT_FIT`. */
export function writeText(view: NumberView, scalar: Scalar, text: unknown, what: string): void {
  const codes = typeof text === 'string' ? Array.from(text, one => scalar.encode(one)) : undefined
  if (!codes || codes.length > view.length || codes.some(code => !code)) {
    const expected = `a text of at most ${view.length} times ${scalar.takes}, without U+0000`
    throw createError('VALUE_DOES_NOT_FIT', { what, type: scalar.name, got: describe(text), expected })
  }
  view.fill(0 as never)
  view.set(codes as never)
}
