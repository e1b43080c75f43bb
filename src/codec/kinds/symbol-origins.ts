/*
 * A symbol that goes to another thread or process, and comes back or goes again, is the same one: each is known by an
 * identity on both sides. The table holds no symbol alive.
 */

const here = `${process.pid.toString(36)}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`
let last = 0

const idOf = new WeakMap<symbol, string>()
const known = new Map<string, WeakRef<symbol>>()
const gone = new FinalizationRegistry<string>(id => {
  if (!known.get(id)?.deref()) known.delete(id)
})

/** The identity that a symbol keeps wherever it travels. */
export function symbolId(symbol: symbol): string {
  const id = idOf.get(symbol)
  if (id !== undefined) return id
  return keep(`${here}.${++last}`, symbol)
}

/** The symbol of this identity: the one that is here already, or a new one. */
export function symbolOf(id: string, description: string | undefined): symbol {
  const symbol = known.get(id)?.deref() ?? Symbol(description)
  if (!idOf.has(symbol)) keep(id, symbol)
  return symbol
}

function keep(id: string, symbol: symbol): string {
  idOf.set(symbol, id)
  known.set(id, new WeakRef(symbol))
  gone.register(symbol, id)
  return id
}
