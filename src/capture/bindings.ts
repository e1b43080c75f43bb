/*
 * Which names does a piece of source use, which of them does it declare itself, and what is done with the rest?
 * One description serves both a function's own text (its free names are what it captures) and a whole module
 * (whose bindings say what is imported, what is never assigned again, and where a variable was declared).
 */

export type BindingKind =
  | 'var'
  | 'let'
  | 'const'
  | 'function'
  | 'class'
  | 'param'
  | 'import'
  | 'catch'
  | 'self'

export interface Binding {
  readonly name: string
  readonly kind: BindingKind
  readonly start: number
  /** A `var` or `let` whose declaration itself gives the value, at a place that runs once. */
  readonly settled: boolean
  /** Each time the declaration runs, it makes a new function, class, object or array. */
  readonly fresh: boolean
  /** Where the declaration starts that takes a value apart into this and other variables. */
  readonly pattern: number | undefined
  /** Assignments other than the declaration's own. */
  writes: number
  /** The scopes of those. */
  writers?: Scope[]
  declarations: number
}

export interface Scope {
  /** `loop` is what a loop's head declares: each round has a copy of it. */
  readonly kind: 'program' | 'function' | 'block' | 'loop' | 'class' | 'with'
  readonly start: number
  readonly end: number
  readonly parent: Scope | undefined
  readonly bindings: Map<string, Binding>
  /** In the order in which they stand. */
  readonly children: Scope[]
  /** Has a "use strict" directive of its own, or is class code. */
  readonly strict: boolean
  /** Runs no more than once each time that the program or module does. */
  readonly once: boolean
}

/** How a name is used at one place. */
export interface Reference {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly write: boolean
  /** `f()` and `new F()`; `o.key` with the key; anything else. */
  readonly role: 'call' | 'member' | 'value'
  readonly member: string | undefined
  /** `{ name }`: the text stands for key and value both. */
  readonly shorthand: boolean
  readonly scope: Scope
}

export interface Analysis {
  readonly root: Scope
  /** Names that nothing in the analysed source declares. */
  readonly free: Map<string, Reference[]>
  /** Things of the function around that no name stands for. */
  readonly lexical: { this: boolean; newTarget: boolean; super: boolean; privateName: string | undefined }
  readonly eval: boolean
  readonly with: boolean
  /** Where `import.meta` stands. */
  readonly importMeta: readonly { start: number; end: number }[]
  readonly dynamicImport: boolean
  /** Some `import()` is given something else than a literal. */
  readonly computedImport: boolean
  /** What `import()` is given, where that is a literal. */
  readonly importedLiterals: readonly string[]
}

/** The binding that a name means in a scope. */
export function lookUp(scope: Scope | undefined, name: string): Binding | undefined {
  return declaringScope(scope, name)?.bindings.get(name)
}

/** The scope whose declaration a name means in a scope. */
export function declaringScope(scope: Scope | undefined, name: string): Scope | undefined {
  for (let s = scope; s; s = s.parent) if (s.bindings.has(name)) return s
  return undefined
}

/** The innermost scope that holds this place. */
export function scopeAt(root: Scope, offset: number): Scope {
  let scope = root
  for (;;) {
    const inner = lastUpTo(scope.children, offset)
    if (!inner || offset >= inner.end) return scope
    scope = inner
  }
}

/** A bundle has tens of thousands of them on its top level. */
function lastUpTo(scopes: readonly Scope[], offset: number): Scope | undefined {
  let [low, high] = [0, scopes.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((scopes[middle] as Scope).start <= offset) low = middle + 1
    else high = middle
  }
  return scopes[low - 1]
}

/** Is code at this scope strict because of a directive or a class around it? */
export function isStrict(scope: Scope | undefined): boolean {
  for (let s = scope; s; s = s.parent) if (s.strict) return true
  return false
}

/** An empty scope over the stretch of a node, put where it stands in the one around it. */
export function makeScope(
  kind: Scope['kind'],
  node: { readonly start: number; readonly end: number },
  parent: Scope | undefined,
  strict: boolean,
  again = kind === 'function' || kind === 'loop',
): Scope {
  const once = !again && (parent === undefined || parent.once)
  const { start, end } = node
  const scope: Scope = { kind, start, end, parent, bindings: new Map(), children: [], strict, once }
  const beside = parent?.children ?? []
  let at = beside.length
  // The condition of a `do` is met before what it does.
  while (at > 0 && (beside[at - 1] as Scope).start > start) at--
  beside.splice(at, 0, scope)
  return scope
}

/** Where a `var` of this scope belongs. */
export function functionScope(scope: Scope): Scope {
  let s = scope
  while (s.parent && s.kind !== 'function' && s.kind !== 'class') s = s.parent
  return s
}
