import { isFromHere, newIdentity, WeakTable } from '../base/index.ts'

/*
 * A function or class that went to a worker and comes back is the original again, and a class that comes twice is
 * built once, so that `instanceof` holds; so are the WeakMaps in which compilers keep its private members.
 */

const idOf = new WeakMap<object, string>()
const homes = new WeakTable<object>()

/** The identity that a function, or a weak collection, keeps wherever it travels. */
export function originOf(thing: object): string {
  const known = idOf.get(thing)
  if (known) return known
  const id = newIdentity()
  idOf.set(thing, id)
  homes.set(id, thing)
  return id
}

/** The original, in the thread that it is from; elsewhere the class of this digest that was rebuilt before. */
export function atHome(id: string, digest: string | undefined): object | undefined {
  if (isFromHere(id)) return homes.get(id)
  return digest === undefined ? undefined : homes.get(`${id} ${digest}`)
}

/** What was rebuilt here stands for the one of that identity. */
export function adopt(id: string, thing: object, digest: string | undefined): void {
  idOf.set(thing, id)
  if (digest !== undefined) homes.set(`${id} ${digest}`, thing)
}
