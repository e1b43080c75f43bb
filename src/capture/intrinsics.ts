/*
 * What the language has without a name of its own: only what it makes leads there.
 */

const above = (value: unknown): unknown => Object.getPrototypeOf(value)

/** How each is reached, by the name that the language's standard gives it. */
const WAYS: Readonly<Record<string, () => unknown>> = {
  IteratorPrototype: () => above(above([][Symbol.iterator]())),
  ArrayIteratorPrototype: () => above([][Symbol.iterator]()),
  MapIteratorPrototype: () => above(new Map()[Symbol.iterator]()),
  SetIteratorPrototype: () => above(new Set()[Symbol.iterator]()),
  StringIteratorPrototype: () => above(''[Symbol.iterator]()),
  RegExpStringIteratorPrototype: () => above(''.matchAll(/x/g)),
  AsyncIteratorPrototype: () => above(above(async function* () {}.prototype)),
  GeneratorFunction: () => function* () {}.constructor,
  GeneratorFunctionPrototype: () => above(function* () {}),
  GeneratorPrototype: () => above(function* () {}.prototype),
  AsyncGeneratorFunction: () => async function* () {}.constructor,
  AsyncGeneratorFunctionPrototype: () => above(async function* () {}),
  AsyncGeneratorPrototype: () => above(async function* () {}.prototype),
  AsyncFunction: () => async function () {}.constructor,
  AsyncFunctionPrototype: () => above(async function () {}),
  TypedArray: () => above(Uint8Array),
  TypedArrayPrototype: () => above(Uint8Array.prototype),
}

export function intrinsic(name: string): unknown {
  return WAYS[name]?.()
}

let names: ReadonlyMap<unknown, string> | undefined

/** All of them with their names. */
export function intrinsicNames(): ReadonlyMap<unknown, string> {
  names ??= new Map(Object.entries(WAYS).map(([name, reach]) => [reach(), name]))
  return names
}

/** Do programs make iterators of their own over this? */
export function isIteratorBase(value: unknown): boolean {
  const name = intrinsicNames().get(value)
  return name === 'IteratorPrototype' || name === 'AsyncIteratorPrototype'
}
