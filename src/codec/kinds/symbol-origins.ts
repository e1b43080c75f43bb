import { newIdentity, WeakTable } from '../../base/index.ts'

/*
 * A symbol that goes to another thread or process, and comes back or goes again, is the same one: each is known by an
 * identity on both sides.
 */

const idOf = new WeakMap<symbol, string>()
const known = new WeakTable<symbol>()

/** The identity that a symbol keeps wherever it travels. */
export function symbolId(symbol: symbol): string {
  return idOf.get(symbol) ?? keep(newIdentity(), symbol)
}

/** The symbol of this identity: the one that is here already, or a new one. */
export function symbolOf(id: string, description: string | undefined): symbol {
  const symbol = known.get(id) ?? Symbol(description)
  if (!idOf.has(symbol)) keep(id, symbol)
  return symbol
}

function keep(id: string, symbol: symbol): string {
  idOf.set(symbol, id)
  known.set(id, symbol)
  return id
}
