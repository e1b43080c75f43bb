import { inspect } from 'node:util'

const LONGEST = 60

/** A call as a user would write it, short: `resize('a.png', …)`. */
export function titleOf(name: string, args: readonly unknown[] | undefined): string {
  if (!args) return `${name}(…)`
  const first = args.length > 0 ? short(args[0]) : ''
  return `${name}(${first}${args.length > 1 ? ', …' : ''})`
}

/** A value in a few characters. */
export function short(value: unknown): string {
  let text: string
  try {
    text = inspect(value, {
      depth: 0,
      breakLength: Number.POSITIVE_INFINITY,
      maxArrayLength: 3,
      maxStringLength: LONGEST,
    })
  } catch {
    // A class may say how it is shown, and fail at it: the call's own ending matters more.
    return '…'
  }
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}
