import type { CaptureError } from '../base/index.ts'
import { createError, ONE_COPY } from '../base/index.ts'
import type { Home } from './home-object.ts'

/** What is wrong with a thing that can't travel, before it is known how it was reached. */
export interface Refusal {
  /** `Promise`, `lexical this`, `Socket (node:net)`. */
  readonly kind: string
  /** A clause about the thing: `it is a Promise`. */
  readonly because: string
  /** What to write instead. */
  readonly remedy: string
}

function withArticle(name: string): string {
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
}

/** Instead of `super`, or of a private name. */
const INSTEAD: Readonly<Record<Home, string>> = {
  'of a class':
    'Pass the method bound to its object, object.method.bind(object), or, where another function wraps it, export the class from a module of its own.',
  'of an object':
    'Make it a method of a class and pass that bound to its object, or write what super means by its name: Object.prototype.toString.call(this).',
  'of what is around':
    'Make it a method of the class and pass that bound: object.method.bind(object), Class.method.bind(Class); or copy what it needs to a const first.',
}

/*
 * The rows of the guide's table of refusals.
 */
/** The kind of a variable whose declaration has not run. */
export const TOO_EARLY = 'uninitialised variable'

export const REFUSALS = {
  resource: (kind: string): Refusal => ({
    kind,
    because: `it is ${withArticle(kind)}, which holds something of this thread that no other can use`,
    remedy: 'Make it inside the function, or in a module of its own that the function imports.',
  }),
  ofNode: (kind: string): Refusal => ({
    kind,
    because: `it is ${withArticle(kind)}, and only Node's own code can see all of what it holds`,
    remedy: 'Copy the values that the function needs to a const first, or make it inside the function.',
  }),
  promise: (): Refusal => ({
    kind: 'Promise',
    because: 'it is a Promise, and its result is still in this thread',
    remedy: 'Await it first and use its value: const value = await promise.',
  }),
  uncopyable: (kind: string): Refusal => ({
    kind,
    because: `it is ${withArticle(kind)}, which no copy can stand for`,
    remedy: 'Send the plain values that the function needs, or make it inside the function.',
  }),
  unreadable: (inside: string, reason: string): Refusal => ({
    kind: 'unreadable property',
    because: `reading ${inside === '' ? 'it' : `its ${inside}`} throws: ${reason}`,
    remedy:
      'Copy the values that the function needs to a const first; a copy of an object reads all its properties.',
  }),
  privateFields: (className: string, privateName: string): Refusal => ({
    kind: 'instance with private fields',
    because: `it is ${withArticle(className)}, whose private #${privateName} can't be filled in from outside`,
    remedy:
      'Make the instance inside the function, or registerClass() it with a pack() and an unpack() of its own.',
  }),
  otherCopy: (className: string): Refusal => ({
    kind: 'object of another manycore',
    because: `it is ${withArticle(className)} of another copy of manycore than the one that sends it`,
    remedy: ONE_COPY,
  }),
  lexicalThis: (): Refusal => ({
    kind: 'lexical this',
    because: 'it uses `this` of the function around it, which nobody outside can read',
    remedy: 'Add .bind(this), or copy what it needs first: const { size } = this.',
  }),
  lexicalNewTarget: (): Refusal => ({
    kind: 'lexical new.target',
    because: 'it uses `new.target` of the function around it, which nobody outside can read',
    remedy: 'Copy it first: const target = new.target.',
  }),
  homeObject: (what: string, home: Home): Refusal => ({
    kind: what === 'super' ? 'super' : 'private name',
    because: `it uses ${what === 'super' ? '`super`' : `the private name #${what}`}, which belongs to the object or class around it`,
    remedy: INSTEAD[home],
  }),
  ambiguous: (variable: string): Refusal => ({
    kind: 'ambiguous closure',
    because: `another closure of the function around it is sent along, and nothing tells whether both share the variable ${variable}, which one of them changes`,
    remedy:
      `Keep such state in an object, const state = { ${variable} }, or send the object on which both closures are; ` +
      'then sharing is plain.',
  }),
  internal: (module: string | undefined): Refusal => ({
    kind: 'function internal to Node',
    because: `it was made inside Node itself${module ? ` (${module})` : ''} and has no name that a worker could find`,
    remedy:
      'Make it where it is used, in a function of your own: (...args) => promisify(readFile)(...args), of what can be imported.',
  }),
  tooEarly: (variable: string): Refusal => ({
    kind: TOO_EARLY,
    because: `the variable ${variable} has no value yet: its declaration runs later`,
    remedy: 'Send the function after that line, or move the declaration up.',
  }),
  unreadClosure: (variable: string): Refusal => ({
    kind: 'unreadable closure',
    because: `it uses ${variable} from around it, and this runtime lets nobody read what a function captures`,
    remedy:
      'Pass it as an argument, or export the function from a module, or run the program with Node, which under ' +
      '--permission needs --allow-inspector, too.',
  }),
  fieldKey: (key: string, variable: string): Refusal => ({
    kind: 'computed key of a field',
    because: `the key [${key}] of a field of its instances uses the variable ${variable}, which nobody can read as it was`,
    remedy: `Write the name itself, or set it in the constructor: this[${key}] = ….`,
  }),
  eval: (): Refusal => ({
    kind: 'direct eval',
    because: 'it calls eval(), so nobody can say which variables it uses',
    remedy: 'Use indirect eval, (0, eval)(text), or new Function(text), which see global names only.',
  }),
  unparsable: (reason: string): Refusal => ({
    kind: 'unparsable source',
    because: `its source can't be read: ${reason}`,
    remedy: 'Export the function from a module, so that it travels by reference.',
  }),
  assigned: (variable: string): Refusal => ({
    kind: 'assigned captured variable',
    because: `it assigns to the variable ${variable}, but in the worker only a copy would change`,
    remedy:
      'Return the new value and assign it here, or share it: new Value() changes for everyone. Without strict this is a warning.',
  }),
  notExported: (): Refusal => ({
    kind: 'not an export',
    because:
      'byReference() asks for what a module other than the main script exports when it is loaded, and it is none',
    remedy: 'Export it from a module of its own, or leave byReference() out.',
  }),
  wouldRunEntry: (way: readonly string[]): Refusal => ({
    kind: 'import of the main script',
    because: `importing ${way[0]} in a worker would run your main script again: ${way.join(' imports ')}`,
    remedy: 'Move what the worker needs to a module that does not import the main script.',
  }),
} as const

/** The same of code inside a package, which nobody can change: `user` is what of the user's own leads there. */
export function ofPackage(refusal: Refusal, user: { readonly thing: string } | undefined): Refusal {
  if (!user || refusal.kind === TOO_EARLY) return refusal
  const remedy = `It is the code of a package: make what ${user.thing} holds inside the function that is sent, or in a module of its own that the function imports.`
  return { ...refusal, remedy }
}

/** The public call on whose behalf something is captured: `pool.map`. */
let currentCall: string | undefined

/** Runs `fn` with the name of the user's call for messages. */
export function onBehalfOf<R>(call: string, fn: () => R): R {
  const before = currentCall
  currentCall = call
  try {
    return fn()
  } finally {
    currentCall = before
  }
}

/** Makes the error. `thing` is a noun phrase: `the function work`, `the variable conn of work`. */
export function refusalError(
  thing: string,
  { kind, because, remedy }: Refusal,
  where: {
    readonly path: readonly string[]
    readonly declaredAt: string | undefined
    readonly cause?: unknown
  },
): CaptureError {
  // Functions among arguments and results are packed by no call of their own.
  const itself = `${thing.charAt(0).toUpperCase()}${thing.slice(1)}`
  const sending =
    currentCall === undefined ? `${itself} can't be sent` : `${currentCall} cannot send ${thing}`
  const what = `${sending} to a worker: ${because}`
  const fields = { path: where.path.join(''), kind, declaredAt: where.declaredAt, what, remedy }
  return createError(
    'CANNOT_CAPTURE',
    fields,
    where.cause === undefined ? {} : { cause: where.cause },
  ) as CaptureError
}
