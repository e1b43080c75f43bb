import { isOfAnotherCopy } from '../base/index.ts'
import { builtinName } from '../codec/index.ts'
import { canInspect, inspectFunction } from './inspect.ts'
import { isNativeText, nativePath } from './natives.ts'
import { ownName, publicName } from './own-functions.ts'
import { parseFunction } from './parse.ts'
import { recipeOf } from './recipes.ts'
import { REFUSALS, type Refusal } from './refusals.ts'
import { placeOf } from './scripts.ts'
import { textOf } from './text.ts'

/*
 * May an instance cross as its class and its own properties? Not when something of it is where no property shows
 * it: private fields, or what a class of Node keeps of this thread (a socket, a file, a server).
 */

const verdicts = new WeakMap<Function, Refusal | 'travels'>()
let last: { readonly className: string; readonly refusal: Refusal } | undefined

export function carriesInstances(constructor: Function): boolean {
  const refusal = verdictOn(constructor)
  last = refusal && { className: constructor.name, refusal }
  return refusal === undefined
}

/** Why the instance that was asked about last may not cross, if it is of what was refused: `a Socket`. */
export function takeInstanceRefusal(refused: string): Refusal | undefined {
  const asked = last
  last = undefined
  return asked && refused.endsWith(` ${asked.className}`) ? asked.refusal : undefined
}

/** Built-in classes whose content the codec knows, or that have none. */
const COPYABLE =
  /^(Object|Boolean|Number|String|BigInt|Date|RegExp|(\w*Error)|Array|Map|Set|ArrayBuffer|SharedArrayBuffer|DataView|\w+\d+(Clamped)?Array|TypedArray|DOMException)$/

/** Classes of Node's of which it knows the content. */
const COPIED: ReadonlySet<string> = new Set(['Buffer', 'URL', 'URLSearchParams', 'Headers'])

/** Judges a class with those above it. */
function verdictOn(constructor: Function): Refusal | undefined {
  const known = verdicts.get(constructor)
  if (known) return known === 'travels' ? undefined : known
  const refusal = judge(constructor)
  verdicts.set(constructor, refusal ?? 'travels')
  return refusal
}

function judge(constructor: Function): Refusal | undefined {
  for (let at: Function | undefined = constructor; at; at = classAbove(at)) {
    if (isOfAnotherCopy(at)) return REFUSALS.otherCopy(at.name)
    if (COPIED.has(builtinName(at.prototype as object) ?? '')) continue
    if (isNativeText(at)) {
      if (COPYABLE.test(at.name)) continue
      return REFUSALS.uncopyable(at.name)
    }
    const module = moduleOfNode(at)
    if (module === 'node:events' || (module && isNamedError(at))) continue
    if (module) return ofNode(at, at === constructor && module !== 'globalThis' ? module : undefined)
    const [privateName] = privateNamesIn(at)
    if (privateName !== undefined) return REFUSALS.privateFields(constructor.name, privateName)
  }
  return undefined
}

function ofNode(constructor: Function, module: string | undefined): Refusal {
  const what = module === undefined ? constructor.name : `${constructor.name} (${module})`
  return holdsResource(constructor.prototype as object) ? REFUSALS.resource(what) : REFUSALS.ofNode(what)
}

/** What can be ended holds something until then. Runs no getter. */
function holdsResource(prototype: object): boolean {
  for (
    let at: object | null = prototype;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  )
    if (ENDS.some(name => Object.hasOwn(at, name))) return true
  return false
}

const ENDS = [
  'close',
  'destroy',
  'end',
  'abort',
  'cancel',
  'disconnect',
  'terminate',
  'kill',
  'unref',
  'pipe',
]

function classAbove(constructor: Function): Function | undefined {
  const above = Object.getPrototypeOf((constructor.prototype as object | undefined) ?? null) as {
    constructor?: unknown
  } | null
  return typeof above?.constructor === 'function' ? above.constructor : undefined
}

/** An error class of Node's that everybody can name, whose instances keep nothing but what the codec knows. */
function isNamedError(constructor: Function): boolean {
  if (builtinName(constructor.prototype as object) === 'DOMException') return true
  const isError = builtinName(classAbove(constructor)?.prototype as object) === 'Error'
  return isError && nativePath(constructor) !== undefined && privateNamesIn(constructor).length === 0
}

const platforms = new WeakMap<Function, boolean>()

/** Is this class one of Node's own, named or not? */
export function isPlatformClass(constructor: Function): boolean {
  const known = platforms.get(constructor)
  if (known !== undefined) return known
  const answer = moduleOfNode(constructor) !== undefined
  platforms.set(constructor, answer)
  return answer
}

/** The module of Node that a class is from. */
function moduleOfNode(constructor: Function): string | undefined {
  if (recipeOf(constructor)) return undefined
  const [place] = nativePath(constructor) ?? []
  if (place !== undefined) return place
  if (!canInspect()) return undefined
  const url = placeOf(textOf(constructor), inspectFunction(constructor))?.script.url
  return url?.startsWith('node:') ? url : undefined
}

/**
 * A private name that a method of a user's class over one of this package uses, by itself or by other methods that it
 * calls on `this`.
 */
export function privateNameUsedBy(constructor: Function, method: string): string | undefined {
  const classes = classesOver(constructor)
  const names = new Set(classes.flatMap(privateNamesIn))
  if (names.size === 0) return undefined
  const reached = new Set<string>([method])
  for (const name of reached) {
    for (const text of classes.flatMap(one => memberTexts(one.prototype as object, name))) {
      for (const [, used] of text.matchAll(/#([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu))
        if (names.has(used as string)) return used
      for (const [, called] of text.matchAll(
        /\b(?:this|super)\s*\??\.\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu,
      ))
        reached.add(called as string)
    }
  }
  return undefined
}

function classesOver(constructor: Function): Function[] {
  const classes: Function[] = []
  for (let at: Function | undefined = constructor; at && !isOurs(at); at = classAbove(at)) classes.push(at)
  return classes
}

function memberTexts(prototype: object, name: string): string[] {
  const { value, get, set } = Object.getOwnPropertyDescriptor(prototype, name) ?? {}
  return [value, get, set].filter(member => typeof member === 'function').map(textOf)
}

function isOurs(constructor: Function): boolean {
  return ownName(constructor) !== undefined || publicName(constructor) !== undefined
}

function privateNamesIn(constructor: Function): readonly string[] {
  const text = textOf(constructor)
  if (!text.includes('#')) return []
  try {
    return parseFunction(text).members?.privateNames ?? []
  } catch {
    return []
  }
}
