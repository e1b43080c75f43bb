/*
 * A function or class that went to a worker and comes back is the original again, and a class that comes twice is
 * built once, so that `instanceof` holds. The table holds nothing alive: an entry goes with its function.
 */

const here = `${process.pid.toString(36)}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`
let last = 0

const idOf = new WeakMap<Function, string>()
const homes = new Map<string, WeakRef<Function>>()
const gone = new FinalizationRegistry<string>(key => {
  if (!homes.get(key)?.deref()) homes.delete(key)
})

/** The identity that a function keeps wherever it travels. */
export function originOf(fn: Function): string {
  const known = idOf.get(fn)
  if (known) return known
  const id = `${here}.${++last}`
  idOf.set(fn, id)
  keep(id, fn)
  return id
}

/** The original, in the thread that it is from; elsewhere the class of this digest that was rebuilt before. */
export function atHome(id: string, digest: string | undefined): Function | undefined {
  if (id.startsWith(`${here}.`)) return homes.get(id)?.deref()
  return digest === undefined ? undefined : homes.get(`${id} ${digest}`)?.deref()
}

/** A function rebuilt here stands for the one of that identity. */
export function adopt(id: string, fn: Function, digest: string | undefined): void {
  idOf.set(fn, id)
  if (digest !== undefined) keep(`${id} ${digest}`, fn)
}

function keep(key: string, fn: Function): void {
  homes.set(key, new WeakRef(fn))
  gone.register(fn, key)
}
