/*
 * A function or class that went to a worker and comes back is the original again, and a class that comes twice is
 * built once, so that `instanceof` holds; so are the WeakMaps in which compilers keep its private members. The table holds nothing alive: an entry goes with what it is about.
 */

const here = `${process.pid.toString(36)}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`
let last = 0

const idOf = new WeakMap<object, string>()
const homes = new Map<string, WeakRef<object>>()
const gone = new FinalizationRegistry<string>(key => {
  if (!homes.get(key)?.deref()) homes.delete(key)
})

/** The identity that a function, or a weak collection, keeps wherever it travels. */
export function originOf(thing: object): string {
  const known = idOf.get(thing)
  if (known) return known
  const id = `${here}.${++last}`
  idOf.set(thing, id)
  keep(id, thing)
  return id
}

/** The original, in the thread that it is from; elsewhere the class of this digest that was rebuilt before. */
export function atHome(id: string, digest: string | undefined): object | undefined {
  if (id.startsWith(`${here}.`)) return homes.get(id)?.deref()
  return digest === undefined ? undefined : homes.get(`${id} ${digest}`)?.deref()
}

/** What was rebuilt here stands for the one of that identity. */
export function adopt(id: string, thing: object, digest: string | undefined): void {
  idOf.set(thing, id)
  if (digest !== undefined) keep(`${id} ${digest}`, thing)
}

function keep(key: string, thing: object): void {
  homes.set(key, new WeakRef(thing))
  gone.register(thing, key)
}
