import { describe } from 'node:test'

/** Where the work of a test runs. */
export interface Kind {
  readonly name: 'threads' | 'processes'
  /** The one of the two that belongs to this kind: `kind.pick(ThreadPool, Pool)`. */
  pick<T, P>(threads: T, processes: P): T | P
}

const KINDS: readonly Kind[] = [
  { name: 'threads', pick: threads => threads },
  { name: 'processes', pick: (_, processes) => processes },
]

/**
 * Declares the same tests twice, in a suite `threads` and a suite `processes`. The conformance table reads
 * these two names to tell on which kinds a numbered test ran.
 * @example eachKind(kind => { test('C85 a size of 0 is refused', { timeout: 5000 }, () => { … }) })
 */
export function eachKind(body: (kind: Kind) => void): void {
  for (const kind of KINDS) describe(kind.name, () => body(kind))
}
