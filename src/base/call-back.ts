import { describe } from './describe.ts'
import { stackText } from './stack-text.ts'

/**
 * Calls a function of the user's that only wants to hear of something: what it throws, at once or later, is shown as a
 * warning and stops nobody.
 * @param what says whose it is: `a done callback of …`
 */
export function callBack<A extends readonly unknown[]>(
  what: () => string,
  fn: (...args: A) => unknown,
  ...args: A
): void {
  const warn = (error: unknown): void =>
    process.emitWarning(`${what()} threw: ${textOf(error)}`, 'ManycoreWarning')
  try {
    const answer = fn(...args)
    if (typeof answer === 'object' && answer !== null) Promise.resolve(answer).catch(warn)
  } catch (error) {
    warn(error)
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? stackText(error) || error.message : describe(error)
}
