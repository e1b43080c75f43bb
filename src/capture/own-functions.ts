import { noteOwnClass } from '../base/index.ts'

/*
 * Functions of this package that travel: every worker has them already, so their name is enough. (The package is
 * bundled; looking for them among a bundle's exports would mean parsing all of it.)
 */
const byName = new Map<string, Function>()
const names = new WeakMap<Function, string>()
let shareMore: (() => void) | undefined

/** Makes a function of this package known by a name, on both sides. */
export function shareOwn(name: string, fn: Function): void {
  byName.set(name, fn)
  names.set(fn, name)
}

export function ownName(fn: Function): string | undefined {
  return names.get(fn)
}

/** Those that arrive rarely: `share` makes them known when the first unknown name does. */
export function shareOwnLater(share: () => void): void {
  shareMore = share
}

export function ownFunction(name: string): Function | undefined {
  if (!byName.has(name)) shareMore?.()
  return byName.get(name)
}

interface PublicName {
  /** The module's address. */
  readonly url: string
  readonly name: string
}

const published = new WeakMap<Function, PublicName>()

/**
 * Makes what a module exports known by its names there, where the engine can't tell: the library's one script is no
 * module, and what users import is only handed on. Without a `url` it is part of the program, and of each worker.
 */
export function publishExports(url: string | undefined, exports: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== 'function') continue
    if (url === undefined) shareOwn(`manycore.${name}`, value)
    else published.set(value, { url, name })
    noteOwnClass(value)
  }
}

export function publicName(fn: Function): PublicName | undefined {
  return published.get(fn)
}
