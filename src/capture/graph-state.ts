import type { TextNode } from './function-node.ts'
import { isNativeText } from './natives.ts'
import type { Reference } from './bindings.ts'
import { SharedVariables } from './shared-variables.ts'
import { isAsBefore, type Watch, watchOf } from './watches.ts'

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
  readonly #watches = new Map<object, Watch>()
  /** Names that stood for nothing. */
  readonly #absent: { readonly global: WeakRef<object>; readonly name: string }[] = []
  #stable = true

  constructor(strict: boolean) {
    this.strict = strict
  }

  unstable(): void {
    this.#stable = false
  }

  /** Nothing that the functions capture can change. When in doubt: false. */
  isStable(): boolean {
    return this.holdsWhileWatched() !== undefined && this.#watches.size === 0 && this.#absent.length === 0
  }

  /**
   * Nothing captured can change but what is hung on functions, classes and the global object: gives the question
   * whether it has.
   * `undefined`: more can change.
   */
  holdsWhileWatched(): (() => boolean) | undefined {
    if (!this.#stable) return undefined
    for (const fn of this.#usedAsValue) if (this.byValue.has(fn)) this.watch(fn)
    const watches = Array.from(this.#watches.values())
    const absent = this.#absent
    return () => watches.every(isAsBefore) && absent.every(stillAbsent)
  }

  /** This name means nothing, until the program gives the global object such a property. */
  absent(global: object, name: string): void {
    this.#absent.push({ global: new WeakRef(global), name })
  }

  /** Others may look at what hangs on this object. */
  watch(object: object): void {
    if (!this.#watches.has(object)) this.#watches.set(object, watchOf(object))
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
  captured(value: unknown, fixed: boolean, references: readonly Reference[]): void {
    if (!this.#stable) return
    if (!fixed) return this.unstable()
    if (typeof value === 'object' && value !== null) return this.unstable()
    if (typeof value !== 'function' || isNativeText(value)) return
    if (references.some(r => r.role !== 'call')) this.#usedAsValue.add(value)
  }
}

function stillAbsent({ global, name }: { readonly global: WeakRef<object>; readonly name: string }): boolean {
  const now = global.deref()
  return now !== undefined && !Object.hasOwn(now, name)
}

/** Nobody changes the file of a package. */
export function isInPackage(place: string): boolean {
  return place.includes('/node_modules/')
}
