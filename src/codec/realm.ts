/*
 * Which built-in class is this the prototype of, in whichever realm? Test runners and `node:vm` run programs in
 * realms of their own, whose `Object.prototype` is another one; what crosses arrives in the receiver's realm,
 * so another realm's built-in classes count as ours.
 */

export const OBJECT: unknown = Object.prototype
export const ARRAY: unknown = Array.prototype

const NAMES = (
  'Object Array Map Set Date RegExp ArrayBuffer SharedArrayBuffer DataView ' +
  'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array ' +
  'Float16Array Float32Array Float64Array BigInt64Array BigUint64Array Buffer ' +
  'Number String Boolean BigInt Symbol URL URLSearchParams Headers DOMException ' +
  'Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError SuppressedError'
).split(' ')

/** `null` where it was looked at and is none. */
const known = new WeakMap<object, string | null>()

/** The built-in class of that name in this realm. */
export function builtinClass(name: string): (abstract new () => object) | undefined {
  if (!NAMES.includes(name)) return undefined
  const found: unknown = (globalThis as Record<string, unknown>)[name]
  return typeof found === 'function' ? (found as abstract new () => object) : undefined
}

/** The name of the built-in class that this is the prototype of. */
export function builtinName(proto: object | null): string | undefined {
  if (!proto) return undefined
  let name = known.get(proto)
  if (name === undefined) {
    name = lookUp(proto)
    known.set(proto, name)
  }
  return name ?? undefined
}

function lookUp(proto: object): string | null {
  const constructor = classAt(proto)
  if (!constructor) return isFrozenIntrinsic(proto) ? nameHere(proto) : null
  const { name } = constructor
  if (builtinClass(name) === constructor) return name
  if (!NAMES.includes(name)) return null
  // Another realm's: built into the engine, and not a bound function of the same name.
  return Function.prototype.toString.call(constructor) === `function ${name}() { [native code] }`
    ? name
    : null
}

/** Under --frozen-intrinsics getters tell what the properties of the built-in prototypes are. */
function isFrozenIntrinsic(proto: object): boolean {
  return Object.getOwnPropertyDescriptor(proto, 'constructor')?.get !== undefined && Object.isFrozen(proto)
}

function nameHere(proto: object): string | null {
  return NAMES.find(name => builtinClass(name)?.prototype === proto) ?? null
}

/** The class that this is the prototype of. Some have getters for all that is on it, such as AxiosHeaders. */
export function classAt(proto: object): Function | undefined {
  const property = Object.getOwnPropertyDescriptor(proto, 'constructor')
  const constructor: unknown = property?.get ? constructorFrom(proto, property.get) : property?.value
  return typeof constructor === 'function' && constructor.prototype === proto ? constructor : undefined
}

function constructorFrom(proto: object, getter: () => unknown): unknown {
  try {
    return getter.call(proto)
  } catch {
    // It wants an instance.
    return undefined
  }
}
