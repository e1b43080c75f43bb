import type { TextNode } from './function-node.ts'
import { isNativeText } from './natives.ts'
import { type Binding, isStrict, type Reference } from './bindings.ts'
import { type OwnProperty, ownProperty } from './properties.ts'
import type { Script } from './scripts.ts'
import { SharedVariables } from './shared-variables.ts'

/** Where a captured variable is in the graph, so that what the codec refuses below it can be told by its name. */
export interface Located {
  readonly path: string
  readonly thing: string
  readonly declaredAt: () => string | undefined
}

/** What the functions of one graph have to know of each other. */
export class GraphState {
  readonly variables = new SharedVariables()
  readonly strict: boolean
  readonly located: Located[] = []
  /** Where the captured variables of each function are declared. */
  readonly declarations = new Map<TextNode, ReadonlyMap<string, () => string | undefined>>()
  /** Functions of this graph that went by value: what is hung on them later could be seen through them. */
  readonly byValue = new Set<Function>()
  /** Bound arrows, whose `this` can be told. */
  readonly lexicalThis = new Map<Function, unknown>()
  readonly #usedAsValue = new Set<Function>()
  /** What could be hung on the functions and classes that went by value, as it was. */
  readonly #watches: Watch[] = []
  #stable = true

  constructor(strict: boolean) {
    this.strict = strict
  }

  unstable(): void {
    this.#stable = false
  }

  /** Nothing that the functions capture can change. When in doubt: false. */
  isStable(): boolean {
    return this.holdsWhileWatched() !== undefined && this.#watches.length === 0
  }

  /**
   * Nothing captured can change but what is hung on functions and classes: gives the question whether it has.
   * `undefined`: more can change.
   */
  holdsWhileWatched(): (() => boolean) | undefined {
    if (!this.#stable) return undefined
    for (const fn of this.#usedAsValue) if (this.byValue.has(fn)) this.watch(fn)
    return () => this.#watches.every(isAsBefore)
  }

  /** Others may look at what hangs on this object. */
  watch(object: object): void {
    if (!this.#watches.some(watch => watch.object.deref() === object)) this.#watches.push(watchOn(object))
  }

  locate(path: Located['path'], thing: string, declaredAt: Located['declaredAt']): void {
    this.located.push({ path, thing, declaredAt })
  }

  /** The last variable of the user's on the way to something inside a package. */
  userOf(url: string, path: string): { readonly thing: string; readonly at: string } | undefined {
    const onTheWay = isInPackage(url) ? this.located.filter(located => path.startsWith(located.path)) : []
    for (const { thing, declaredAt } of onTheWay.toSorted((a, b) => b.path.length - a.path.length)) {
      const at = declaredAt()
      if (at !== undefined && !isInPackage(at)) return { thing, at }
    }
    return undefined
  }

  /** Judges a captured variable: can it have another value the next time? */
  captured(
    value: unknown,
    binding: Binding | undefined,
    script: Script | undefined,
    references: readonly Reference[],
  ): void {
    if (!this.#stable) return
    if (!isFixed(value, binding, script)) return this.unstable()
    if (typeof value === 'object' && value !== null) return this.unstable()
    if (typeof value !== 'function' || isNativeText(value)) return
    if (references.some(r => r.role !== 'call')) this.#usedAsValue.add(value)
  }
}

export interface Watch {
  /** Weak: whoever asks has the function that leads to it. */
  readonly object: WeakRef<object>
  readonly above: object | null
  readonly keys: readonly PropertyKey[]
  readonly properties: readonly OwnProperty[]
}

export function watchOn(object: object): Watch {
  const keys = Reflect.ownKeys(object)
  return {
    object: new WeakRef(object),
    above: Object.getPrototypeOf(object) as object | null,
    keys,
    properties: keys.map(key => ownProperty(object, key)),
  }
}

export function isAsBefore({ object, above, keys, properties }: Watch): boolean {
  const now = object.deref()
  if (!now || Object.getPrototypeOf(now) !== above || Reflect.ownKeys(now).length !== keys.length)
    return false
  return keys.every(
    (key, i) =>
      Object.hasOwn(now, key) && isSameProperty(ownProperty(now, key), properties[i] as OwnProperty),
  )
}

function isSameProperty(now: OwnProperty, before: OwnProperty): boolean {
  return Object.is(now.value, before.value) && now.get === before.get && now.set === before.set
}

/** Nobody changes the file of a package. */
export function isInPackage(place: string): boolean {
  return place.includes('/node_modules/')
}

/** Its declaration gives this variable the one value it ever has, and has run: before that, it may read as `undefined`. */
export function isFixed(value: unknown, binding: Binding | undefined, script: Script | undefined): boolean {
  const analysis = script?.info?.analysis
  if (!analysis || analysis.eval || analysis.with || !binding) return false
  if (binding.writes > 0 || binding.declarations > 1 || !binding.settled) return false
  // Another module may assign to it.
  if (binding.kind === 'import') return false
  if (binding.kind !== 'param') return value !== undefined
  // Through `arguments` too.
  return script.isModule || isStrict(analysis.root)
}
