import { sharePool } from '../pool/support.ts'
import type { Kind } from '../support/index.ts'

/** Has a worker run `target`, and gives what it returns. */
export type Start = <A extends readonly unknown[], R>(
  target: (...args: A) => R | PromiseLike<R>,
  ...args: A
) => Promise<R>

/**
 * Workers that stay, for suites that are about what workers do and not about how they begin and end: a new one for each
 * target takes longer to start than most such tests take. Up to `size` targets run at once, each in a worker of its own.
 */
export function crewOf(kind: Kind, size: number): Start {
  const inPool = sharePool(kind, { processes: size })
  return (target, ...args) => inPool(async pool => pool.apply(target, args) as Promise<never>)
}
