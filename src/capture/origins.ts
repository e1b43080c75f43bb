/*
 * A function or class that went to a worker and comes back is the original again, so that `instanceof` holds. The
 * table holds nothing alive: an entry goes with its function.
 */

const here = `${process.pid.toString(36)}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`
let last = 0

const idOf = new WeakMap<Function, string>()
const homes = new Map<string, WeakRef<Function>>()
const gone = new FinalizationRegistry<string>(id => homes.delete(id))

/** The identity that a function keeps wherever it travels. */
export function originOf(fn: Function): string {
  const known = idOf.get(fn)
  if (known) return known
  const id = `${here}.${++last}`
  adopt(id, fn)
  return id
}

/** The function of this identity in this thread: the original, or the one that was rebuilt from it before. */
export function atHome(id: string): Function | undefined {
  return homes.get(id)?.deref()
}

/** Was this function first seen in this thread? */
export function isFromHere(id: string): boolean {
  return id.startsWith(`${here}.`)
}

/** A function rebuilt here stands for the one of that identity. */
export function adopt(id: string, fn: Function): void {
  idOf.set(fn, id)
  homes.set(id, new WeakRef(fn))
  gone.register(fn, id)
}
