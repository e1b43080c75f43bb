import { checkKnown, createError, describe } from '../base/index.ts'
import { builtinName } from './realm.ts'

/** How instances of a registered class are taken apart and put together. */
export interface ClassOptions<T, P = unknown> {
  /** The name by which both sides know the class. Default: `Class.name`. */
  readonly name?: string
  /** Gives what crosses instead of the instance; anything that can cross. Default: its own properties. */
  readonly pack?: (instance: T) => P
  /** Makes the instance of what crossed. Default: an object of the class with those properties; no constructor runs. */
  readonly unpack?: (packed: P) => T
}

export interface ClassEntry {
  readonly name: string
  readonly prototype: object
  readonly pack: ((instance: object) => unknown) | undefined
  readonly unpack: ((packed: unknown) => unknown) | undefined
  /**
   * What it was registered with here, for a side that does not know it; and, should that not cross, the class alone. Empty
   * if it came from the other side.
   */
  readonly homes: readonly Home[]
}

export type Home = readonly [Class: unknown, pack: unknown, unpack: unknown] | readonly [Class: unknown]

type AnyClass<T> = abstract new (...args: never[]) => T

const byPrototype = new Map<unknown, ClassEntry>()
const byName = new Map<string, ClassEntry>()

/**
 * Lets instances of a class keep their class when they cross to another thread or process. Those without private fields
 * mostly do so unregistered. Call it where the class is declared; a side that does not know the class is told it.
 *
 * @param Class The class. Its subclasses are classes of their own and need a call each.
 * @param options `name` (default `Class.name`), `pack` and `unpack`: needed where the class has private fields.
 * @throws `UsageError` `UNKNOWN_OPTION`, `WRONG_OPTION` (not a class, no name, private fields without `pack` and `unpack`),
 *   `CLASS_NAME_TAKEN` (another class has the name).
 *
 * Semantics: beyond Python, where pickle finds a class by its module.
 * @example
 * class Point {
 *   constructor(x, y) { this.x = x; this.y = y }
 *   norm() { return Math.hypot(this.x, this.y) }
 * }
 * registerClass(Point)
 */
export function registerClass<T extends object, P = unknown>(
  Class: AnyClass<T>,
  options: ClassOptions<T, P> = {},
): void {
  const prototype: unknown = typeof Class === 'function' ? Class.prototype : undefined
  if (typeof prototype !== 'object' || prototype === null) {
    throw wrong('Class', describe(Class), 'a class')
  }
  checkKnown('registerClass', options, ['name', 'pack', 'unpack'], "{ name: 'Point' }")
  const name = options.name ?? Class.name
  if (typeof name !== 'string' || name === '') throw wrong('name', describe(name), 'the name of the class')
  const entry = entryOf(name, Class, options)
  const taken = byName.get(name)
  if (taken && taken.prototype !== prototype) throw createError('CLASS_NAME_TAKEN', { className: name })
  const before = byPrototype.get(prototype)
  if (before) byName.delete(before.name)
  byPrototype.set(prototype, entry)
  byName.set(name, entry)
}

/** Registers a class that the other side knows by this name, unless that has been done meanwhile. */
export function registerArrived(name: string, home: Home): void {
  // The class alone: if it has registered itself as it was made, good.
  if (byName.has(name) || home.length === 1) return
  const [Class, pack, unpack] = home
  const { prototype } = Class as { readonly prototype: object }
  const entry = { name, prototype, pack, unpack, homes: [] } as unknown as ClassEntry
  if (!byPrototype.has(prototype)) byPrototype.set(prototype, entry)
  byName.set(name, entry)
}

export function classOf(prototype: unknown): ClassEntry | undefined {
  return byPrototype.get(prototype)
}

export function classNamed(name: string): ClassEntry | undefined {
  return byName.get(name)
}

function entryOf<T extends object, P>(
  name: string,
  Class: AnyClass<T>,
  options: ClassOptions<T, P>,
): ClassEntry {
  const { pack, unpack } = options
  const { prototype } = Class
  for (const [option, value] of Object.entries({ pack, unpack })) {
    if (value !== undefined && typeof value !== 'function') throw wrong(option, describe(value), 'a function')
  }
  if (!pack !== !unpack) {
    throw wrong(pack ? 'unpack' : 'pack', 'nothing', `given too, as ${pack ? 'pack' : 'unpack'} is`)
  }
  const hidden = pack ? undefined : privateNameIn(prototype)
  if (hidden)
    throw wrong(
      'pack and unpack',
      'nothing',
      `given, for ${hidden} is seen by ${name}'s own code alone: ${waysFor(name)}`,
    )
  const ways = { pack: pack as ClassEntry['pack'], unpack: unpack as ClassEntry['unpack'] }
  return { name, prototype, ...ways, homes: [[Class, pack, unpack], [Class]] }
}

/** What to write for a class with private fields. */
export function waysFor(name: string): string {
  return `{ pack: it => [it.…], unpack: packed => new ${name}(...packed) }`
}

function wrong(option: string, got: string, expected: string): Error {
  return createError('WRONG_OPTION', { where: 'registerClass()', option, got, expected })
}

const COMMENTS_AND_STRINGS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g

/** A private name in the class's text or that of a class it extends. Nothing else tells. */
export function privateNameIn(prototype: object): string | undefined {
  // Built-in classes of a known kind have their private parts carried with their content.
  for (let at = prototype; at && !builtinName(at); at = Object.getPrototypeOf(at) as object) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value
    if (typeof constructor !== 'function') continue
    const text = Function.prototype.toString.call(constructor)
    if (!text.startsWith('class')) continue
    // Made here: a pattern with classes of Unicode would take every program a millisecond of its start.
    const found = /(?<![\p{ID_Continue}$])#[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(
      text.replace(COMMENTS_AND_STRINGS, ''),
    )
    if (found) return found[0]
  }
  return undefined
}
