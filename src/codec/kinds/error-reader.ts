import { CodecError, errorClasses, ManycoreError, stackText } from '../../base/index.ts'
import { classOf } from '../classes.ts'
import { CONFIGURABLE, ORDINARY, WRITABLE } from '../graph.ts'
import type { Slot } from '../kind.ts'
import type { GraphPacker } from '../packer.ts'
import { builtinName } from '../realm.ts'
import { reasonText } from '../reason.ts'
import { carriesErrors } from '../registry.ts'
import { type ErrorClass, type ErrorPayload, isError } from './error-form.ts'
import { isDOMException, isStandIn, platformClassOf } from './platform-errors.ts'

const OWN: ReadonlyMap<string, typeof ManycoreError> = new Map(
  Object.entries({ ManycoreError, ...errorClasses }),
)

/** The class of manycore's own errors with this name. */
export function ownClass(name: string): typeof ManycoreError | undefined {
  return OWN.get(name)
}

/** Properties with a place of their own in the payload, or that our side makes anew. */
const APART: ReadonlySet<unknown> = new Set(['message', 'stack', 'leftBehind'])

/** Reads an error that may do anything when it is touched. */
export class ErrorReader {
  readonly #error: Error
  readonly #packer: GraphPacker
  readonly #properties: Slot[] = []
  readonly #leftBehind: string[] = []

  constructor(error: Error, packer: GraphPacker) {
    this.#error = error
    this.#packer = packer
  }

  payload(): ErrorPayload {
    const prototype = Object.getPrototypeOf(this.#error) as object | null
    const className = this.#className(prototype)
    const errorClass = this.#class(prototype, className)
    const message = this.#text('message')
    const name = this.#text('name') || className
    this.#readProperties()
    const stack = this.#stack(`${name}: ${message ?? ''}`)
    const shownMessage = Object.hasOwn(this.#error, 'message') || message ? message : undefined
    return {
      class: errorClass,
      name: this.#ownsName(errorClass) ? name : className,
      message: shownMessage,
      stack,
      properties: this.#properties,
      leftBehind: [...this.#before(), ...this.#leftBehind],
    }
  }

  #className(prototype: object | null): string {
    try {
      const name: unknown = prototype?.constructor?.name
      return typeof name === 'string' && name !== '' ? name : 'Error'
    } catch {
      return 'Error'
    }
  }

  #class(prototype: object | null, className: string): ErrorClass {
    if (!prototype) return ['unknown']
    const entry = classOf(prototype)
    if (entry) return entry.pack ? this.#packed(entry.name, entry.pack) : ['registered', entry.name]
    const standard = builtinName(prototype)
    if (standard !== undefined) return ['builtin', standard]
    if (ownClass(className) && ManycoreError.is(this.#error)) return ['manycore', className]
    const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
    if (
      typeof constructor === 'function' &&
      !isStandIn(prototype) &&
      carriesErrors(constructor, this.#error)
    ) {
      // No word where it can't: the class is told by `remoteName` then.
      const graph = this.#packer.apart(constructor)
      if (graph) return ['carried', graph]
    }
    return this.#platformClass(prototype, className) ?? ['unknown']
  }

  #platformClass(prototype: object, className: string): ErrorClass | undefined {
    try {
      const hidden = platformClassOf(this.#error, prototype, className)
      return hidden && ['platform', hidden]
    } catch {
      return undefined
    }
  }

  /** Is it called by a name of its own, not by its class? That of a DOMException is kept inside, in no property. */
  #ownsName([how]: ErrorClass): boolean {
    return how === 'builtin' || how === 'platform' || isDOMException(this.#error)
  }

  #packed(name: string, pack: (instance: object) => unknown): ErrorClass {
    try {
      const packed = this.#attempt(pack(this.#error), '')
      return packed ? ['packed', name, packed.slot] : ['unknown']
    } catch (reason) {
      this.#leave('pack', reason)
      return ['unknown']
    }
  }

  /** What an earlier crossing left behind. */
  #before(): readonly string[] {
    const before = this.#get('leftBehind')
    return Array.isArray(before) ? before.filter((item): item is string => typeof item === 'string') : []
  }

  #readProperties(): void {
    for (const key of Reflect.ownKeys(this.#error)) {
      if (APART.has(key)) continue
      const property = Object.getOwnPropertyDescriptor(this.#error, key)
      // Symbols that don't show are marks of the platform's on its own errors.
      if (!property || (typeof key === 'symbol' && !property.enumerable)) continue
      const label = typeof key === 'symbol' ? `[${String(key)}]` : `.${key}`
      const child = this.#child(key, label)
      if (!child) continue
      const flags = property.enumerable ? ORDINARY : WRITABLE | CONFIGURABLE
      this.#properties.push(this.#packer.slot(key, ''), child.slot, flags)
    }
  }

  #child(key: string | symbol, label: string): { readonly slot: Slot } | undefined {
    try {
      const value: unknown = Reflect.get(this.#error, key)
      return this.#attempt(key === 'errors' && Array.isArray(value) ? this.#each(value) : value, label)
    } catch (reason) {
      this.#leave(label, reason)
      return undefined
    }
  }

  /** The errors of an AggregateError one by one: one that can't cross takes no other with it. */
  #each(values: readonly unknown[]): readonly unknown[] {
    return values.map((value, i) => (this.#attempt(value, `.errors[${i}]`) ? value : undefined))
  }

  #attempt(value: unknown, label: string): { readonly slot: Slot } | undefined {
    // Another error never fails, so a long chain of causes needs no attempts within attempts.
    if (isError(value)) return { slot: this.#packer.slot(value, label) }
    const outcome = this.#packer.attempt(value, label)
    if ('slot' in outcome) return outcome
    this.#leave(label, outcome.reason)
    return undefined
  }

  #leave(label: string, reason: unknown): void {
    const kind = reason instanceof CodecError ? (reason as { readonly kind?: unknown }).kind : undefined
    this.#leftBehind.push(
      `${label.replace(/^\./, '')}: ${typeof kind === 'string' ? kind : reasonText(reason)}`,
    )
  }

  /** The first line, the header, is missing where the program's own `prepareStackTrace` gives call sites. */
  #stack(header: string): string {
    const stack = this.#text('stack')
    if (stack !== undefined) return stack
    const calls = stackText(this.#error)
    return calls === '' ? header : `${header}\n${calls}`
  }

  #text(key: 'message' | 'name' | 'stack'): string | undefined {
    const value = this.#get(key)
    return typeof value === 'string' ? value : undefined
  }

  #get(key: string): unknown {
    try {
      return Reflect.get(this.#error, key)
    } catch {
      return undefined
    }
  }
}
