/*
 * Where a program holds two copies of manycore, as when two packages want different versions, neither can send what
 * the other has made. Each notes its classes where both can look, so that it can be said.
 */

const KEY = Symbol.for('manycore.classes')

const ours = new WeakSet<object>()

/** Those of all copies in this thread. */
function all(): WeakSet<object> {
  const known = (globalThis as { [KEY]?: WeakSet<object> })[KEY]
  if (known) return known
  const made = new WeakSet<object>()
  Object.defineProperty(globalThis, KEY, { value: made })
  return made
}

/** This is a class of this copy. */
export function noteOwnClass(constructor: object): void {
  ours.add(constructor)
  all().add(constructor)
}

/** Is it a class of another copy? */
export function isOfAnotherCopy(constructor: object): boolean {
  return !ours.has(constructor) && all().has(constructor)
}

/** What to do about it. */
export const ONE_COPY =
  'Two copies of manycore are loaded in this program. Have all of it use one: `npm ls manycore` tells who brings which.'
