import type { Packer } from '../codec/index.ts'
import type { Sight } from './sights.ts'

/*
 * A capture may meet a function many times: the digest of each class is a walk of its own through all that the class
 * leads to. Nothing changes meanwhile, so each is looked at once. What was seen is let go of with the capture.
 */
export interface Looks {
  readonly sights: Map<Function, Sight>
  /** Under which name the `module.exports` of a CommonJS module has what it has. */
  readonly exports: Map<object, ReadonlyMap<unknown, string>>
}

let around: Looks | undefined

/** What the capture that is going on has seen so far. */
export function looksOf(packer: Packer): Looks {
  return around ?? packer.memo('looks', () => ({ sights: new Map(), exports: new Map() }))
}

/** Runs `inside`, whose walks belong to the same capture. */
export function withLooksOf<R>(packer: Packer, inside: () => R): R {
  const before = around
  around = looksOf(packer)
  try {
    return inside()
  } finally {
    around = before
  }
}
