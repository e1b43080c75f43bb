import { builtinClass, builtinName } from '../realm.ts'
import { isPlatformClass } from '../registry.ts'

/*
 * Most errors that Node itself throws are of classes that nobody can name: they say that their constructor is
 * TypeError, and stand between TypeError and the error only to put the code into its text. Over there a class of the
 * same name stands in for each, below the nearest one that both sides have.
 */

/** What is known of a class that the platform keeps to itself. */
export interface PlatformClass {
  /** The nearest class above it that both sides have. */
  readonly above: string
  readonly name: string
  /** The text of its errors shows their code. */
  readonly coded: boolean
}

const standIns = new Map<string, object>()
const classes = new WeakMap<object, PlatformClass>()

/** The class of an error, if the platform keeps it to itself. */
export function platformClassOf(error: Error, prototype: object, name: string): PlatformClass | undefined {
  const known = classes.get(prototype)
  if (known) return known
  const above = nearestClass(prototype)
  return above === undefined ? undefined : { above, name, coded: String(error) === codedText(error) }
}

/** Is this the prototype of a class that stands in for one? */
export function isStandIn(prototype: object): boolean {
  return classes.has(prototype)
}

/** The nearest class that both sides have, where all that is below it is the platform's own. */
function nearestClass(prototype: object): string | undefined {
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at) as object | null) {
    const name = builtinName(at)
    if (name !== undefined) return name === 'Object' ? undefined : name
    if (!isHidden(at)) return undefined
  }
  return undefined
}

function isHidden(prototype: object): boolean {
  const { value, get } = Object.getOwnPropertyDescriptor(prototype, 'constructor') ?? {}
  const constructor: unknown = value ?? get?.call(prototype)
  if (typeof constructor !== 'function') return false
  const saysBuiltIn = get !== undefined && builtinName(constructor.prototype as object | null) !== undefined
  return saysBuiltIn || isPlatformClass(constructor)
}

function codedText({ name, code, message }: Error & { readonly code?: unknown }): string {
  return `${name} [${String(code)}]: ${message}`
}

/** The prototype of the class that stands in for one. */
export function standInFor(platformClass: PlatformClass): object | undefined {
  const { above, name, coded } = platformClass
  const Above = builtinClass(above) as ErrorConstructor | undefined
  if (!Above || (name === above && !coded)) return Above?.prototype
  const key = `${above} ${name} ${coded}`
  const known = standIns.get(key)
  if (known) return known
  // One that says it is the class above has no constructor of its own.
  const made =
    name === above
      ? (Object.create(Above.prototype) as object)
      : (classBelow(Above, name).prototype as object)
  if (coded)
    Object.defineProperty(made, 'toString', { value: toCodedText, writable: true, configurable: true })
  standIns.set(key, made)
  classes.set(made, platformClass)
  return made
}

function classBelow(Above: ErrorConstructor, name: string): Function {
  const Class = class extends Above {}
  Object.defineProperty(Class, 'name', { value: name })
  return Class
}

function toCodedText(this: Error): string {
  return codedText(this)
}

/** A DOMException, or the prototype of one: message and name are inside, not properties. By name: the global loads it. */
export function isDOMException(value: object | undefined): boolean {
  for (let at = value; at; at = Object.getPrototypeOf(at) as object | undefined)
    if (builtinName(at) === 'DOMException') return true
  return false
}
