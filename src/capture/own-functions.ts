/*
 * Functions of this package that travel: every worker has them already, so their name is enough. (The package is
 * bundled; looking for them among a bundle's exports would mean parsing all of it.)
 */
const byName = new Map<string, Function>()
const names = new WeakMap<Function, string>()

/** Makes a function of this package known by a name, on both sides. */
export function shareOwn(name: string, fn: Function): void {
  byName.set(name, fn)
  names.set(fn, name)
}

export function ownName(fn: Function): string | undefined {
  return names.get(fn)
}

export function ownFunction(name: string): Function | undefined {
  return byName.get(name)
}
