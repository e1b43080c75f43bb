import type { Packer } from '../codec/index.ts'
import { inspectFunction, type Inspected } from './inspect.ts'
import { recipeOf } from './recipes.ts'
import { type Place, placeOf, scriptAt } from './scripts.ts'
import type { Sight } from './sights.ts'
import { textOf } from './text.ts'

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

/** Looks at a function, or remembers what was seen. */
export function lookAt(fn: Function, { sights }: Looks): Sight {
  const known = sights.get(fn)
  if (known) return known
  const inspected = inspectFunction(fn)
  const seen = { inspected, place: placeFor(fn, inspected) }
  sights.set(fn, seen)
  return seen
}

function placeFor(fn: Function, inspected: Inspected): Place | undefined {
  const recipe = recipeOf(fn)
  if (!recipe) return placeOf(textOf(fn), inspected)
  const { url, line, column, strict: isModule } = recipe
  return { script: scriptAt(url, isModule), line, column, offset: undefined }
}
